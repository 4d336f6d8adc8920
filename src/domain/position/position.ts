import { moveValue, type Instrument } from '../instrument/instrument.ts'
import { fillId, signOf, type Fill, type FillId } from '../order/order.ts'
import { lots, minorUnits, type EpochMs, type Lots, type MinorUnits, type Ticks } from '../units/units.ts'
import { changeHolding, EMPTY_HOLDING, type Holding, type HoldingStep } from './holding.ts'

/**
 * A round trip under way: from the fill that left flat to the one that returns there. Sums are price × lots, ticks.
 */
export type RoundTrip = Readonly<{
  /** Derived from the fill that opened it, so that the same fills always make the same trade. */
  tradeId: string
  side: 'long' | 'short'
  entryTime: EpochMs
  entryQty: Lots
  entrySum: number
  exitTime: EpochMs
  exitQty: Lots
  exitSum: number
  /** Money by which its entries, and its exits, were better than those sums say, minor units; absent where they were not. */
  entryCredit?: number
  exitCredit?: number
  /** Commission of all its fills, minor units. */
  fees: MinorUnits
}>

/** A position in one instrument as its fills make it; plain data, so it can be kept as JSON. */
export type Position = Readonly<{
  symbol: string
  /** Signed lots; negative is short, 0 is flat. */
  quantity: Lots
  /** Signed cost of what is held, ticks × lots. */
  cost: number
  /** As in `Holding`. */
  credit?: number
  /** Absent when flat. */
  trip?: RoundTrip
}>

/** What one fill did to a position. */
export type PositionStep = Readonly<{
  position: Position
  /** What the fill closed, opened and realised; the ledger books from it. */
  step: HoldingStep
  /** The round trip the fill completed; a fill that flips the position completes one and begins the next. */
  completed?: RoundTrip
}>

export function flatPosition(symbol: string): Position {
  return { symbol, ...EMPTY_HOLDING }
}

/**
 * The position after one more fill.
 *
 * The commission of a fill that flips the position is split between the two trades by lots, the odd minor unit staying
 * with the new one.
 *
 * @throws {RangeError} the fill is of another symbol, or of no lots: a bug in the caller
 */
export function applyFill(position: Position, fill: Fill): PositionStep {
  if (fill.symbol !== position.symbol)
    throw new RangeError(`a fill of ${fill.symbol} on a position in ${position.symbol}`)
  if (!(fill.quantity > 0)) throw new RangeError(`a fill of ${fill.quantity} lots`)
  const step = changeHolding(position, signOf(fill.side) * fill.quantity, fill.price, fill.credit)
  const closingFee = step.opened === 0 ? fill.commission : Math.floor((fill.commission * step.closed) / fill.quantity)
  const before = position.trip
  const exited = before && step.closed > 0 ? exitOf(before, fill, step, closingFee) : before
  const holding = { symbol: position.symbol, ...step.after }
  if (step.opened > 0) {
    const flipped = step.closed > 0
    const trip = entryOf(flipped ? undefined : exited, fill, step, fill.commission - (flipped ? closingFee : 0))
    return { position: { ...holding, trip }, step, ...(flipped && exited ? { completed: exited } : {}) }
  }
  if (holding.quantity === 0) return { position: holding, step, ...(exited ? { completed: exited } : {}) }
  return { position: { ...holding, ...(exited ? { trip: exited } : {}) }, step }
}

/** Average price of what is held as a float, ticks, for display and strategies; 0 when flat. */
export function averagePx(holding: Holding): number {
  return holding.quantity === 0 ? 0 : holding.cost / holding.quantity
}

/** Gain if all were closed at `lastPx`, before fees, minor units. */
export function unrealizedMinor(holding: Holding, lastPx: Ticks, instrument: Instrument): MinorUnits {
  return minorUnits(moveValue(instrument, holding.quantity * lastPx - holding.cost, 1) + (holding.credit ?? 0))
}

/**
 * What a holding adds to the account beside its cash at `lastPx`, minor units: the market value where the price was
 * paid in full (equities, options), the open gain where only gains and losses change hands (futures, perpetuals, indices).
 */
export function holdingValueMinor(holding: Holding, lastPx: Ticks, instrument: Instrument): MinorUnits {
  if (!isPaidInFull(instrument)) return unrealizedMinor(holding, lastPx, instrument)
  return minorUnits(holding.quantity * lastPx * instrument.tickValue)
}

/** True where buying takes the whole price out of the cash. */
export function isPaidInFull(instrument: Instrument): boolean {
  return instrument.kind === 'equity' || instrument.kind === 'option'
}

/** The fill that opened a round trip. */
export function openingFill({ tradeId }: Pick<RoundTrip, 'tradeId'>): FillId {
  return fillId(tradeId.slice(TRADE_PREFIX.length))
}

const TRADE_PREFIX = 'T-'

function entryOf(trip: RoundTrip | undefined, fill: Fill, { opened, credit }: HoldingStep, fee: number): RoundTrip {
  const better = creditOf('entryCredit', (trip?.entryCredit ?? 0) + credit.opened)
  if (trip)
    return {
      ...trip,
      ...better,
      entryQty: lots(trip.entryQty + opened),
      entrySum: trip.entrySum + fill.price * opened,
      fees: minorUnits(trip.fees + fee),
    }
  return {
    tradeId: `${TRADE_PREFIX}${fill.fillId}`,
    side: fill.side === 'buy' ? 'long' : 'short',
    entryTime: fill.at,
    entryQty: opened,
    entrySum: fill.price * opened,
    exitTime: fill.at,
    exitQty: lots(0),
    exitSum: 0,
    ...better,
    fees: minorUnits(fee),
  }
}

function exitOf(trip: RoundTrip, fill: Fill, { closed, credit }: HoldingStep, fee: number): RoundTrip {
  return {
    ...trip,
    exitTime: fill.at,
    exitQty: lots(trip.exitQty + closed),
    exitSum: trip.exitSum + fill.price * closed,
    ...creditOf('exitCredit', (trip.exitCredit ?? 0) + credit.closed),
    fees: minorUnits(trip.fees + fee),
  }
}

/** Kept where there is one: most trades never have any. */
function creditOf(name: 'entryCredit' | 'exitCredit', credit: number): Partial<RoundTrip> {
  return credit === 0 ? {} : { [name]: credit }
}
