import { refuse } from '../../src/domain/failure/refusal.ts'
import type { Keychain } from '../../src/adapters/vault/keychain.ts'

/** A keychain in memory, that can be made to fail as real ones do. */
export type MemoryKeychain = Keychain &
  Readonly<{
    keys: Map<string, Buffer>
    /** From now on every call is refused with this, until undefined. */
    fail(why: string | undefined): void
    asked(): number
  }>

export function memoryKeychain(): MemoryKeychain {
  const keys = new Map<string, Buffer>()
  let trouble: string | undefined
  let calls = 0
  const call = () => {
    calls++
    if (trouble !== undefined) refuse('keychain-unusable', `The keychain can't be used: ${trouble}.`, 'Unlock it.')
  }
  return {
    name: 'The keychain of this test',
    keys,
    fail: (why) => (trouble = why),
    asked: () => calls,
    async read(id) {
      call()
      const key = keys.get(id)
      return key && Buffer.from(key)
    },
    async write(id, key) {
      call()
      keys.set(id, Buffer.from(key))
    },
    async remove(id) {
      keys.delete(id)
    },
  }
}

/** A computer without any. */
export function noKeychain(): Keychain {
  const keychain = memoryKeychain()
  keychain.fail('there is none')
  return keychain
}
