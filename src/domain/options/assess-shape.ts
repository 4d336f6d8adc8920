import { refusal, type Refusal } from '../failure/refusal.ts'
import { recogniseShape, shapeViolations, type ShapeKind } from './shape-kind.ts'
import { legViolation, type OptionLeg } from './shape-leg.ts'
import { marginOf, type OptionMargin } from './shape-margin.ts'
import { payoffAtNearExpiry, type ShapeMarket } from './shape-near-expiry.ts'
import { payoffOf, type Payoff } from './shape-payoff.ts'

/** What is asked about a position in options; plain values, so that another process can answer it. */
export type ShapeQuestion = Readonly<{
  legs: readonly OptionLeg[]
  /** The shape it must have; any where left out. */
  shape?: ShapeKind
  /** Price of the underlying, in ticks of the premium. */
  underlyingPx: number
  /** Needed where the legs expire on different days. */
  market?: ShapeMarket
}>

/** A position that can be traded: what it makes, what it can lose, what it must have behind it. */
export type ShapeReport = Readonly<{
  /** Undefined where the legs have no shape that we name. */
  shape?: ShapeKind
  payoff: Payoff
  margin: OptionMargin
}>

/** Everything wrong with the legs, or the report. */
export type ShapeAnswer =
  | Readonly<{ kind: 'report'; report: ShapeReport }>
  | Readonly<{ kind: 'refused'; refusals: readonly Refusal[] }>

export const MOST_LEGS = 20

/**
 * Checks a position in options and says what it can win and lose.
 *
 * @throws {Refused} setting-invalid: a number of `market` is out of its range
 */
export function assessShape(question: ShapeQuestion): ShapeAnswer {
  const { legs, shape, underlyingPx, market } = question
  const refusals = shape ? shapeViolations(shape, legs) : violationsOfAny(legs)
  if (refusals.length > 0) return { kind: 'refused', refusals }
  if (!(underlyingPx > 0 && Number.isFinite(underlyingPx)))
    return refused(`${underlyingPx} is no price of the underlying.`, 'Give a price above 0.')
  const isOneDay = legs.every(({ expiry }) => expiry === legs[0]!.expiry)
  if (!isOneDay && !market)
    return refused(
      'Legs that expire on different days need a volatility to be priced with.',
      'Give volatility, rate and dividend yield, or legs of one expiry.',
    )
  const named = shape ?? recogniseShape(legs)
  const report: ShapeReport = {
    ...(named === undefined ? {} : { shape: named }),
    payoff: isOneDay ? payoffOf(legs) : payoffAtNearExpiry(legs, market!),
    margin: marginOf(legs, underlyingPx),
  }
  return { kind: 'report', report }
}

function violationsOfAny(legs: readonly OptionLeg[]): readonly Refusal[] {
  const broken = legs.map(legViolation).filter((violation) => violation !== undefined)
  if (broken.length > 0) return broken
  if (legs.length === 0 || legs.length > MOST_LEGS)
    return [refusal('trade-invalid', `${legs.length} is no number of legs.`, `Give 1 to ${MOST_LEGS}.`)]
  if (new Set(legs.map(({ underlying }) => underlying)).size > 1)
    return [refusal('trade-invalid', 'The legs are on different underlyings.', 'Ask about each underlying by itself.')]
  return []
}

function refused(message: string, nextStep: string): ShapeAnswer {
  return { kind: 'refused', refusals: [refusal('trade-invalid', message, nextStep)] }
}
