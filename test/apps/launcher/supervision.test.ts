import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spawnBot } from '../../../src/adapters/bot-process/spawn-bot.ts'
import { readSupervision } from '../../../src/adapters/bot-process/supervision-record.ts'
import {
  accountIdOf,
  addAccounts,
  behave,
  isAlive,
  launched,
  startsOf,
  statusWhen,
  type Launched,
} from '../../support/launched.ts'
import { programOf } from '../../support/programs/programs.ts'

describe('the launcher', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
  })
  afterEach(() => home.close())

  const start = (id: string, wait = true) => home.client.api.bots.start({ ids: [id], wait })
  const stop = (id: string) => home.client.api.bots.stop({ ids: [id] })

  it('starts a bot in a process and session of its own, and says when it trades', async () => {
    await addAccounts(home, ['A1'])
    const [started] = await start('A1')
    expect(started).toMatchObject({ outcome: 'trading', state: 'trading', refusal: null })
    expect(started!.pid).not.toBe(process.pid)
    expect(startsOf(home.layout, 'A1')).toEqual([started!.pid])
  })

  it('starts one bot however many ask for it at once', async () => {
    await addAccounts(home, ['A1'])
    const outcomes = (await Promise.all(Array.from({ length: 20 }, () => start('A1')))).flat()
    expect(new Set(outcomes.map(({ pid }) => pid)).size).toBe(1)
    expect(startsOf(home.layout, 'A1')).toHaveLength(1)
    expect((await start('A1', false))[0]!.outcome).toBe('already-running')
  })

  it('starts and stops a fleet with one call each', async () => {
    const ids = ['A1', 'A2', 'A3', 'A4', 'A5']
    await addAccounts(home, ids)
    const started = await home.client.api.bots.start({ all: true, wait: true })
    expect(started.map(({ accountId, outcome }) => [accountId, outcome])).toEqual(ids.map((id) => [id, 'trading']))
    const stopped = await home.client.api.bots.stop({ all: true })
    expect(stopped.every(({ outcome, killed }) => outcome === 'stopped' && !killed)).toBe(true)
    for (const { pid } of started) expect(isAlive(pid!)).toBe(false)
  })

  it('shows what a bot says of itself, and after it has ended what it left', async () => {
    await addAccounts(home, ['A1'])
    await start('A1')
    const figures = { position: 2, tradesToday: 1, realizedPnl: '123.45', currency: 'USD' }
    expect((await home.client.api.status({ id: 'A1' }))[0]).toMatchObject({ state: 'trading', ...figures })
    await stop('A1')
    const after = await statusWhen(home.client, 'A1', ({ state }) => state === 'stopped')
    expect(after).toMatchObject({ stateReason: 'requested', pid: null, ...figures })
  })

  it('lets a bot rest whose feed has ended', async () => {
    await addAccounts(home, ['A1'], 'end-feed')
    await start('A1', false)
    const row = await statusWhen(home.client, 'A1', ({ state }) => state === 'stopped')
    expect(row).toMatchObject({ stateReason: 'feed-ended', lastError: null })
    expect(readSupervision(home.layout, accountIdOf('A1')).wanted).toBe('stopped')
    expect(startsOf(home.layout, 'A1')).toHaveLength(1)
    await stop('A1')
    expect((await home.client.api.status({ id: 'A1' }))[0]).toMatchObject({ stateReason: 'feed-ended' })
  })

  it('starts another bot for a person who meets one on its way out', async () => {
    await addAccounts(home, ['A1'], 'end-feed')
    const [first] = await start('A1', false)
    await statusWhen(home.client, 'A1', ({ state }) => state === 'stopping' || state === 'stopped')
    behave(home.layout, 'A1', 'trade')
    const [second] = await start('A1')
    expect(second).toMatchObject({ outcome: 'trading' })
    expect(second!.instanceId).not.toBe(first!.instanceId)
  })

  it('tells whoever waits that a bot is blocked, or has ended', async () => {
    await addAccounts(home, ['A1'], 'be-blocked')
    await addAccounts(home, ['A2'], 'refuse')
    const outcomes = await home.client.api.bots.start({ all: true, wait: true })
    expect(outcomes).toMatchObject([
      { outcome: 'started', state: 'blocked', reason: 'daily loss reached' },
      { outcome: 'refused', state: 'stopped', refusal: { code: 'data-missing', nextStep: 'Import some.' } },
    ])
    expect(startsOf(home.layout, 'A2')).toHaveLength(1)
  })

  it('waits for a bot of its own that has hung up and lives on a little, and takes it for no stranger', async () => {
    await addAccounts(home, ['A1'], 'refuse-slowly')
    const [outcome] = await start('A1')
    expect(outcome).toMatchObject({ outcome: 'refused', refusal: { code: 'broker-refused' } })
  })

  it('gives up waiting when a bot runs but does not get to trade', async () => {
    await addAccounts(home, ['A1'], 'stay-reconciling')
    const [waited] = await home.client.api.bots.start({ ids: ['A1'], wait: true, timeoutMs: 1_000 })
    expect(waited).toMatchObject({ outcome: 'timed-out', state: 'reconciling', refusal: { code: 'timed-out' } })
  })

  it('starts a killed bot again after a pause, as a new instance', async () => {
    await addAccounts(home, ['A1'])
    const [first] = await start('A1')
    process.kill(first!.pid!, 'SIGKILL')
    const waiting = await statusWhen(home.client, 'A1', ({ state }) => state === 'backing-off')
    expect(waiting.lastError).not.toBeNull()
    const again = await statusWhen(home.client, 'A1', ({ state }) => state === 'trading')
    expect(again.instanceId).not.toBe(first!.instanceId)
    expect(readSupervision(home.layout, accountIdOf('A1'))).toMatchObject({ wanted: 'running', streak: 1 })
  })

  it('starts a bot at once for a person who does not want to wait', async () => {
    await addAccounts(home, ['A1'])
    const [first] = await start('A1')
    process.kill(first!.pid!, 'SIGKILL')
    await statusWhen(home.client, 'A1', ({ state }) => state === 'backing-off')
    const [second] = await start('A1')
    expect(second).toMatchObject({ outcome: 'trading' })
    expect(startsOf(home.layout, 'A1')).toHaveLength(2)
  })

  it('does not start a crashed bot again that was asked to stop meanwhile', async () => {
    await addAccounts(home, ['A1'])
    const [first] = await start('A1')
    process.kill(first!.pid!, 'SIGKILL')
    await statusWhen(home.client, 'A1', ({ state }) => state === 'backing-off')
    expect((await stop('A1'))[0]).toMatchObject({ outcome: 'stopped' })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(startsOf(home.layout, 'A1')).toHaveLength(1)
  })

  it('keeps a crashed bot wanted when something else closes everything in its place meanwhile', async () => {
    await addAccounts(home, ['A1'])
    const [first] = await start('A1')
    process.kill(first!.pid!, 'SIGKILL')
    await statusWhen(home.client, 'A1', ({ state }) => state === 'backing-off')
    const asked = { home: home.layout.root, accountId: 'A1', instanceId: 'closer', secrets: {}, flattenOnly: true }
    const program = { node: process.execPath, entry: programOf('fake-bot'), env: process.env }
    const closer = await spawnBot(program, asked, home.layout.botOutput(accountIdOf('A1')))
    await closer.exited
    const others = [first!.instanceId, 'closer']
    const again = await statusWhen(
      home.client,
      'A1',
      ({ state, instanceId }) => state === 'trading' && !others.includes(instanceId),
    )
    expect(startsOf(home.layout, 'A1')).toEqual([first!.pid, closer.pid, again.pid])
    expect(readSupervision(home.layout, accountIdOf('A1'))).toMatchObject({ wanted: 'running', streak: 1 })
  })

  it('leaves an account to a person after five crashes, and tells the error', async () => {
    await addAccounts(home, ['A1'], 'crash-at-start')
    const id = accountIdOf('A1')
    const [first] = await start('A1')
    expect(first).toMatchObject({ outcome: 'failed', state: 'backing-off', refusal: { code: 'crashed' } })
    // The pauses are the domain's business; here four crashes are put on record and the fifth is real.
    await stop('A1')
    await start('A1', false)
    await home.launcher.close()
    const record = readSupervision(home.layout, id)
    const at = Date.now()
    writeFileSync(home.layout.supervision(id), JSON.stringify({ ...record, crashes: [at, at, at, at], streak: 0 }))
    await home.relaunch()
    const row = await statusWhen(home.client, 'A1', ({ state }) => state === 'crashed')
    expect(row.lastError).toMatch(/the fake bot broke at its start|outside/)
    behave(home.layout, 'A1', 'trade')
    expect((await start('A1'))[0]).toMatchObject({ outcome: 'trading' })
  })

  it('kills a bot that does not end when asked, and only then', async () => {
    await addAccounts(home, ['A1'], 'ignore-stop')
    const [started] = await start('A1')
    const [stopped] = await home.client.api.bots.stop({ ids: ['A1'], timeoutMs: 1_000 })
    expect(stopped).toMatchObject({ outcome: 'stopped', killed: true })
    expect(isAlive(started!.pid!)).toBe(false)
    expect((await home.client.api.status({ id: 'A1' }))[0]).toMatchObject({
      state: 'stopped',
      stateReason: 'requested',
    })
  })

  it('never kills a bot that is closing positions', async () => {
    await addAccounts(home, ['A1'], 'ignore-stop')
    const [started] = await start('A1')
    const [stopped] = await home.client.api.bots.stop({ ids: ['A1'], flatten: true, timeoutMs: 1_000 })
    expect(stopped).toMatchObject({ outcome: 'timed-out', killed: false })
    expect(isAlive(started!.pid!)).toBe(true)
  })

  it('hands on what a bot refuses, and goes on wanting it to run', async () => {
    await addAccounts(home, ['A1'], 'refuse-stop')
    await start('A1')
    const [stopped] = await stop('A1')
    expect(stopped).toMatchObject({ outcome: 'refused', refusal: { code: 'broker-refused' } })
    expect(readSupervision(home.layout, accountIdOf('A1')).wanted).toBe('running')
  })

  it('closes positions without ending the bot', async () => {
    await addAccounts(home, ['A1'])
    const [started] = await start('A1')
    expect(await home.client.api.bots.flatten({ ids: ['A1'] })).toMatchObject([{ outcome: 'flattened' }])
    expect(await statusWhen(home.client, 'A1', ({ position }) => position === 0)).toMatchObject({ pid: started!.pid })
    await stop('A1')
    expect(await home.client.api.bots.flatten({ ids: ['A1'] })).toMatchObject([{ outcome: 'flat' }])
    expect(await home.client.api.killSwitch.state()).toEqual([])
  })

  it('restarts a bot as a new instance', async () => {
    await addAccounts(home, ['A1'])
    const [before] = await start('A1')
    const [after] = await home.client.api.bots.restart({ ids: ['A1'], wait: true })
    expect(after).toMatchObject({ outcome: 'trading' })
    expect(after!.pid).not.toBe(before!.pid)
  })

  it('stops what is stopped without complaint', async () => {
    await addAccounts(home, ['A1'])
    expect(await stop('A1')).toMatchObject([{ outcome: 'not-running' }])
  })

  it.skipIf(process.platform === 'win32')(
    'shows a bot that hangs as one that does not answer, and can end it',
    async () => {
      await addAccounts(home, ['A1'])
      const [started] = await start('A1')
      process.kill(started!.pid!, 'SIGSTOP')
      const hung = await statusWhen(
        home.client,
        'A1',
        ({ stateReason }) => stateReason?.includes('not answer') === true,
      )
      expect(hung).toMatchObject({ state: 'blind', pid: started!.pid })
      expect(await home.client.api.bots.stop({ ids: ['A1'], timeoutMs: 1_000 })).toMatchObject([
        { outcome: 'stopped', killed: true },
      ])
    },
  )
})
