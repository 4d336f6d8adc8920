import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSupervision } from '../../../src/adapters/bot-process/supervision-record.ts'
import type { AccountStatus } from '../../../src/contracts/fleet.ts'
import { accountIdOf, addAccounts, launched, startsOf, statusWhen, type Launched } from '../../support/launched.ts'

// Nothing stops a process of Windows and lets it go on.
describe.skipIf(process.platform === 'win32')('a launcher that starts beside bots that run', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
  })
  afterEach(() => home.close())

  const pidOf = (id: string) => startsOf(home.layout, id)[0]!

  it('answers within seconds, however many of thirty are silent or still have to be stopped', async () => {
    const ids = Array.from({ length: 30 }, (_, at) => `B${at}`)
    const [silent, deaf] = [ids.slice(0, 5), ids[5]!]
    await addAccounts(home, ids)
    await addAccounts(home, ['idle'])
    writeFileSync(`${home.layout.account(accountIdOf(deaf))}/fake.txt`, 'ignore-stop')
    await home.client.api.bots.start({ ids, wait: true })
    for (const id of silent) process.kill(pidOf(id), 'SIGSTOP')
    await home.launcher.close()
    // An earlier launcher was killed between writing a stop down and sending it.
    const record = readSupervision(home.layout, accountIdOf(deaf))
    const ending = { flatten: true, keepOrders: false }
    writeFileSync(home.layout.supervision(accountIdOf(deaf)), JSON.stringify({ ...record, wanted: 'stopped', ending }))

    const began = performance.now()
    await home.relaunch()
    const rows = (await home.client.api.status({})) as AccountStatus[]
    const tookMs = performance.now() - began
    // It waits a second for them; the rest is a slow computer's.
    expect(tookMs).toBeLessThan(5_000)
    // Nobody who holds an account is told to be stopped.
    for (const id of silent) expect(rows.find(({ accountId }) => accountId === id)?.state, id).toBe('blind')
    expect(rows.find(({ accountId }) => accountId === 'idle')?.state).toBe('stopped')
    for (const id of silent) {
      const row = await statusWhen(home.client, id, ({ stateReason }) =>
        /paused|stopped by a signal|kill -CONT/.test(stateReason ?? ''),
      )
      expect(row.state).toBe('blind')
    }
    for (const id of ids.slice(6))
      await statusWhen(home.client, id, ({ state, pid }) => state === 'trading' && pid === pidOf(id))
    for (const id of silent) process.kill(pidOf(id), 'SIGCONT')
    for (const id of silent) await statusWhen(home.client, id, ({ state }) => state === 'trading')
  })
})
