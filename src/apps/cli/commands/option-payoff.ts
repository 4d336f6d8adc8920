import { homeCalendar } from '../../../adapters/calendar/home-calendar.ts'
import type { CalendarFacts } from '../../../domain/calendar/facts.ts'
import { refuse, Refused } from '../../../domain/failure/refusal.ts'
import type { Instrument } from '../../../domain/instrument/instrument.ts'
import { assessShape, type ShapeReport } from '../../../domain/options/assess-shape.ts'
import { chooseExpiry } from '../../../domain/options/option-chain.ts'
import { optionInstrument } from '../../../domain/options/option-instrument.ts'
import { canonicalStrike } from '../../../domain/options/option-symbol.ts'
import { hasOptionRules, optionRulesOf } from '../../../domain/options/option-rules-of.ts'
import { isLeg, optionLeg, type OptionLeg } from '../../../domain/options/shape-leg.ts'
import type { ShapeMarket } from '../../../domain/options/shape-near-expiry.ts'
import type { Bound } from '../../../domain/options/shape-payoff.ts'
import { formatDecimal, parseDecimal } from '../../../domain/units/decimal.ts'
import { lots, minorUnits, ticks } from '../../../domain/units/units.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { wholeNumber } from '../whole-number.ts'
import { instrumentNamed } from './data-instrument.ts'
import { numberOf, oneOf } from './option-arguments.ts'
import { given } from './option-chain.ts'

export type OptionPayoffOptions = Readonly<{
  leg: readonly string[]
  underlying?: string
  expiry?: string
  spot?: string
  vol?: string
  rate: string
  dividend: string
}>

/** `slipway option payoff`: what a position in options makes, can lose, and must have behind it. */
export function optionPayoff(cli: Cli, options: OptionPayoffOptions): number {
  if (options.leg.length === 0)
    refuse('bad-usage', 'A position has at least one leg.', 'Give --leg, such as --leg buy:1:call:21700:120.')
  const listing = options.underlying === undefined ? undefined : listingOf(cli, options.underlying)
  const underlying = listing?.underlying
  const expiry = options.expiry ?? (listing ? firstExpiry(cli, listing) : NO_DATE)
  const typed = options.leg.map((text) => typedLeg(text, expiry))
  const contracts = typed.map((leg) => contractOf(leg, listing))
  const legs = typed.map((leg, index) => legOf(leg, contracts[index]!))
  const scale = contracts[0]!
  const spot = options.spot === undefined ? undefined : numberOf(options.spot, '--spot')
  const tick = scale.tickUnits / 10 ** scale.priceDigits
  const market = marketOf(options, underlying)
  const underlyingPx = spot === undefined ? legs[0]!.strikePx : Number((spot / tick).toFixed(9))
  const answer = assessShape({ legs, underlyingPx, ...(market ? { market } : {}) })
  if (answer.kind === 'refused') throw new Refused(answer.refusals[0]!)
  const told = tell(answer.report, scale, underlying, spot !== undefined)
  cli.out.answer(told, () => show(cli, told))
  return 0
}

/** Legs without a date all expire on one day; which, does not matter. */
const NO_DATE = '2000-01-01'
/** Where no underlying is named: prices to the cent, one unit a lot. */
const PLAIN: Instrument = {
  symbol: 'OPTION',
  root: 'OPTION',
  name: 'option',
  kind: 'option',
  exchange: '',
  currency: { code: '', digits: 2 },
  tickUnits: 1,
  priceDigits: 2,
  tickValue: minorUnits(1),
  lotSize: '1',
  session: { zone: 'UTC', openMinute: 0, closeMinute: 1440, opensDayBefore: false, weekdays: [] },
  calendar: 'none',
}

/** What the options are on, and the days on which they can expire. */
type Listing = Readonly<{ underlying: Instrument; facts: CalendarFacts }>

function listingOf(cli: Cli, symbol: string): Listing {
  const layout = openCliHome(cli)
  return { underlying: instrumentNamed(layout, symbol), facts: homeCalendar(layout) }
}

type TypedLeg = Readonly<{
  quantity: number
  type: 'call' | 'put'
  strike: string
  premium: string
  expiry: string
  text: string
}>

/** buy:1:call:21700:120, and where legs expire on different days :2024-01-25. */
function typedLeg(text: string, expiry: string): TypedLeg {
  const [side = '', quantity = '', type = '', strike = '', premium = '', date = expiry, ...rest] = text.split(':')
  if (rest.length > 0 || premium === '')
    refuse(
      'bad-usage',
      `${JSON.stringify(text)} is no leg.`,
      'Write side:lots:type:strike:premium, such as buy:1:call:21700:120, and :2024-01-25 where expiries differ.',
    )
  const sign = oneOf(['buy', 'sell'] as const, side, '--leg') === 'buy' ? 1 : -1
  return {
    quantity: sign * wholeNumber(quantity, '--leg', 1, 1_000_000),
    type: oneOf(['call', 'put'] as const, type, '--leg'),
    strike:
      canonicalStrike(strike) ??
      refuse('bad-usage', `${JSON.stringify(strike)} is no strike.`, 'Give a price above 0, such as 21700.'),
    premium,
    expiry: date,
    text,
  }
}

function contractOf({ type, strike, expiry }: TypedLeg, listing: Listing | undefined): Instrument {
  const terms = {
    underlying: listing?.underlying.symbol ?? '',
    type,
    strike,
    expiry,
    style: 'european',
    settlement: 'cash',
  } as const
  return listing ? given(optionInstrument(terms, listing.underlying, listing.facts)) : { ...PLAIN, option: terms }
}

function legOf({ quantity, premium, text }: TypedLeg, contract: Instrument): OptionLeg {
  const units = parseDecimal(premium, contract.priceDigits)
  if (units === undefined || units < 0 || units % contract.tickUnits !== 0)
    refuse(
      'bad-usage',
      `${JSON.stringify(premium)} is no premium in ${JSON.stringify(text)}.`,
      `Give a price in steps of ${formatDecimal(contract.tickUnits, contract.priceDigits)}.`,
    )
  const leg = optionLeg(contract, lots(quantity), ticks(units / contract.tickUnits))
  if (!isLeg(leg)) throw new Refused(leg)
  return leg
}

function firstExpiry(cli: Cli, { underlying, facts }: Listing): string {
  return given(chooseExpiry(underlying, cli.now(), { nth: 0 }, facts)).date
}

function marketOf(options: OptionPayoffOptions, underlying: Instrument | undefined): ShapeMarket | undefined {
  if (options.vol === undefined) return undefined
  const rules = underlying && optionRulesOf(underlying)
  return {
    volatility: numberOf(options.vol, '--vol'),
    rate: numberOf(options.rate, '--rate'),
    dividend: numberOf(options.dividend, '--dividend'),
    style: rules && hasOptionRules(rules) ? rules.style : 'european',
  }
}

/** Money and prices as decimal texts; what has no bound as null. */
function tell(
  { shape, payoff, margin }: ShapeReport,
  scale: Instrument,
  underlying: Instrument | undefined,
  hasSpot: boolean,
) {
  const money = (amount: number) => formatDecimal(amount, scale.currency.digits)
  const price = (px: number) => ((px * scale.tickUnits) / 10 ** scale.priceDigits).toFixed(scale.priceDigits)
  const bound = (found: Bound) => ({
    kind: found.kind,
    amount: found.kind === 'unbounded' ? null : money(found.amount),
  })
  const needsSpot = margin.rule === 'naked-short' || margin.rule === 'mixed'
  return {
    shape: shape ?? null,
    underlying: underlying?.symbol ?? null,
    currency: underlying?.currency.code ?? null,
    lotSize: scale.lotSize,
    netPremium: money(payoff.netPremium),
    maxProfit: bound(payoff.maxProfit),
    maxLoss: bound(payoff.maxLoss),
    breakEvens: payoff.breakEvens.map(price),
    margin: needsSpot && !hasSpot ? null : { amount: money(margin.amount), rule: margin.rule },
    points: payoff.points.map(({ px, amount }) => ({ price: price(px), amount: money(amount) })),
  }
}

function show({ out }: Cli, told: ReturnType<typeof tell>): void {
  const currency = told.currency === null ? '' : ` ${told.currency}`
  const bound = ({ kind, amount }: { kind: Bound['kind']; amount: string | null }) =>
    amount === null ? 'no limit' : `${amount}${currency}${kind === 'estimate' ? ' (estimate)' : ''}`
  const margin = told.margin ? `${told.margin.amount}${currency} (${told.margin.rule})` : 'give --spot to know it'
  const rows: readonly (readonly [string, string])[] = [
    ['shape', told.shape ?? 'none that has a name'],
    ['net premium', `${told.netPremium}${currency}`],
    ['most won', bound(told.maxProfit)],
    ['most lost', bound(told.maxLoss)],
    ['break-evens', told.breakEvens.join(', ') || 'none'],
    ['margin', margin],
  ]
  out.table(
    [
      { title: 'FIGURE', text: ([name]) => name },
      { title: 'VALUE', text: ([, value]) => value, flexible: true },
    ],
    rows,
  )
  out.line('')
  out.table(
    [
      { title: 'UNDERLYING AT', text: ({ price }) => price, align: 'right' },
      { title: 'MADE', text: ({ amount }) => amount, align: 'right' },
    ],
    told.points,
  )
}
