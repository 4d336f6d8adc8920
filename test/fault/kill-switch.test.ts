import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, it } from 'vitest'
import { readAccountSettings } from '../../src/adapters/account-registry/read-settings.ts'
import { readLastExit } from '../../src/adapters/bot-process/last-exit.ts'
import type { BotProcess } from '../../src/adapters/bot-process/spawn-bot.ts'
import { replaceFile } from '../../src/adapters/file/replace-file.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { logFiles } from '../../src/adapters/log/read-log.ts'
import { readOpenThings } from '../../src/adapters/state-db/read-open.ts'
import type { FlattenOutcome, KillMarkRow } from '../../src/contracts/kill-switch.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { addAccount, generateBars, prepareHome, startBot, untilBot } from '../support/bot-fleet.ts'
import { answerOf, slipway } from '../support/cli-run.ts'
import { tempHome } from '../support/temp-home.ts'
import { programOf } from '../support/programs/programs.ts'

const EAGER_BOT = programOf('eager-bot')
/** A bar every 20 ms: slow enough to find a bot with a position. */
const SLOW = 'replay:3000x'

const started: BotProcess[] = []
afterEach(async () => {
  for (const bot of started.splice(0)) {
    bot.kill()
    await bot.exited
  }
})

/** An account whose bot trades at every turn. */
async function eagerAccount(layout: HomeLayout, id: string, user: string, feed = SLOW): Promise<AccountId> {
  const limits = ['risk.maxTradesPerDay=1000', 'risk.maxDailyLoss=0']
  const accountId = await addAccount(layout, id, { symbol: 'MES', feed, user, set: limits })
  const settings = readAccountSettings(layout, accountId)
  replaceFile(layout.settings(accountId), JSON.stringify({ ...settings, strategy: 'eager', parameters: {} }))
  return accountId
}

async function startEager(layout: HomeLayout, id: AccountId): Promise<BotProcess> {
  const bot = await startBot(layout, id, EAGER_BOT)
  started.push(bot)
  return bot
}

const holding = (layout: HomeLayout, id: AccountId) => untilBot(layout, id, ({ position }) => position !== 0)

/**
 * A bot killed with a position open, in its own books and the broker's; between a look at it and its death it may have
 * closed it in one of them or both, so more than one may die.
 */
async function dieHolding(layout: HomeLayout, id: AccountId): Promise<number> {
  for (;;) {
    const bot = await startEager(layout, id)
    const { lastBarAt } = await holding(layout, id)
    bot.kill()
    await bot.exited
    if (readOpenThings(layout, id).positions.length > 0 && heldAtBroker(layout, id)) return lastBarAt!
  }
}

function heldAtBroker(layout: HomeLayout, id: AccountId): boolean {
  const db = new Database(layout.paper(id))
  try {
    return db.prepare('SELECT count(*) FROM markets WHERE quantity <> 0').pluck().get() !== 0
  } finally {
    db.close()
  }
}

const run = (layout: HomeLayout, args: readonly string[]) => slipway(layout.root, args, { botProgram: EAGER_BOT })
const outcomes = (run: Parameters<typeof answerOf>[0]) => answerOf<FlattenOutcome[]>(run)
const logText = (layout: HomeLayout, id: AccountId) =>
  logFiles(layout, id)
    .map((file) => readFileSync(file, 'utf8'))
    .join('')

describe('the kill switch, without a launcher', () => {
  it('closes all accounts of a user and keeps them closed through restarts; other users trade on', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 40, 5)
    const [a, b, other] = [
      await eagerAccount(layout, 'a', 'anna'),
      await eagerAccount(layout, 'b', 'anna'),
      await eagerAccount(layout, 'other', 'ben'),
    ]
    for (const id of [a, b, other]) await startEager(layout, id)
    await Promise.all([a, b].map((id) => holding(layout, id)))

    const killed = await run(layout, ['kill', '--user', 'anna', '--reason', 'the news', '--json'])
    expect(outcomes(killed).map(({ accountId, outcome, wasRunning }) => [accountId, outcome, wasRunning])).toEqual([
      ['a', 'flattened', true],
      ['b', 'flattened', true],
    ])
    expect(killed.code).toBe(0)
    expect(existsSync(layout.launcherEndpoint)).toBe(false)
    for (const id of [a, b]) expect(readOpenThings(layout, id)).toEqual({ positions: [], orders: 0 })
    const blocked = await untilBot(layout, a, ({ state }) => state === 'blocked')
    expect(blocked.stateReason).toMatch(/kill switch of this user's accounts .*\(the news\).*slipway release --user/)
    await untilBot(layout, other, ({ state, position }) => state === 'trading' && position !== 0)

    // A bot that knows nothing of what was said finds it at its start.
    const before = started.splice(0)
    for (const bot of before) bot.kill()
    await Promise.all(before.map((bot) => bot.exited))
    await startEager(layout, a)
    await untilBot(layout, a, ({ state }) => state === 'blocked')
    expect(answerOf<{ standing: KillMarkRow[] }>(await run(layout, ['release', '--json'])).standing).toMatchObject([
      { scope: { kind: 'user' }, purpose: 'kill', reason: 'the news' },
    ])

    const released = await run(layout, ['release', '--user', 'anna'])
    expect(released).toMatchObject({ code: 0 })
    expect(released.stdout).toMatch(/^Released: user [0-9a-f]{12}\.\n$/)
    await untilBot(layout, a, ({ state, position }) => state === 'trading' && position !== 0)
  })

  it('starts a bot for an account that none looks after, which closes everything and ends', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 40, 6)
    const id = await eagerAccount(layout, 'acc', 'anna')
    const quiet = await eagerAccount(layout, 'quiet', 'anna')
    await dieHolding(layout, id)
    // What keeps bots from trading keeps nobody from closing: which days are holidays does not matter for that.
    writeFileSync(layout.holidaysFile, '{"calendars": [')

    const flattened = await run(layout, ['flatten', id, quiet, '--json'])
    expect(outcomes(flattened)).toEqual([
      { accountId: 'acc', outcome: 'flattened', wasRunning: false, refusal: null },
      { accountId: 'quiet', outcome: 'flat', wasRunning: false, refusal: null },
    ])
    expect(readOpenThings(layout, id)).toEqual({ positions: [], orders: 0 })
    expect(logText(layout, id)).toContain('flatten-only')
    // A launcher that wants the account's own bot to run must not take this one's end for it.
    expect(readLastExit(layout, id)).toMatchObject({ reason: 'flattened' })
    // The mark was for the time of it only.
    expect(answerOf(await run(layout, ['release', '--json']))).toEqual({ standing: [] })
    rmSync(layout.holidaysFile)
    await startEager(layout, id)
    await holding(layout, id)
  })

  it('names the account that is not flat, and ends with a code that says so', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 10, 6)
    const id = await eagerAccount(layout, 'acc', 'anna')
    const lastBarAt = await dieHolding(layout, id)
    // No bar follows the one that was last seen: there is no price to close at.
    const settings = readAccountSettings(layout, id)
    const to = new Date(lastBarAt - 60_000).toISOString()
    const feed = { kind: 'replay', speed: 'max', to }
    writeFileSync(layout.settings(id), JSON.stringify({ ...settings, feed }))

    const flattened = await run(layout, ['flatten', id, '--json', '--timeout', '30'])
    expect(outcomes(flattened)).toMatchObject([{ accountId: 'acc', outcome: 'failed', wasRunning: false }])
    expect(flattened.code).not.toBe(0)
    expect(flattened.stderr).toMatch(/acc is not flat: it holds -?\d+ MES/)
    // Whoever starts it again gets no entry before somebody has looked.
    expect(answerOf<{ standing: KillMarkRow[] }>(await run(layout, ['release', '--json'])).standing).toMatchObject([
      { scope: { kind: 'account', accountId: 'acc' }, purpose: 'flatten' },
    ])
  })

  it.skipIf(process.platform === 'win32')(
    'does not wait for a bot that hangs, which closes its positions itself when it wakes',
    async () => {
      const layout = prepareHome(tempHome())
      generateBars(layout, 'MES', 40, 5)
      const [hung, well] = [await eagerAccount(layout, 'hung', 'anna'), await eagerAccount(layout, 'well', 'anna')]
      const bot = await startEager(layout, hung)
      await startEager(layout, well)
      await holding(layout, hung)
      await holding(layout, well)
      process.kill(bot.pid, 'SIGSTOP')

      const killed = await run(layout, ['kill', '--all', '--json', '--timeout', '4'])
      expect(outcomes(killed)).toMatchObject([
        { accountId: 'hung', outcome: 'failed', refusal: { code: 'account-held' } },
        { accountId: 'well', outcome: 'flattened' },
      ])
      expect(killed.code).toBe(3)
      process.kill(bot.pid, 'SIGCONT')
      await untilBot(layout, hung, ({ state, position }) => state === 'blocked' && position === 0)
      expect(logText(layout, hung)).toContain('kill-engaged')
    },
  )

  it('counts a mark that it cannot read as one that stands', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 40, 5)
    const id = await eagerAccount(layout, 'acc', 'anna')
    writeFileSync(join(layout.account(id), 'kill.json'), '{"half a ma')
    await startEager(layout, id)
    const blocked = await untilBot(layout, id, ({ state }) => state === 'blocked')
    expect(blocked.stateReason).toContain("the mark can't be read")
    expect((await run(layout, ['release', id])).stdout).toBe('Released: account acc.\n')
    await holding(layout, id)
  })

  it.skipIf(process.platform === 'win32')('writes marks that only this user may read', async () => {
    const layout = prepareHome(tempHome())
    await addAccount(layout, 'acc', { symbol: 'MES', feed: 'synthetic:1' })
    await run(layout, ['kill', 'acc'])
    expect(statSync(join(layout.account('acc' as AccountId), 'kill.json')).mode & 0o777).toBe(0o600)
  })

  it.skipIf(process.platform === 'win32')(
    'closes positions where its mark cannot be written, and says that',
    async () => {
      const layout = prepareHome(tempHome())
      generateBars(layout, 'MES', 40, 5)
      const id = await eagerAccount(layout, 'acc', 'anna')
      await startEager(layout, id)
      await holding(layout, id)
      // A folder where the mark should be: no rename gets past it.
      mkdirSync(join(layout.run, 'kill-all.json', 'in the way'), { recursive: true })
      const killed = await run(layout, ['kill', '--all', '--json', '--timeout', '30'])
      expect(outcomes(killed)).toMatchObject([{ accountId: 'acc', outcome: 'failed', wasRunning: true }])
      expect(killed.stderr).toContain('could not be written')
      expect(killed.code).toBe(1)
      expect(readOpenThings(layout, id).positions).toEqual([])
    },
  )

  it('refuses accounts and users that nobody knows, before anything is done', async () => {
    const layout = prepareHome(tempHome())
    await addAccount(layout, 'acc', { symbol: 'MES', feed: 'synthetic:1' })
    expect((await run(layout, ['kill', 'acc', 'nobody'])).stderr).toContain('There is no account nobody.')
    expect((await run(layout, ['kill', '--user', 'zoe'])).code).toBe(2)
    expect((await run(layout, ['kill'])).stderr).toContain('--user U or --all')
    expect((await run(layout, ['kill', 'acc', '--all'])).code).toBe(2)
    expect(answerOf(await run(layout, ['release', '--json']))).toEqual({ standing: [] })
  })
})
