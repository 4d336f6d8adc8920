import { homeCalendar } from '../../../adapters/calendar/home-calendar.ts'
import { wallToEpoch } from '../../../domain/calendar/wall-time.ts'
import { refuse, Refused, type Refusal } from '../../../domain/failure/refusal.ts'
import { isInstrument } from '../../../domain/instrument/catalogue.ts'
import { formatMoney, formatPrice, priceToTicks, type Instrument } from '../../../domain/instrument/instrument.ts'
import type { Expiry } from '../../../domain/options/expiries.ts'
import { chooseExpiry, listedContracts, openExpiries, STRIKES_EACH_SIDE } from '../../../domain/options/option-chain.ts'
import { optionInstrument } from '../../../domain/options/option-instrument.ts'
import { isDate } from '../../../domain/options/option-symbol.ts'
import { ticks, type EpochMs } from '../../../domain/units/units.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { isoTime, typedTime } from '../time-text.ts'
import { wholeNumber } from '../whole-number.ts'
import { instrumentNamed } from './data-instrument.ts'
import { numberOf } from './option-arguments.ts'

export type OptionChainOptions = Readonly<{ spot: string; at?: string; expiry: string; strikes?: string }>

/** `slipway option chain`: the contracts around the money, of one expiry, and the expiries there are. */
export function optionChain(cli: Cli, symbol: string, options: OptionChainOptions): number {
  const layout = openCliHome(cli)
  const underlying = instrumentNamed(layout, symbol)
  const facts = homeCalendar(layout)
  const at = options.at === undefined ? cli.now() : momentIn(underlying, options.at)
  const spot = numberOf(options.spot, '--spot')
  if (!(spot > 0)) refuse('bad-usage', 'The price of the underlying must be above 0.', 'Give --spot a price.')
  const strikesEachSide =
    options.strikes === undefined ? STRIKES_EACH_SIDE : wholeNumber(options.strikes, '--strikes', 0, 200)

  const expiries = given(openExpiries(underlying, at, facts))
  const expiry = given(chooseExpiry(underlying, at, expiryChoice(options.expiry), facts))
  const px = priceToTicks(underlying, spot)
  const terms = given(listedContracts(underlying, at, px, { strikesEachSide, only: expiry }, facts))
  const contracts = terms.map((each) => {
    const option = given(optionInstrument(each, underlying, facts))
    if (!isInstrument(option)) throw new Refused(option)
    return option
  })

  cli.out.answer({ ...answerOf(underlying, at, spot, expiries, expiry), contracts: contracts.map(contractOf) }, () => {
    const days = expiries.map(({ date, cycle, certain }) => `${date} ${cycle}${certain ? '' : '?'}`)
    cli.out.line(`${underlying.symbol} at ${spot}, ${isoTime(at)}. Expiries: ${days.join(', ')}`)
    cli.out.table(
      [
        { title: 'SYMBOL', text: ({ symbol: name }) => name },
        { title: 'TYPE', text: ({ option }) => option!.type },
        { title: 'STRIKE', text: ({ option }) => option!.strike, align: 'right' },
        { title: 'EXPIRY', text: ({ option }) => option!.expiry },
        { title: 'LOT', text: ({ lotSize }) => lotSize, align: 'right' },
        { title: 'TICK', text: (option) => formatPrice(option, ticks(1)), align: 'right' },
        { title: 'TICK VALUE', text: (option) => formatMoney(option.currency, option.tickValue), align: 'right' },
      ],
      contracts,
    )
  })
  if (!expiry.certain)
    cli.out.note(`The holidays around ${expiry.date} are not known: the expiry may be a trading day earlier.`)
  return 0
}

function answerOf(
  { symbol, currency }: Instrument,
  at: EpochMs,
  spot: number,
  expiries: readonly Expiry[],
  expiry: Expiry,
) {
  const plain = ({ date, cycle, certain }: Expiry) => ({ date, cycle, certain })
  return {
    underlying: symbol,
    at: isoTime(at),
    spot,
    currency: currency.code,
    expiries: expiries.map(plain),
    expiry: plain(expiry),
  }
}

function contractOf(option: Instrument) {
  const { type, strike, expiry, style, settlement } = option.option!
  const { symbol, lotSize } = option
  const tick = formatPrice(option, ticks(1))
  const tickValue = formatMoney(option.currency, option.tickValue)
  return { symbol, type, strike, expiry, style, settlement, lotSize, tick, tickValue }
}

/** A day begins where the underlying is traded. */
function momentIn(underlying: Instrument, text: string): EpochMs {
  return isDate(text) ? wallToEpoch(text, 0, underlying.session.zone) : typedTime(text, '--at')
}

function expiryChoice(text: string): { date: string } | { nth: number } {
  return isDate(text) ? { date: text } : { nth: wholeNumber(text, '--expiry', 0, 999) }
}

/** @throws {Refused} what was refused */
export function given<Found extends object>(found: Found | Refusal): Exclude<Found, Refusal> {
  if ('code' in found) throw new Refused(found)
  return found as Exclude<Found, Refusal>
}
