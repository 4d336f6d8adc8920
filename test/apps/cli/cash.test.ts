import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { connectToBot } from '../../../src/adapters/bot-control/connect-to-bot.ts'
import type { BotProcess } from '../../../src/adapters/bot-process/spawn-bot.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import type { CashReply, CashReport } from '../../../src/contracts/cash-request.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { addAccount, generateBars, removeHome, startBot, untilBot } from '../../support/bot-fleet.ts'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { launched, newHome } from '../../support/launched.ts'
import { programOf } from '../../support/programs/programs.ts'
import { startVenue, type VenueProcess } from '../../support/venue/start-venue.ts'

type Answer = CashReply & { requestId: string }

const BOT = () => programOf('bot')

/** A real bot of an account at a venue, on bars slow enough that its strategy asks for nothing meanwhile. */
async function accountAbroad() {
  const layout = newHome()
  generateBars(layout, 'MES', 2, 7)
  const venue = await startVenue(11, { token: 'a-token' })
  const tokenFile = join(layout.root, 'token')
  writeFileSync(tokenFile, 'a-token\n', { mode: 0o600 })
  const id = await addAccount(layout, 'abroad', {
    ...{ symbol: 'MES', feed: 'replay:30x', broker: 'gateway' },
    set: [`gateway.url=${venue.url}`, `gateway.tokenFile=${tokenFile}`, 'gateway.timeoutMs=1000'],
  })
  const run = (...args: string[]) => slipway(layout.root, ['cash', 'abroad', ...args])
  return { layout, venue, id, run }
}

async function stop(layout: HomeLayout, id: AccountId, bot: BotProcess): Promise<void> {
  const control = await connectToBot({ endpoint: layout.botEndpoint(id), timeoutMs: 2_000 })
  await control!.request({ type: 'stop', flatten: false, keepOrders: false }, 30_000)
  control!.close()
  await bot.exited
}

function booked(layout: HomeLayout, id: AccountId) {
  const db = new Database(layout.state(id), { readonly: true })
  try {
    return {
      entries: db.prepare("SELECT kind, reference FROM ledger_entries WHERE kind <> 'fill' ORDER BY seq").all(),
      risk: db.prepare('SELECT state FROM risk_state').pluck().get(),
      balances: db.prepare('SELECT account, balance FROM ledger_balances ORDER BY account').all(),
    }
  } finally {
    db.close()
  }
}

describe('slipway cash', () => {
  let layout: HomeLayout
  let venue: VenueProcess
  let id: AccountId
  let bot: BotProcess
  let run: (...args: string[]) => ReturnType<typeof slipway>
  beforeAll(async () => {
    ;({ layout, venue, id, run } = await accountAbroad())
    bot = await startBot(layout, id, BOT())
    await untilBot(layout, id, ({ state }) => state === 'trading')
  })
  afterAll(async () => {
    bot.kill()
    await bot.exited
    await venue.close()
    removeHome(layout.root)
  })

  it('books what the broker charged while nobody looked, once, and the bot trades on', async () => {
    await stop(layout, id, bot)
    await venue.moveCash('-12.50')
    bot = await startBot(layout, id, BOT())
    const blocked = await untilBot(layout, id, ({ state }) => state === 'blocked')
    expect(blocked.stateReason).toContain('the books differ from the broker')

    const shown = answerOf<CashReport>(await run('--json'))
    expect(shown).toMatchObject({ cash: '100000.00', currency: 'USD', movements: [], closed: null })
    expect(shown.broker).toMatchObject({ cash: '99987.50', books: '100000.00', difference: '-12.50' })
    expect((await run()).stdout).toContain('Difference        -12.50 USD')

    const wrong = await run('deposit', '12.50', '--json')
    expect([wrong.code, answerOf<Answer>(wrong)]).toMatchObject([
      2,
      {
        kind: 'refused',
        refusal: { code: 'cash-mismatch', message: expect.stringContaining('99987.50 USD at the broker') },
      },
    ])

    const fee = ['fee', '12.50', '--note', 'CME data, November', '--request-id', 'data-11', '--json']
    const first = await run(...fee)
    expect([first.code, first.stderr]).toEqual([0, ''])
    expect(answerOf<Answer>(first)).toMatchObject({
      ...{ requestId: 'data-11', kind: 'booked', isNew: true, cash: '99987.50', agrees: true },
      movement: { kind: 'fee', change: '-12.50', note: 'CME data, November', currency: 'USD' },
    })
    await untilBot(layout, id, ({ state }) => state === 'trading')
    expect(answerOf<Answer>(await run(...fee))).toMatchObject({ kind: 'booked', isNew: false, cash: '99987.50' })
    expect((await venue.books()).cash).toBe('99987.50')
    const listed = (await run()).stdout
    expect(listed).toContain('Difference        0.00 USD')
    expect(listed).toMatch(/fee +-12\.50 +CME data, November +data-11/)
  })

  it('is answered from the books after a kill -9, with the limits as they were', async () => {
    await venue.moveCash('250.00')
    const deposit = ['deposit', '250', '--request-id', 'in-1', '--json']
    expect(answerOf<Answer>(await run(...deposit))).toMatchObject({ kind: 'booked', isNew: true, cash: '100237.50' })
    const before = booked(layout, id)
    bot.kill()
    expect((await bot.exited).signal).toBe('SIGKILL')
    expect(booked(layout, id)).toEqual(before)
    const down = await run(...deposit)
    expect([down.code, refusalOf(down).code]).toEqual([1, 'not-running'])

    bot = await startBot(layout, id, BOT())
    await untilBot(layout, id, ({ state }) => state === 'trading')
    expect(answerOf<Answer>(await run(...deposit))).toMatchObject({ kind: 'booked', isNew: false, agrees: true })
    const after = booked(layout, id)
    expect(after.entries).toEqual(before.entries)
    expect(after.balances).toEqual(before.balances)
    const marks = (text: unknown) => {
      const { startMinor, highMarkMinor, dayStartBalanceMinor, realizedTodayMinor } = JSON.parse(String(text))
      return { startMinor, highMarkMinor, dayStartBalanceMinor, realizedTodayMinor }
    }
    expect(marks(after.risk)).toEqual(marks(before.risk))
    expect(marks(after.risk)).toMatchObject({ startMinor: 10_025_000, realizedTodayMinor: -1_250 })
  })

  it('takes amounts below 0 for a fee that was given back, as they are typed', async () => {
    await venue.moveCash('2.00')
    expect(answerOf<Answer>(await run('fee', '-2', '--json'))).toMatchObject({
      kind: 'booked',
      movement: { kind: 'fee', change: '2.00' },
    })
  })

  it('is asked of the launcher too, in the same words', async () => {
    const { launcher, client } = await launched({ layout })
    onTestFinished(() => launcher.close())
    await venue.moveCash('1.25')
    const movement = { kind: 'interest' as const, amount: '1.25' }
    const book = () => client.api.cash.book({ accountId: 'abroad', requestId: 'page-1', movement })
    expect(await book()).toMatchObject({ kind: 'booked', isNew: true, agrees: true })
    expect(await book()).toMatchObject({ kind: 'booked', isNew: false })
    const report = await client.api.cash.show({ id: 'abroad' })
    expect(report).toEqual(answerOf<CashReport>(await run('--json')))
    expect(report.movements.at(-1)).toMatchObject({ requestId: 'page-1', kind: 'interest', change: '1.25', note: '' })
    await expect(client.api.cash.show({ id: 'nobody' })).rejects.toMatchObject({ refusal: { code: 'account-unknown' } })
  })

  it('writes nothing where the broker does not answer', async () => {
    const before = booked(layout, id)
    await venue.moveCash('-5.00')
    await venue.disconnect('all', 600_000)
    const silent = await run('fee', '5', '--json')
    expect([silent.code, answerOf<Answer>(silent)]).toMatchObject([5, { refusal: { code: 'broker-refused' } }])
    expect(booked(layout, id).entries).toEqual(before.entries)
    await venue.disconnect('all', 0)
    await untilBot(layout, id, ({ state }) => state === 'blocked')
  })

  it.each([
    [['gift', '5'], 'bad-usage', 2],
    [['fee'], 'bad-usage', 2],
    [['fee', '5', '--request-id', 'a b'], 'bad-usage', 2],
    [['fee', '5', '--timeout', '0'], 'bad-usage', 2],
  ])('says what is wrong with %j', async (args, code, exit) => {
    const refused = await run(...args, '--json')
    expect([refusalOf(refused).code, refused.code]).toEqual([code, exit])
  })

  it.each([
    [['withdraw', '-5'], 'above 0'],
    [['fee', '0'], 'above 0'],
    [['fee', '1.005'], 'no amount of USD'],
    [['fee', 'five'], 'no amount of USD'],
    [['fee', '5', '--note', 'x'.repeat(201)], 'note'],
  ])('has the bot say what is wrong with %j', async (args, said) => {
    const refused = await run(...args, '--json')
    expect(answerOf<Answer>(refused)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'cash-invalid', message: expect.stringContaining(said) },
    })
    expect(refused.code).toBe(2)
  })
})

describe('slipway cash of an account at the simulated broker', () => {
  it('shows its cash, and books nothing', async () => {
    const layout = newHome()
    generateBars(layout, 'MES', 1, 7)
    const id = await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay:30x' })
    const run = (...args: string[]) => slipway(layout.root, ['cash', 'acc', ...args])
    expect(answerOf<CashReport>(await run('--json'))).toMatchObject({ cash: null, broker: null, movements: [] })
    const bot = await startBot(layout, id, BOT())
    onTestFinished(async () => {
      bot.kill()
      await bot.exited
      removeHome(layout.root)
    })
    await untilBot(layout, id, ({ state }) => state === 'trading')
    const report = answerOf<CashReport>(await run('--json'))
    expect(report.broker).toMatchObject({ difference: '0.00', cash: report.cash })
    expect(report.closed).toContain('simulated')
    const refused = await run('deposit', '500', '--json')
    expect([refused.code, answerOf<Answer>(refused)]).toMatchObject([2, { refusal: { code: 'cash-invalid' } }])
  })
})
