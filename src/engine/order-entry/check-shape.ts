import type { Reason } from '../../domain/decision/decision.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { ShapeAnswer, ShapeQuestion, ShapeReport } from '../../domain/options/assess-shape.ts'
import { expiresAt, yearsTo } from '../../domain/options/option-instrument.ts'
import type { ListedOption } from '../../domain/options/option-market.ts'
import type { OptionQuestion } from '../../domain/options/option-pricing.ts'
import type { ShapeKind } from '../../domain/options/shape-kind.ts'
import { inPremiumTicks, isLeg, optionLeg } from '../../domain/options/shape-leg.ts'
import type { ShapeMarket } from '../../domain/options/shape-near-expiry.ts'
import { signOf, type Side } from '../../domain/order/order.ts'
import type { Refusal } from '../../domain/failure/refusal.ts'
import { lots, type Lots, type Ticks } from '../../domain/units/units.ts'
import { accountWorth } from '../bot/account-equity.ts'
import { moneyText } from '../reconciliation/report-line.ts'
import { marginTogether, type CountedOption } from './options-beside.ts'
import type { TradeCall } from './trade-call.ts'

/** A contract of a multi-leg trade, what it does in one unit of it, and what it costs now. */
export type ShapeLeg = Readonly<{ contract: ListedOption; side: Side; ratio: Lots; px: Ticks }>

export type ShapeVerdict =
  | Readonly<{ kind: 'fits'; report: ShapeReport; reasons: readonly Reason[] }>
  /** The legs are not the shape that was asked for: nothing else was looked at. */
  | Readonly<{ kind: 'misfit'; refusal: Refusal; reasons: readonly Reason[] }>
  /** Not now: the margin is too large, or the mathematics gave no answer in time. */
  | Readonly<{ kind: 'held'; reasons: readonly Reason[] }>

/**
 * Has a position in options checked: its shape, the most it can lose, what must stand behind it.
 *
 * The mathematics may run in another process: whatever happens to that costs this decision and nothing else.
 */
export async function checkShape(
  call: TradeCall,
  shape: ShapeKind,
  legs: readonly ShapeLeg[],
  units: Lots,
): Promise<ShapeVerdict> {
  const question = await questionOf(call, shape, legs, units)
  if ('kind' in question) return question
  const answer = await ask(call, question)
  if ('kind' in answer && answer.kind === 'held') return answer
  if (answer.kind === 'refused') {
    const [first] = answer.refusals
    const reasons = answer.refusals.map(({ code, message }) => ({ code, text: message }))
    return first ? { kind: 'misfit', refusal: first, reasons } : held('pricing-garbage', 'the check gave no reason')
  }
  const wanted = question.legs.map((leg, index) => ({ leg, option: legs[index]!.contract }))
  return weigh(call, answer.report, wanted)
}

type Held = Extract<ShapeVerdict, { kind: 'held' }>

async function ask({ ctx }: TradeCall, question: ShapeQuestion): Promise<ShapeAnswer | Held> {
  if (!ctx.pricing) return held('pricing-unavailable', 'this bot has no option mathematics')
  const reply = await ctx.pricing.checkShape(question, ctx.signal)
  return reply.ok ? reply.value : { kind: 'held', reasons: [reply.reason] }
}

async function questionOf(
  call: TradeCall,
  shape: ShapeKind,
  legs: readonly ShapeLeg[],
  units: Lots,
): Promise<ShapeQuestion | Exclude<ShapeVerdict, { kind: 'fits' }>> {
  const { ctx } = call
  const [first] = legs
  const underlying = first && ctx.instrumentOf(first.contract.option.underlying)
  const underlyingPx = first && ctx.markOf(first.contract.option.underlying)
  if (!first || !underlying || underlyingPx === undefined) return held('no-price', 'the underlying has no price yet')
  const converted = legs.map(({ contract, side, ratio, px }) =>
    optionLeg(contract, lots(signOf(side) * ratio * units), px),
  )
  const bad = converted.find((leg) => !isLeg(leg))
  if (bad && !isLeg(bad)) return { kind: 'misfit', refusal: bad, reasons: [{ code: bad.code, text: bad.message }] }
  const isOneDay = legs.every(({ contract }) => contract.option.expiry === first.contract.option.expiry)
  const market = isOneDay ? undefined : await marketOf(call, underlying, underlyingPx, legs)
  if (market && 'kind' in market) return market
  return {
    legs: converted.filter(isLeg),
    shape,
    underlyingPx: inPremiumTicks(first.contract, underlying, underlyingPx),
    ...(market ? { market } : {}),
  }
}

/** What the leg that lives longest is priced with is what it will be worth when the first ones end. */
async function marketOf(
  { ctx, at }: TradeCall,
  underlying: Instrument,
  underlyingPx: Ticks,
  legs: readonly ShapeLeg[],
): Promise<ShapeMarket | Held> {
  const far = legs.reduce((a, b) => (a.contract.option.expiry >= b.contract.option.expiry ? a : b))
  const { option } = far.contract
  const value = (instrument: Instrument, px: number) => (px * instrument.tickUnits) / 10 ** instrument.priceDigits
  const spot = value(underlying, underlyingPx)
  const common = {
    ...{ type: option.type, style: option.style, strike: Number(option.strike), rate: 0, volatility: 0.2 },
    years: yearsTo(expiresAt(option, underlying), at),
  }
  const question: OptionQuestion =
    underlying.kind === 'future'
      ? { ...common, model: 'black76', forward: spot }
      : { ...common, model: 'bsm', spot, dividend: 0 }
  const reply = await ctx.pricing?.impliedVolatility(
    [{ option: question, price: value(far.contract, far.px) }],
    ctx.signal,
  )
  if (reply && !reply.ok) return { kind: 'held', reasons: [reply.reason] }
  const [answer] = reply?.value ?? []
  if (answer?.kind === 'refused') return held(answer.refusal.code, answer.refusal.message)
  const found = answer?.value
  if (found?.kind !== 'found') return held('pricing-unavailable', 'nobody can price the leg that expires last')
  return { rate: 0, dividend: 0, volatility: found.volatility, style: option.style }
}

/** A position is carried only while the account is worth what must stand behind it, and behind what it has already. */
function weigh({ ctx, book }: TradeCall, report: ShapeReport, wanted: readonly CountedOption[]): ShapeVerdict {
  const { currency } = ctx.instrument
  const { margin, payoff } = report
  const { equityMinor } = accountWorth(ctx, book)
  const loss = payoff.maxLoss.kind === 'unbounded' ? 'without limit' : moneyText(currency, payoff.maxLoss.amount)
  const text = `it can lose ${loss} and needs ${moneyText(currency, margin.amount)} behind it (${margin.rule})`
  const worth = `the account is worth ${moneyText(currency, equityMinor)}`
  if (margin.amount > equityMinor) return held('option-margin', `${text}, but ${worth}`)
  const together = marginTogether(ctx, book, wanted)
  if ('code' in together) return { kind: 'held', reasons: [together] }
  const { before, after } = together
  // What covers something that is held may always be taken: afterwards less must stand behind the account.
  if (after > equityMinor && after > before)
    return held(
      'option-margin',
      `${text}, and with the options that are held and ordered ${moneyText(currency, after)}, but ${worth}`,
    )
  return { kind: 'fits', report, reasons: [{ code: 'option-shape', text }] }
}

function held(code: string, text: string): Held {
  return { kind: 'held', reasons: [{ code, text }] }
}
