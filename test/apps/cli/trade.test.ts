import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { serveBotControl } from '../../../src/adapters/bot-control/serve-bot-control.ts'
import type { OrderRow } from '../../../src/contracts/account-records.ts'
import type { TradeReply } from '../../../src/contracts/trade-request.ts'
import { addAccount, generateBars, prepareHome, removeHome, startBot, untilBot } from '../../support/bot-fleet.ts'
import { botStatus } from '../../support/bot-status.ts'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { newHome } from '../../support/launched.ts'
import { tempHome } from '../../support/temp-home.ts'
import { tradeAnswer } from '../../support/trade-answers.ts'
import { programOf } from '../../support/programs/programs.ts'

type Answer = TradeReply & { requestId: string }

/** A real bot that has seen a price, on bars slow enough that its strategy asks for nothing meanwhile. */
async function tradingBot() {
  const layout = newHome()
  generateBars(layout, 'MES', 2, 7)
  const id = await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay:30x' })
  const bot = await startBot(layout, id, programOf('bot'))
  await untilBot(layout, id, ({ state, lastBarAt }) => state === 'trading' && lastBarAt !== null)
  const run = (...args: string[]) => slipway(layout.root, args)
  const end = async () => {
    bot.kill()
    await bot.exited
    removeHome(layout.root)
  }
  return { run, trade: (...args: string[]) => run('trade', ...args), end }
}

describe('slipway trade', () => {
  let bot: Awaited<ReturnType<typeof tradingBot>>
  beforeAll(async () => {
    bot = await tradingBot()
  })
  afterAll(() => bot.end())

  it('trades once however often it is asked under one name, with no launcher and with one', async () => {
    const { run, trade } = bot
    const down = await trade('buy', 'acc', 'MES', '2', '--limit', '5000', '--request-id', 'r1', '--json')
    expect([down.code, down.stderr]).toEqual([0, ''])
    const first = answerOf<Answer>(down)
    expect(first).toMatchObject({ requestId: 'r1', kind: 'accepted', orders: [expect.any(String)] })

    // Listing is the launcher's, which is started for it.
    const listed = async () => answerOf<OrderRow[]>(await run('orders', 'acc', '--json'))
    try {
      expect(await listed()).toMatchObject([{ clientOrderId: 'orders' in first && first.orders[0], quantity: 2 }])
      const up = await trade('acc', 'buy', 'MES', '2', '--limit', '5000', '--request-id', 'r1', '--json')
      expect([up.code, answerOf<Answer>(up)]).toEqual([0, first])
      expect(await listed()).toHaveLength(1)
    } finally {
      await run('shutdown')
    }
    const other = await trade('buy', 'acc', 'MES', '3', '--request-id', 'r1', '--json')
    expect([other.code, answerOf<Answer>(other)]).toMatchObject([
      2,
      { kind: 'refused', refusal: { code: 'trade-invalid' } },
    ])
  })

  it('says first of all that a limit has cut the order, and the same when it is asked again', async () => {
    const { trade } = bot
    const asked = ['buy', 'acc', 'MES', '20', '--limit', '4000', '--request-id', 'cut']
    const said = await trade(...asked)
    expect(said).toMatchObject({ code: 0, stderr: '' })
    expect(said.stdout).toMatch(/^Accepted in part: (\d+) of 20 lots were ordered\.\norders: \S+\n- /)
    expect(said.stdout).toMatch(/^- 20 lots wanted, at most 10 an order$/m)
    const codes = answerOf<Answer>(await trade(...asked, '--json')).reasons.map(({ code }) => code)
    expect(codes.slice(0, 3)).toEqual(['buy', 'size-cut', 'max-order'])
    expect(await trade('cancel-all', 'acc')).toMatchObject({ code: 0 })
  })

  it.each([
    [['MES', '0'], 'trade-invalid', /it must be at least 1/],
    [['MES', '1', '--limit', '5000.10'], 'trade-invalid', /multiple of 0\.25/],
    [['MES', '1', '--limit', 'cheap'], 'trade-invalid', /plain decimal/],
    [['NOSUCH', '1'], 'symbol-unknown', /NOSUCH is not traded by [^ ]+\./],
    [['ES', '1'], 'symbol-unknown', /acc does not follow ES.*follows MES\. .*account edit acc --set symbol=MES,ES,/],
  ])('refuses to buy %j with %s, what is wrong and what to do', async (args, code, said) => {
    const refused = await bot.trade('buy', 'acc', ...args)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(said)
    expect(refused.stderr).toMatch(new RegExp(`^slipway: [^\\n]+ \\[${code}\\]\\n$`))
  })

  it('is refused at once after the kill switch, and says in the log what was asked for and why not', async () => {
    const { run, trade } = bot
    expect(await run('kill', 'acc', '--reason', 'enough')).toMatchObject({ code: 0 })
    const refused = await trade('buy', 'acc', 'MES', '1')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/kill switch .*\(enough\).*slipway release acc.*\[trade-blocked\]/)
    try {
      const logs = await run('logs', 'acc')
      expect(logs.stdout).toMatch(/Asked to trade \(buy\): refused\. No buy of MES: the kill switch/)
    } finally {
      await run('shutdown')
    }
    expect(await run('release', 'acc')).toMatchObject({ code: 0 })
    const limited = await trade('buy', 'acc', 'MES', '1', '--limit', '5000')
    expect(limited).toMatchObject({ code: 0, stderr: '' })
  })

  it.each([
    ['MES', 0, 'Accepted.\norders: order-of-r1\n- buy asked for by a person\n', /^$/],
    [
      ...(['CUT', 0] as const),
      'Accepted in part: 10 of 20 lots were ordered.\norders: order-of-r1\n- buy asked for by a person\n' +
        '- 20 lots wanted, at most 10 an order\n',
      /^$/,
    ],
    ['FLAT', 0, 'Nothing to do.\n- buy asked for by a person\n', /^$/],
    ['REFUSED', 2, '', /^slipway: No buy: the market is closed\. Wait\. \[trade-blocked\]\n$/],
    ['UNRECONCILED', 7, '', /\[not-reconciled\]\n$/],
    ['REJECTED', 5, expect.stringContaining('the broker says: insufficient funds'), /^$/],
    ['UNKNOWN', 7, expect.stringContaining('the orders may be live'), /--request-id r1\n$/],
  ])('tells %s by its exit code %i', async (symbol, code, stdout, stderr) => {
    const layout = prepareHome(tempHome())
    const id = await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay' })
    const control = await serveBotControl({
      ...{ endpoint: layout.botEndpoint(id), instanceId: 'i', status: () => botStatus({ accountId: 'acc' }) },
      onRequest: () => Promise.resolve(undefined),
      onTrade: (request) => Promise.resolve(tradeAnswer(request)),
    })
    onTestFinished(() => control.end('requested', null))
    const said = await slipway(layout.root, ['trade', 'buy', 'acc', symbol, '1', '--request-id', 'r1'])
    expect(said).toMatchObject({ code, stdout, stderr: expect.stringMatching(stderr) })
  })

  it('names what is missing: the account, or its bot', async () => {
    const layout = prepareHome(tempHome())
    const unknown = await slipway(layout.root, ['trade', 'buy', 'acc', 'MES', '1', '--json'])
    expect([unknown.code, refusalOf(unknown).code]).toEqual([2, 'account-unknown'])
    await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay' })
    const idle = await slipway(layout.root, ['trade', 'buy', 'acc', 'MES', '1', '--json'])
    expect([idle.code, refusalOf(idle)]).toMatchObject([
      1,
      { code: 'not-running', nextStep: 'Start it: slipway start acc' },
    ])
  })
})
