import { refuse } from '../../domain/failure/refusal.ts'
import { keyFor, seal, unseal } from './seal.ts'
import { aboutEntry, type VaultBody } from './vault-file.ts'

/** Values by the name of their field. */
export type SecretValues = Readonly<Record<string, string>>

/** Seals each value for its account and field alone. */
export function sealFields(
  master: Buffer,
  id: string,
  accountId: string,
  values: SecretValues,
): Record<string, string> {
  const key = keyFor(master, id, 'entries')
  const boxes = Object.entries(values).map(([field, value]) => {
    const plain = Buffer.from(value, 'utf8')
    const box = seal(key, plain, aboutEntry(id, accountId, field))
    plain.fill(0)
    return [field, box] as const
  })
  key.fill(0)
  return Object.fromEntries(boxes)
}

/** @throws {Refused} 'vault-refused': a box does not belong where it is */
export function openFields(master: Buffer, { id, key: { kind }, entries }: VaultBody, accountId: string) {
  const key = keyFor(master, id, 'entries')
  const values = Object.entries(entries[accountId] ?? {}).map(([field, box]) => {
    const plain = unseal(key, box, aboutEntry(id, accountId, field)) ?? refusedToOpen(kind)
    const value = plain.toString('utf8')
    plain.fill(0)
    return [field, value] as const
  })
  key.fill(0)
  return Object.fromEntries(values)
}

/** One answer for a wrong key and a changed file: which of them it was would help whoever guesses. */
export function refusedToOpen(kind: VaultBody['key']['kind']): never {
  const what = { passphrase: 'passphrase', keychain: 'key in the keychain', 'key-file': 'key file' }[kind]
  return refuse(
    'vault-refused',
    `The vault did not open: the ${what} is wrong, or the vault was changed or damaged.`,
    'Try again. If you are sure that it is right, put a copy of the vault back: its file may have been changed.',
  )
}
