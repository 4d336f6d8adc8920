import { describe, expect, it, onTestFinished } from 'vitest'
import { assessShape } from '../../../src/domain/options/assess-shape.ts'
import { impliedVolatility } from '../../../src/domain/options/implied-volatility.ts'
import type { ListedOption } from '../../../src/domain/options/option-market.ts'
import type { OptionPricing } from '../../../src/domain/options/pricing-port.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { RIG_INSTRUMENT } from '../../support/bot-rig.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

const [NEAR, FAR] = ['2030-06-21', '2030-07-19'] as const
const CALL = `TEST ${NEAR} C4000`
const PUT = `TEST ${NEAR} P4000`
/** Calls and puts at 4000 and 4025, of two expiries; the underlying is at 4000.00, a lot is worth some 200,000. */
const CHAIN: readonly ListedOption[] = [NEAR, FAR].flatMap((expiry) =>
  [4000, 4025].flatMap((strike) =>
    (['call', 'put'] as const).map((type) => ({
      ...RIG_INSTRUMENT,
      ...{ symbol: `TEST ${expiry} ${type === 'call' ? 'C' : 'P'}${strike}`, kind: 'option' as const, name: 'option' },
      option: {
        ...{ underlying: SYMBOL, type, style: 'american' as const, strike: String(strike), expiry },
        settlement: 'cash' as const,
      },
    })),
  ),
)
/** On what the account does not follow. */
const ELSEWHERE: ListedOption = {
  ...CHAIN[0]!,
  ...{ symbol: 'ELSE C4000', option: { ...CHAIN[0]!.option, underlying: 'ELSE' } },
}
const quote: NonNullable<TradeRigOptions['quote']> = (symbol) => {
  const more = symbol.includes(FAR) ? 200 : 0
  return { bid: ticks(380 + more), ask: ticks(420 + more), markPx: ticks(400 + more) }
}
const pricing: OptionPricing = {
  price: () => Promise.reject(new Error('not asked')),
  impliedVolatility: (asked) =>
    Promise.resolve({
      ok: true,
      value: asked.map(({ option, price }) => ({ kind: 'priced', value: impliedVolatility(option, price) })),
    }),
  checkShape: (question) => Promise.resolve({ ok: true, value: assessShape(question) }),
}

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({
    home: tempHome(),
    capabilities: PLAIN,
    options: [...CHAIN, ELSEWHERE],
    quote,
    pricing,
    ...options,
  })
  onTestFinished(() => rig.close())
  return rig
}

const messageOf = (outcome: unknown) => (outcome as { refusal?: { message: string } }).refusal?.message ?? ''

async function hold(rig: TradeRig, command: TradeCommand) {
  await rig.trade(command)
  for (const { order } of rig.venue.open()) rig.venue.fill(order.clientOrderId, undefined, 400)
  await rig.settle()
  rig.venue.calls.length = 0
}

describe('an option named by its symbol', () => {
  it('is not sold short, by whichever command, without the margin that it needs', async () => {
    const some = { symbol: CALL, side: 'sell', quantity: lots(5) } as const
    const commands: readonly TradeCommand[] = [
      { kind: 'short-sell', symbol: CALL, quantity: lots(5) },
      { kind: 'market-order', ...some },
      { kind: 'limit-order', ...some, limitPx: ticks(390) },
      { kind: 'stop-limit', ...some, stopPx: ticks(395), limitPx: ticks(390) },
      { kind: 'bracket-order', ...some, stopPx: ticks(500), targetPx: ticks(300) },
    ]
    for (const command of commands) {
      const rig = open()
      const outcome = await rig.trade(command)
      expect(messageOf(outcome), command.kind).toContain('lose without limit and needs')
      expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 'trade-blocked' } })
      expect(rig.venue.calls).toEqual([])
    }
  })

  it('is not sold short by turning what is held', async () => {
    const rig = open()
    await hold(rig, { kind: 'buy', symbol: CALL, quantity: lots(5) })
    expect(rig.venue.held(CALL)).toBe(5)
    expect(messageOf(await rig.trade({ kind: 'reverse-position', symbol: CALL }))).toContain('lose without limit')
    expect(rig.venue.calls).toEqual([])
  })

  it('is sold where the margin is there, and closed without being asked', async () => {
    const rig = open({ cashMinor: 100_000_000 })
    expect(await rig.trade({ kind: 'short-sell', symbol: CALL, quantity: lots(1) })).toMatchObject({ kind: 'accepted' })
    const poor = open()
    await hold(poor, { kind: 'buy', symbol: CALL, quantity: lots(5) })
    expect(await poor.trade({ kind: 'sell', symbol: CALL, quantity: lots(5) })).toMatchObject({ kind: 'accepted' })
  })
})

describe('a contract that is held', () => {
  const strike = { underlying: SYMBOL, strike: { price: '4000.00' }, quantity: lots(2) } as const

  it('is closed by its terms also when the price has left it so far behind that it is listed no more', async () => {
    const home = tempHome()
    const before = open({ home })
    await hold(before, { kind: 'buy', symbol: CALL, quantity: lots(2) })
    const listed = CHAIN.filter(({ option }) => option.strike !== '4000')
    const rig = open({ home, venue: before.venue, options: listed })
    const outcome = await rig.trade({ kind: 'sell-call', ...strike, expiry: { date: NEAR } }, 'closing')
    expect(outcome).toMatchObject({ kind: 'accepted' })
    expect(rig.venue.calls).toEqual(['submit exit sell 2'])
  })

  it('is no other: what is neither held nor listed is refused', async () => {
    const listed = CHAIN.filter(({ option }) => option.strike !== '4000')
    const rig = open({ options: listed })
    await hold(rig, { kind: 'buy', symbol: `TEST ${NEAR} C4025`, quantity: lots(2) })
    for (const kind of ['sell-call', 'sell-put'] as const) {
      const outcome = await rig.trade({ kind, ...strike, expiry: { date: NEAR } })
      expect(messageOf(outcome)).toContain('strike 4000.00 is not listed')
    }
  })
})

describe('what all options of an account need together', () => {
  // A call alone needs some 31,500.00; the account is worth 50,000.00, which is two of them at most.
  const short = { kind: 'short-sell', symbol: CALL, quantity: lots(1) } as const
  const other = { ...short, symbol: `TEST ${NEAR} C4025` } as const

  it('is asked for, not what each needs alone', async () => {
    const rig = open({ cashMinor: 5_000_000 })
    await hold(rig, short)
    expect(rig.venue.held(CALL)).toBe(-1)
    const outcome = await rig.trade(other)
    expect(messageOf(outcome)).toMatch(/with the options that are held and ordered .* but the account is worth/)
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 'trade-blocked' } })
    expect(rig.venue.calls).toEqual([])
  })

  it('counts what is only ordered', async () => {
    const rig = open({ cashMinor: 5_000_000 })
    expect(await rig.trade(short)).toMatchObject({ kind: 'accepted' })
    expect(messageOf(await rig.trade(other))).toContain('held and ordered')
  })

  it('is no reason against what covers a sold one: less is needed then', async () => {
    const rig = open({ cashMinor: 11_000_000 })
    await hold(rig, { ...short, quantity: lots(3) })
    expect(rig.venue.held(CALL)).toBe(-3)
    rig.bar(32_000)
    expect(await rig.trade({ ...other, symbol: PUT })).toMatchObject({ kind: 'refused' })
    expect(await rig.trade({ kind: 'buy', symbol: other.symbol, quantity: lots(1) })).toMatchObject({
      kind: 'accepted',
    })
  })

  it('is not asked of an option on what the account does not follow: none is traded', async () => {
    const rig = open({ cashMinor: 100_000_000 })
    await hold(rig, { kind: 'short-sell', symbol: ELSEWHERE.symbol, quantity: lots(1) })
    expect(rig.venue.calls).toEqual([])
    expect(
      messageOf(await rig.trade({ kind: 'buy', symbol: ELSEWHERE.symbol, quantity: lots(1), limitPx: ticks(1) })),
    ).toContain('the underlying has no price yet')
  })
})

describe('hedge-position', () => {
  it('sells no options for their worth, and counts no premium for what it hedges', async () => {
    const rig = open({ cashMinor: 1_000_000_000 })
    await hold(rig, { kind: 'buy', symbol: SYMBOL, quantity: lots(2) })
    for (const other of [CALL, PUT]) {
      const outcome = await rig.trade({ kind: 'hedge-position', symbol: SYMBOL, with: other, percent: 100 })
      expect(messageOf(outcome)).toContain(`${other} is an option`)
    }
    await hold(rig, { kind: 'buy', symbol: PUT, quantity: lots(5) })
    // A put that was bought falls with a rising future: selling one would add to it.
    const outcome = await rig.trade({ kind: 'hedge-position', symbol: PUT, with: SYMBOL, percent: 100 })
    expect(messageOf(outcome)).toContain(`${PUT} is an option`)
    expect(rig.venue.calls).toEqual([])
  })
})

describe('a calendar spread', () => {
  const calendar = (expiry: string, far: string) =>
    ({
      ...({ kind: 'calendar-spread', type: 'call', side: 'buy', strike: { price: '4000' } } as const),
      ...{ underlying: SYMBOL, quantity: lots(1), expiry: { date: expiry }, far: { date: far } },
    }) as const

  it('is not turned round by a far expiry that is the nearer one', async () => {
    const rig = open({ capabilities: ABLE, cashMinor: 1_000_000_000 })
    const outcome = await rig.trade(calendar(FAR, NEAR))
    expect(messageOf(outcome)).toContain(`far expiry ${NEAR} is before the near one, ${FAR}`)
    expect(rig.venue.calls).toEqual([])
    expect(await rig.trade(calendar(NEAR, FAR))).toMatchObject({ kind: 'accepted' })
    expect(rig.venue.open().map(({ order }) => `${order.side} ${order.symbol}`)).toEqual([
      `sell TEST ${NEAR} C4000`,
      `buy TEST ${FAR} C4000`,
    ])
  })
})
