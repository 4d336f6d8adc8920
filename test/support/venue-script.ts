import fc from 'fast-check'
import type { ExecutionReport } from '../../src/domain/broker/broker.ts'
import type { PaperBooks } from '../../src/domain/broker/paper-books.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import { clientOrderId, signOf, type Combo, type NewOrder, type OrderChange } from '../../src/domain/order/order.ts'
import { durationMs, epochMs, lots, minorUnits, ticks } from '../../src/domain/units/units.ts'
import { openSimBroker, type SimBroker } from '../../src/engine/simulation/sim-broker.ts'
import {
  bracketOf,
  limit,
  market,
  memoryBooks,
  orderOf,
  stop,
  stopLimit,
  termsOf,
  trailing,
  trailingPercent,
} from './simulation.ts'
import { barAt, comboOf, EXPIRY_CLOSE, INDEX, MINUTE_MS, optionOf, STOCK } from './simulated-venue.ts'

/** Small numbers, so that options of every moneyness are met: strikes from 80 to 120 around a price of 100. */
const SMALL: Instrument = { ...INDEX, options: { ...INDEX.options!, strikes: [{ step: '10' }] } }
const SHARES: Instrument = { ...STOCK, options: { ...STOCK.options!, strikes: [{ step: '10' }] } }
const STRIKES = [90, 100] as const
export const OPTIONS = STRIKES.flatMap((strike) =>
  (['call', 'put'] as const).flatMap((type) => [
    optionOf(type, strike, { on: SMALL }),
    optionOf(type, strike, { on: SHARES }),
  ]),
)
/** One contract outlives the script. */
export const LATE = optionOf('call', 100, { on: SMALL, expiry: '2025-11-20' })
export const INSTRUMENTS: readonly [Instrument, ...Instrument[]] = [SMALL, SHARES, ...OPTIONS, LATE]

export type Command =
  | Readonly<{ kind: 'order'; order: NewOrder }>
  | Readonly<{ kind: 'combo'; combo: Combo }>
  | Readonly<{ kind: 'cancel'; id: string }>
  | Readonly<{ kind: 'replace'; id: string; change: OrderChange }>
  | Readonly<{ kind: 'exercise'; id: string; symbol: string; quantity: number }>

/** A bar of one of the two underlyings, and what a client does after it. */
export type Step = Readonly<{
  symbol: string
  prices: readonly [number, number, number, number]
  volume: number
  session: string | undefined
  commands: readonly Command[]
}>

const price = fc.integer({ min: 80, max: 120 })
const quantity = fc.integer({ min: 1, max: 6 })
const side = fc.constantFrom('buy' as const, 'sell' as const)
const symbol = fc.constantFrom('INDEX', 'INDEX', 'STOCK', ...OPTIONS.map((one) => one.symbol), LATE.symbol)
const type = fc.oneof(
  fc.constant(market),
  fc.constant(market),
  price.map(limit),
  price.map(stop),
  fc.tuple(price, price).map(([s, l]) => stopLimit(s, l)),
  fc.integer({ min: 1, max: 20 }).map(trailing),
  fc.integer({ min: 50, max: 1_500 }).map(trailingPercent),
)
const timeInForce = fc.constantFrom('day' as const, 'gtc' as const)

/** Orders get their ids from their place in the script. */
type Draft = (id: string) => readonly Command[]
const order = fc
  .record({ symbol, side, quantity, type, timeInForce, reach: fc.integer({ min: 1, max: 15 }) })
  .chain((terms) =>
    fc.record({
      terms: fc.constant(terms),
      purpose: fc.constantFrom('entry' as const, 'entry' as const, 'exit' as const, 'stop' as const),
      shape: fc.constantFrom('plain', 'plain', 'bracket', 'pair'),
      other: fc.nat({ max: 40 }),
    }),
  )
  .map(({ terms, purpose, shape, other }): Draft => (id) => {
    const { symbol, timeInForce, side, quantity, type, reach } = terms
    const over = { symbol, timeInForce, purpose }
    if (shape === 'pair') {
      // Whichever comes first names the other.
      const pair = { ...over, oco: clientOrderId(`o${other}`) }
      return [{ kind: 'order', order: orderOf(id, side, quantity, type, pair) }]
    }
    if (shape === 'plain' || purpose !== 'entry')
      return [{ kind: 'order', order: orderOf(id, side, quantity, type, over) }]
    const middle = 'stopPx' in type ? type.stopPx : 'limitPx' in type ? type.limitPx : 100
    const legs = { stop: middle - signOf(side) * reach, target: middle + signOf(side) * reach }
    return [{ kind: 'order', order: bracketOf(id, side, quantity, type, legs, over) }]
  })

/** A pair as clients send it, one after the other: stop or trail, and target. */
const pair = fc
  .record({
    ...{ symbol, side, quantity, timeInForce },
    stopType: fc.oneof(
      price.map(stop),
      fc.integer({ min: 1, max: 12 }).map(trailing),
      price.map((px) => stopLimit(px, px)),
    ),
    target: price,
    purpose: fc.constantFrom('entry' as const, 'stop' as const, 'stop' as const, 'stop' as const),
    both: fc.boolean(),
  })
  .map(({ symbol, side, quantity, timeInForce, stopType, target, purpose, both }): Draft => (id) => {
    const [one, other] = [clientOrderId(id), clientOrderId(`${id}-pair`)]
    const over = { symbol, timeInForce, purpose }
    return [
      { kind: 'order', order: orderOf(one, side, quantity, stopType, { ...over, oco: other }) },
      {
        kind: 'order',
        order: orderOf(other, side, quantity, limit(target), { ...over, ...(both ? { oco: one } : {}) }),
      },
    ]
  })

const combo = fc
  .record({
    on: fc.constantFrom('INDEX', 'STOCK'),
    picks: fc.uniqueArray(fc.nat({ max: 4 }), { minLength: 2, maxLength: 4 }),
    sides: fc.array(side, { minLength: 4, maxLength: 4 }),
    quantity,
    purpose: fc.constantFrom('entry' as const, 'entry' as const, 'exit' as const),
    timeInForce,
    netLimit: fc.option(fc.integer({ min: -50_000, max: 200_000 }), { nil: undefined }),
  })
  .map(({ on, picks, sides, quantity, purpose, timeInForce, netLimit }): Draft => (id) => {
    const listed = [on, ...OPTIONS.filter(({ option }) => option?.underlying === on).map((one) => one.symbol)]
    const legs = picks.map((pick, i) =>
      orderOf(`${id}-${i}`, sides[i]!, quantity, market, { symbol: listed[pick]!, purpose, timeInForce }),
    )
    return [{ kind: 'combo', combo: comboOf(id, legs, netLimit) }]
  })

const anyId = fc
  .tuple(fc.nat({ max: 40 }), fc.constantFrom('', '', '', '-pair', '-stop', '-target', '-0'))
  .map(([n, leg]) => `o${n}${leg}`)
const cancel = anyId.map((id): Draft => () => [{ kind: 'cancel', id }])
const change = fc
  .record({ quantity: quantity.map(lots), limitPx: price.map(ticks), stopPx: price.map(ticks) }, { requiredKeys: [] })
  .map((one) => one as OrderChange)
const replace = fc.tuple(anyId, change).map(([id, change]): Draft => () => [{ kind: 'replace', id, change }])
const exercise = fc
  .tuple(fc.constantFrom(...OPTIONS.map((one) => one.symbol)), quantity)
  .map(([symbol, quantity]): Draft => (id) => [{ kind: 'exercise', id, symbol, quantity }])

const command = fc.oneof(
  { arbitrary: order, weight: 10 },
  { arbitrary: pair, weight: 6 },
  { arbitrary: combo, weight: 4 },
  { arbitrary: cancel, weight: 2 },
  { arbitrary: replace, weight: 3 },
  { arbitrary: exercise, weight: 1 },
)

/** Options have no price before their underlying has one. */
const OPENING = { prices: [100, 100, 100, 100], volume: 0, session: 'monday', commands: [] } as const

export const anyScript = fc
  .array(
    fc.record({
      symbol: fc.constantFrom('INDEX', 'INDEX', 'STOCK'),
      prices: fc.tuple(price, price, price, price),
      volume: fc.constantFrom(0, 0, 10, 35, 500),
      session: fc.constantFrom('monday', 'monday', 'monday', 'monday', 'monday', 'tuesday', undefined),
      commands: fc.array(command, { maxLength: 3 }),
    }),
    { minLength: 8, maxLength: 24, size: 'max' },
  )
  .map((drafts): Step[] => {
    let orders = 0
    const first = (symbol: string): Step => ({ ...OPENING, symbol })
    const rest = drafts.map(({ prices: [open, close, a, b], commands, ...step }) => ({
      ...step,
      prices: [open, Math.max(open, close, a, b), Math.min(open, close, a, b), close],
      commands: commands.flatMap((draft) => draft(`o${orders++}`)),
    })) satisfies Step[]
    return [first('INDEX'), first('STOCK'), ...rest]
  })

export const anyVenueTerms = fc.record({
  slippageTicks: fc.integer({ min: 0, max: 2 }),
  commissionMinorPerLot: fc.integer({ min: 0, max: 300 }),
  volumeShareBps: fc.constantFrom(1_000, 10_000),
  spreadTicks: fc.integer({ min: 0, max: 3 }),
})
export type VenueTerms = typeof anyVenueTerms extends fc.Arbitrary<infer T> ? T : never

/** Options of the script expire with its twelfth step. */
const EXPIRES_AT_STEP = 12
export const timeOf = (step: number) => epochMs(EXPIRY_CLOSE - (EXPIRES_AT_STEP - step) * MINUTE_MS)

export const START_CASH = 100_000_000

/**
 * Plays a script against a broker; dies after the steps in `crashes`, and is shown old bars again after that: the last
 * of each market, and as many more as asked for.
 *
 * @param look called after each step
 */
export async function playScript(
  steps: readonly Step[],
  { spreadTicks, ...terms }: VenueTerms,
  crashes: ReadonlyMap<number, number> = new Map(),
  look: (played: Played) => void = () => undefined,
  books: PaperBooks = memoryBooks(),
) {
  const reports: ExecutionReport[] = []
  const settings = termsOf({
    ...terms,
    startingCash: minorUnits(START_CASH),
    options: { volatility: 0.3, rate: 0.02, spreadTicks },
  })
  const connect = () => {
    const broker = openSimBroker({
      ...{ books, settings, instrument: INSTRUMENTS[0], defer: setImmediate, barMs: durationMs(MINUTE_MS) },
      instrumentOf: (symbol) => INSTRUMENTS.find((one) => one.symbol === symbol),
    })
    broker.onExecution((report) => reports.push(report))
    return broker
  }
  const played = { broker: connect(), books, reports, step: 0 }
  const show = async (i: number) => {
    const { symbol, prices, volume, session } = steps[i]!
    await played.broker.observe({ ...barAt(timeOf(i), prices), volume }, session, symbol)
  }
  for (const [i, { commands }] of steps.entries()) {
    played.step = i
    await show(i)
    for (const command of commands) await obey(played.broker, command)
    await turn()
    look(played)
    const again = crashes.get(i)
    if (again === undefined) continue
    played.broker = connect()
    const first = Math.max(0, i - again)
    for (const market of ['INDEX', 'STOCK']) {
      const last = steps.findLastIndex((step, j) => j <= i && step.symbol === market)
      if (last >= 0 && last < first) await show(last)
    }
    for (let j = first; j <= i; j++) await show(j)
  }
  await turn()
  return played
}

export type Played = Readonly<{
  broker: SimBroker
  books: PaperBooks
  reports: ExecutionReport[]
  step: number
}>

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function obey(broker: SimBroker, command: Command): Promise<void> {
  switch (command.kind) {
    case 'order':
      await broker.submit(command.order)
      return
    case 'combo':
      await broker.submitCombo(command.combo)
      return
    case 'cancel':
      await broker.cancel(clientOrderId(command.id))
      return
    case 'replace':
      await broker.replace(clientOrderId(command.id), command.change)
      return
    case 'exercise':
      await broker.exercise(clientOrderId(command.id), command.symbol, command.quantity)
  }
}
