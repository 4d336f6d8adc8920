import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSupervision } from '../../../src/adapters/bot-process/supervision-record.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import {
  accountIdOf,
  addAccounts,
  isAlive,
  launched,
  startsOf,
  statusWhen,
  type Launched,
} from '../../support/launched.ts'

const wantedOf = ({ layout }: Launched, id: string) => readSupervision(layout, accountIdOf(id)).wanted

// Nothing stops a process of Windows and lets it go on.
describe.skipIf(process.platform === 'win32')('a launcher whose bot does not answer', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
  })
  afterEach(() => home.close())

  const start = async (id: string) => (await home.client.api.bots.start({ ids: [id], wait: true }))[0]!

  /** A bot that was paused while no launcher looked. */
  async function pausedBot(id: string): Promise<number> {
    await addAccounts(home, [id])
    const { pid } = await start(id)
    process.kill(pid!, 'SIGSTOP')
    await home.relaunch()
    await statusWhen(home.client, id, ({ state }) => state === 'blind')
    return pid!
  }

  it('does not end one that is to close its positions first, and has it do so once it answers', async () => {
    const pid = await pausedBot('A1')
    const [asked] = await home.client.api.bots.stop({ ids: ['A1'], flatten: true, timeoutMs: 1_000 })
    expect(asked).toMatchObject({ outcome: 'timed-out', killed: false, refusal: { code: 'timed-out' } })
    expect(asked!.refusal!.message).toMatch(/does not answer.*not closed/)
    expect(isAlive(pid)).toBe(true)
    process.kill(pid, 'SIGCONT')
    await statusWhen(home.client, 'A1', ({ state }) => state === 'stopped')
    expect(isAlive(pid)).toBe(false)
    expect(startsOf(home.layout, 'A1')).toEqual([pid])
  })

  it('starts none beside it, says who holds the account, and goes on wanting it to run', async () => {
    const pid = await pausedBot('A1')
    const refused = await start('A1')
    expect(refused).toMatchObject({ outcome: 'refused', state: 'blind', refusal: { code: 'account-held' } })
    expect(refused.refusal!.nextStep).toContain(`kill -CONT ${pid}`)
    expect(wantedOf(home, 'A1')).toBe('running')
    expect(startsOf(home.layout, 'A1')).toEqual([pid])
  })

  it('looks after the others while one takes its time to close its positions', async () => {
    await addAccounts(home, ['A1'], 'ignore-stop')
    await addAccounts(home, ['A2'])
    const slow = await start('A1')
    const hung = await start('A2')
    let isStopping = true
    const stopping = home.client.api.bots
      .stop({ ids: ['A1'], flatten: true, timeoutMs: 60_000 })
      .finally(() => (isStopping = false))
    process.kill(hung.pid!, 'SIGSTOP')
    await delay(2_500)
    const shown = statusWhen(home.client, 'A2', ({ state }) => state === 'blind').then(() => 'shown')
    expect(await Promise.race([shown, delay(20_000, 'not shown')])).toBe('shown')
    expect(isStopping).toBe(true)
    process.kill(slow.pid!, 'SIGKILL')
    await stopping
  })
})

describe('a launcher that is asked for one thing after another', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
  })
  afterEach(() => home.close())

  it('does not say that a bot was stopped flat whose account holds a position while none runs', async () => {
    await addAccounts(home, ['A1'])
    const accountId = accountIdOf('A1')
    const state = openState({
      ...{ layout: home.layout, accountId, instanceId: 'i', expectExisting: false, now: () => epochMs(Date.now()) },
    })
    state.transact(() => state.savePosition('6EH4', { quantity: 2 }))
    state.close()
    const stop = async (flatten: boolean) => (await home.client.api.bots.stop({ ids: ['A1'], flatten }))[0]!
    const refused = { code: 'not-reconciled', nextStep: expect.stringContaining('slipway flatten A1') }
    const inWords = { outcome: 'failed', refusal: refused }
    expect(await stop(true)).toMatchObject(inWords)
    const [started] = await home.client.api.bots.start({ ids: ['A1'], wait: true })
    process.kill(started!.pid!, 'SIGKILL')
    await statusWhen(home.client, 'A1', (row) => row.state === 'backing-off')
    expect(await stop(true)).toMatchObject(inWords)
    expect(wantedOf(home, 'A1')).toBe('stopped')
    expect(await stop(false)).toMatchObject({ outcome: 'not-running', refusal: null })
  })

  it('does the last of start, stop and start, too', async () => {
    await addAccounts(home, ['A1'])
    const { bots } = home.client.api
    const first = bots.start({ ids: ['A1'], wait: false })
    await statusWhen(home.client, 'A1', ({ state }) => state === 'starting')
    const stopping = bots.stop({ ids: ['A1'] })
    await delay(20)
    const second = await bots.start({ ids: ['A1'], wait: true })
    await Promise.all([first, stopping])
    expect(second).toMatchObject([{ outcome: 'trading' }])
    expect(await home.client.api.status({ id: 'A1' })).toMatchObject([{ state: 'trading' }])
  })
})
