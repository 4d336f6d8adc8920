import { isListedOption, type ListedOption } from '../../domain/options/option-market.ts'
import type { ExpiryChoice, StrikeChoice, TradeOutcome } from '../../domain/order/trade-command.ts'
import { parseDecimal } from '../../domain/units/decimal.ts'
import { refused, type TradeCall } from './trade-call.ts'

/** Decimal places that any strike is compared to. */
const STRIKE_PLACES = 8
/** Choices named in a refusal. */
const NAMED = 4

export type ContractChoice = Readonly<{
  underlying: string
  type: 'call' | 'put'
  expiry: ExpiryChoice
  strike: StrikeChoice
}>

/** The contract that is meant among those the broker lists; a refusal that names the nearest ones where there is none. */
export function chooseContract(call: TradeCall, choice: ContractChoice): ListedOption | TradeOutcome {
  const { underlying, type } = choice
  const chain = listedOn(call, underlying)
  if ('kind' in chain) return chain
  const date = chooseDate(call, underlying, chain, choice.expiry)
  if (typeof date !== 'string') return date
  const listed = chain
    .filter(({ option }) => option.expiry === date && option.type === type)
    .map((contract) => ({ contract, strike: strikeOf(contract) }))
    .sort((a, b) => a.strike - b.strike)
  const found =
    'price' in choice.strike
      ? (atPrice(listed, choice.strike.price) ?? heldAt(call, choice, date, choice.strike.price))
      : atOffset(call, listed, choice)
  if (found) {
    learnContract(call, found)
    return found
  }
  const wanted = 'price' in choice.strike ? choice.strike.price : `${choice.strike.itmOffset} strikes in the money`
  const near = nearest(listed, 'price' in choice.strike ? Number(choice.strike.price) : undefined)
  return refused(
    'trade-invalid',
    `strike ${wanted} is not listed: the ${type}s on ${underlying} that expire on ${date} have ${listed.length} strikes${near === '' ? '' : `, for example ${near}`}.`,
    'Choose one that is listed.',
  )
}

export function isContract(chosen: ListedOption | TradeOutcome): chosen is ListedOption {
  return !('kind' in chosen) || chosen.kind === 'option'
}

function listedOn({ ctx, at }: TradeCall, underlying: string): readonly ListedOption[] | TradeOutcome {
  const { optionMarket } = ctx
  if (!optionMarket)
    return refused(
      'trade-invalid',
      'This account trades no options: its broker lists none.',
      'Use an account whose broker does.',
    )
  const { code } = ctx.instrument.currency
  const chain = optionMarket.chain(underlying, at).filter((one) => isListedOption(one) && one.currency.code === code)
  if (chain.length > 0) return chain
  return refused(
    'trade-invalid',
    ctx.instrumentOf(underlying)
      ? `No options on ${underlying} are listed now.`
      : `underlying ${underlying} is not known to this account.`,
    'Name an underlying with listed options that the bot has a price of.',
  )
}

function chooseDate(
  { at }: TradeCall,
  underlying: string,
  chain: readonly ListedOption[],
  choice: ExpiryChoice,
): string | TradeOutcome {
  const dates = [...new Set(chain.map(({ option }) => option.expiry))].sort()
  const found = 'date' in choice ? dates.find((date) => date === choice.date) : dates[choice.nth]
  if (found !== undefined) return found
  const wanted = 'date' in choice ? choice.date : `number ${choice.nth}`
  const passed = 'date' in choice && choice.date < new Date(at).toISOString().slice(0, 10) ? ' (it has passed)' : ''
  return refused(
    'trade-invalid',
    `expiry ${wanted}${passed} is not listed for ${underlying}: there are ${dates.length}, the next ${dates.slice(0, NAMED).join(', ')}.`,
    'Choose one that is listed; 0 is the nearest.',
  )
}

type Listed = readonly Readonly<{ contract: ListedOption; strike: number }>[]

function atPrice(listed: Listed, price: string): ListedOption | undefined {
  const units = parseDecimal(price, STRIKE_PLACES)
  return listed.find(({ contract }) => parseDecimal(contract.option.strike, STRIKE_PLACES) === units)?.contract
}

/** What is held can be named also when the price has left it behind and it is listed no more. */
function heldAt({ ctx, book }: TradeCall, { underlying, type }: ContractChoice, date: string, price: string) {
  const held = [...book.positions.keys()]
    .map(ctx.instrumentOf)
    .filter((one) => one !== undefined && isListedOption(one))
  const ofTerms = held.filter(
    ({ option }) => option.underlying === underlying && option.type === type && option.expiry === date,
  )
  return atPrice(
    ofTerms.map((contract) => ({ contract, strike: strikeOf(contract) })),
    price,
  )
}

/** In the money is below the underlying for a call, above it for a put; of two equally near strikes the lower counts. */
function atOffset({ ctx }: TradeCall, listed: Listed, { underlying, type, strike }: ContractChoice) {
  const instrument = ctx.instrumentOf(underlying)
  const markPx = ctx.markOf(underlying)
  if (!instrument || markPx === undefined || !('itmOffset' in strike)) return undefined
  const spot = (markPx * instrument.tickUnits) / 10 ** instrument.priceDigits
  let atm = 0
  for (const [index, one] of listed.entries())
    if (Math.abs(one.strike - spot) < Math.abs(listed[atm]!.strike - spot) - 1e-9) atm = index
  return listed[atm + (type === 'call' ? -strike.itmOffset : strike.itmOffset)]?.contract
}

function nearest(listed: Listed, wanted: number | undefined): string {
  const from = wanted === undefined ? (listed[Math.floor(listed.length / 2)]?.strike ?? 0) : wanted
  return [...listed]
    .sort((a, b) => Math.abs(a.strike - from) - Math.abs(b.strike - from))
    .slice(0, NAMED)
    .sort((a, b) => a.strike - b.strike)
    .map(({ contract }) => contract.option.strike)
    .join(', ')
}

function strikeOf({ option }: ListedOption): number {
  return Number(option.strike)
}

/** How a contract counts is kept before anything is written about it, so that its rows stay readable when it has expired. */
function learnContract({ ctx }: TradeCall, contract: ListedOption): void {
  if (!ctx.store.instrument(contract.symbol)) ctx.store.transact(() => ctx.store.saveInstrument(contract))
}
