import type { z } from 'zod'
import { refusal, type Refusal } from '../domain/failure/refusal.ts'
import { formatDecimal, parseDecimal } from '../domain/units/decimal.ts'
import { formatPrice, type Currency, type Instrument } from '../domain/instrument/instrument.ts'
import { fieldWords } from '../domain/order/field-words.ts'
import { clientOrderId, type OrderChange, type Trail } from '../domain/order/order.ts'
import type { TradeCommand } from '../domain/order/trade-command.ts'
import { lots, minorUnits, ticks, type MinorUnits, type Ticks } from '../domain/units/units.ts'
import { misfitText } from './misfit-text.ts'
import { TradeRequest } from './trade-request.ts'

/** What is needed to count what a person wrote. */
export type TradeTerms = Readonly<{
  accountId: string
  instrumentOf: (symbol: string) => Instrument | undefined
  /** An instrument that counts as the options on an underlying do. */
  optionOn: (underlying: string) => Instrument | undefined
  symbolOfOrder: (clientOrderId: string) => string | undefined
  currency: Currency
}>

/**
 * The command a request means.
 *
 * @param given anything: it is checked here
 * @returns a refusal that names the field, its value and what is possible
 */
export function tradeCommandOf(given: unknown, terms: TradeTerms): TradeCommand | Refusal {
  const parsed = TradeRequest.safeParse(given)
  if (!parsed.success) return unreadable(given, parsed.error)
  try {
    return convert(parsed.data, terms)
  } catch (error) {
    if (error instanceof Misfit) return error.refusal
    throw error
  }
}

export function isTradeRefusal(result: TradeCommand | Refusal): result is Refusal {
  return 'nextStep' in result
}

/** Ends a conversion at its first misfit. */
class Misfit extends Error {
  readonly refusal: Refusal
  constructor(message: string, nextStep: string, code: 'trade-invalid' | 'symbol-unknown' | 'order-not-found') {
    super(message)
    this.refusal = refusal(code, message, nextStep)
  }
}

function convert(request: TradeRequest, terms: TradeTerms): TradeCommand {
  switch (request.kind) {
    case 'buy':
    case 'sell':
    case 'short-sell':
    case 'cover-short': {
      const { limitPrice, ...rest } = request
      return { ...rest, quantity: lots(request.quantity), ...limitOf(limitPrice, known(request.symbol, terms)) }
    }
    case 'market-order':
      return { ...request, quantity: lots(request.quantity) }
    case 'limit-order': {
      const { limitPrice, timeInForce, ...rest } = request
      const limitPx = priceOf('limitPrice', limitPrice, known(request.symbol, terms))
      return { ...rest, quantity: lots(request.quantity), limitPx, ...(timeInForce ? { timeInForce } : {}) }
    }
    case 'stop-limit': {
      const { limitPrice, stopPrice, timeInForce, ...rest } = request
      const instrument = known(request.symbol, terms)
      const prices = {
        stopPx: priceOf('stopPrice', stopPrice, instrument),
        limitPx: priceOf('limitPrice', limitPrice, instrument),
      }
      return { ...rest, quantity: lots(request.quantity), ...prices, ...(timeInForce ? { timeInForce } : {}) }
    }
    case 'stop-loss': {
      const stopPx = priceOf('stopPrice', request.stopPrice, known(request.symbol, terms))
      return { kind: request.kind, symbol: request.symbol, stopPx, ...sizeOf(request.quantity) }
    }
    case 'trailing-stop': {
      const trail = trailOf(request, known(request.symbol, terms))
      if (!trail)
        throw new Misfit(
          'A trailing stop needs a distance.',
          'Give an amount of the price, or a percent of it.',
          'trade-invalid',
        )
      return { kind: request.kind, symbol: request.symbol, trail, ...sizeOf(request.quantity) }
    }
    case 'bracket-order': {
      const { limitPrice, stopPrice, targetPrice, ...rest } = request
      const instrument = known(request.symbol, terms)
      const stopPx = priceOf('stopPrice', stopPrice, instrument)
      const targetPx = priceOf('targetPrice', targetPrice, instrument)
      return { ...rest, quantity: lots(request.quantity), stopPx, targetPx, ...limitOf(limitPrice, instrument) }
    }
    case 'oco-order': {
      const instrument = known(request.symbol, terms)
      const stopPx = priceOf('stopPrice', request.stopPrice, instrument)
      const targetPx = priceOf('targetPrice', request.targetPrice, instrument)
      return { kind: request.kind, symbol: request.symbol, stopPx, targetPx, ...sizeOf(request.quantity) }
    }
    case 'modify-order':
      return modification(request, terms)
    case 'cancel-order':
      return { kind: request.kind, clientOrderId: clientOrderId(request.clientOrderId) }
    case 'cancel-all': {
      const { symbol, protective } = request
      return {
        kind: request.kind,
        ...(symbol === undefined ? {} : { symbol }),
        ...(protective === undefined ? {} : { protective }),
      }
    }
    case 'buy-call':
    case 'sell-call':
    case 'buy-put':
    case 'sell-put': {
      const { limitPrice, ...rest } = request
      const limit = limitPrice === undefined ? {} : limitOf(limitPrice, option(request.underlying, terms))
      return { ...rest, quantity: lots(request.quantity), ...limit }
    }
    case 'exercise':
      return { ...request, quantity: lots(request.quantity) }
    case 'vertical-spread':
    case 'iron-condor':
    case 'butterfly-spread':
    case 'calendar-spread':
    case 'straddle':
    case 'strangle': {
      const { netLimit, ...rest } = request
      return { ...rest, quantity: lots(request.quantity), ...netOf(netLimit, terms.currency) }
    }
    case 'close-position':
    case 'close-all-positions':
    case 'reduce-position':
    case 'reverse-position':
    case 'hedge-position':
    case 'flatten':
      return request
  }
}

function modification(request: Extract<TradeRequest, { kind: 'modify-order' }>, terms: TradeTerms): TradeCommand {
  const { clientOrderId: id, quantity, limitPrice, stopPrice } = request
  const symbol = terms.symbolOfOrder(id)
  if (symbol === undefined)
    throw new Misfit(
      `No order ${id} was ever written here.`,
      `See: slipway orders ${terms.accountId}`,
      'order-not-found',
    )
  const instrument = known(symbol, terms)
  const trail = trailOf(request, instrument)
  const change: OrderChange = {
    ...sizeOf(quantity),
    ...limitOf(limitPrice, instrument),
    ...(stopPrice === undefined ? {} : { stopPx: priceOf('stopPrice', stopPrice, instrument) }),
    ...(trail ? { trail } : {}),
  }
  return { kind: request.kind, clientOrderId: clientOrderId(id), change }
}

function known(symbol: string, terms: TradeTerms): Instrument {
  const instrument = terms.instrumentOf(symbol)
  if (instrument) return instrument
  throw new Misfit(
    `symbol ${symbol} is not traded by ${terms.accountId}.`,
    `See what it trades: slipway account show ${terms.accountId}`,
    'symbol-unknown',
  )
}

function option(underlying: string, terms: TradeTerms): Instrument {
  const instrument = terms.optionOn(underlying)
  if (instrument) return instrument
  throw new Misfit(
    `No options on ${underlying} are listed for ${terms.accountId}.`,
    'Name another underlying.',
    'symbol-unknown',
  )
}

function priceOf(field: string, text: string, instrument: Instrument): Ticks {
  const { tickUnits, priceDigits, symbol } = instrument
  const units = parseDecimal(text, priceDigits)
  const px = units === undefined ? Number.NaN : units / tickUnits
  if (Number.isInteger(px) && px > 0) return ticks(px)
  const tick = formatDecimal(tickUnits, priceDigits)
  const near = Math.max(1, Math.round((Number(text) * 10 ** priceDigits) / tickUnits))
  const nearest = Number.isSafeInteger(near) ? `, for example ${formatPrice(instrument, ticks(near))}` : ''
  throw new Misfit(
    `${fieldWords(field)} ${text} is not a price of ${symbol}: it must be above 0 and a multiple of ${tick}${nearest}.`,
    'Correct it and ask again.',
    'trade-invalid',
  )
}

function limitOf(text: string | undefined, instrument: Instrument): { limitPx?: Ticks } {
  return text === undefined ? {} : { limitPx: priceOf('limitPrice', text, instrument) }
}

function sizeOf(quantity: number | undefined) {
  return quantity === undefined ? {} : { quantity: lots(quantity) }
}

function netOf(text: string | undefined, { code, digits }: Currency): { netLimitMinor?: MinorUnits } {
  if (text === undefined) return {}
  const minor = parseDecimal(text, digits)
  if (minor !== undefined) return { netLimitMinor: minorUnits(minor) }
  throw new Misfit(
    `net limit ${text} is not an amount of ${code}: it has at most ${digits} decimal places.`,
    'Correct it and ask again.',
    'trade-invalid',
  )
}

function trailOf(
  { trailAmount, trailPercent }: { trailAmount?: string | undefined; trailPercent?: number | undefined },
  instrument: Instrument,
): Trail | undefined {
  if (trailAmount !== undefined && trailPercent !== undefined)
    throw new Misfit('The distance is given both as an amount and as percent.', 'Give one of them.', 'trade-invalid')
  if (trailAmount !== undefined) return { by: 'amount', ticks: priceOf('trailAmount', trailAmount, instrument) }
  return trailPercent === undefined ? undefined : { by: 'percent', bps: Math.round(trailPercent * 100) }
}

/** The first thing that is wrong, with where it stands and what stands there. */
function unreadable(given: unknown, error: z.ZodError): Refusal {
  const [issue] = error.issues
  const path = issue?.path ?? []
  const value = path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    given,
  )
  const said = value === undefined ? '' : ` ${JSON.stringify(value)}`
  const why = issue ? misfitText(issue) : 'it can not be read'
  return refusal(
    'trade-invalid',
    path.length > 0
      ? `${path.map((key) => fieldWords(String(key))).join('.')}${said} is not possible: ${why}.`
      : `The request can not be read: ${why}.`,
    'See what is possible in docs/trading.md.',
  )
}
