import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LiveEvent } from '../../../../src/contracts/launcher/live.ts'
import { startHolder } from '../../../support/guard-fleet.ts'
import { accountIdOf, addAccounts, launched, type Launched } from '../../../support/launched.ts'

let home: Launched
beforeEach(async () => {
  home = await launched()
  await addAccounts(home, ['A1'])
})
afterEach(() => home.close())

// Windows pauses no process from outside.
it.skipIf(process.platform === 'win32')(
  'whoever follows a lock is told of a stranger who takes it, is paused, wakes and dies',
  async () => {
    const end = new AbortController()
    const events = await home.client.api.live.stream({ topics: 'lock:A1', fresh: '' }, { signal: end.signal })
    /** Reads the lock at each word of it, as a page does, until it says this. */
    const until = async (text: RegExp) => {
      for (;;) {
        const { type } = (await events.next()).value as LiveEvent
        if (type === 'lock' && text.test((await home.client.api.locks.show({ id: 'A1' })).text)) return
      }
    }
    const holder = await startHolder({ home: home.layout.root, accountId: accountIdOf('A1') })
    await until(/does not answer/)
    await holder.kill('SIGSTOP')
    await until(/is paused/)
    expect(await home.client.api.locks.show({ id: 'A1' })).toMatchObject({ held: true, verdict: 'unresponsive' })
    await holder.kill('SIGCONT')
    await until(/does not answer/)
    await holder.kill('SIGKILL')
    await until(/has ended/)
    expect(await home.client.api.locks.show({ id: 'A1' })).toMatchObject({ held: false })
    end.abort()
  },
)
