import type { TradeCommand } from '../order/trade-command.ts'
import { isRecord, shown } from './plug-in.ts'

/** @returns what is wrong with a field's value, as the end of a sentence; undefined when nothing is */
type Check = (value: unknown) => string | undefined
type Shape = Readonly<{ [field: string]: Check }>

const whole =
  (least: number, what: string): Check =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? undefined
      : `must be ${what}, and is ${shown(value)}`

const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value)
      ? undefined
      : `must be ${values.map((one) => JSON.stringify(one)).join(' or ')}, and is ${shown(value)}`

const matching =
  (pattern: RegExp, what: string): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `must be ${what}, and is ${shown(value)}`

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value)

/** An object that has exactly one of the forms. */
const form =
  (...forms: readonly Shape[]): Check =>
  (value) => {
    if (!isRecord(value)) return `must be an object, and is ${shown(value)}`
    const keys = Object.keys(value)
    const fitting = forms.find(
      (shape) => keys.every((key) => key in shape) && requiredOf(shape).every((key) => key in value),
    )
    if (!fitting) return `must have ${forms.map((shape) => Object.keys(shape).join(' and ')).join(', or ')}`
    for (const [key, check] of Object.entries(fitting)) {
      const wrong = check(value[key])
      if (wrong !== undefined) return `has a ${key} that ${wrong}`
    }
    return undefined
  }

const requiredOf = (shape: Shape) => Object.keys(shape).filter((key) => shape[key]!(undefined) !== undefined)

const px = whole(1, 'a whole number of ticks above 0')
const lots = whole(1, 'a whole number of lots above 0')
const money: Check = (value) =>
  Number.isSafeInteger(value) ? undefined : `must be a whole number of minor units, and is ${shown(value)}`
const percent: Check = (value) =>
  typeof value === 'number' && value >= 1 && value <= 100 ? undefined : `must be from 1 to 100, and is ${shown(value)}`
const yesNo: Check = (value) =>
  typeof value === 'boolean' ? undefined : `must be true or false, and is ${shown(value)}`
const symbol = matching(/^[A-Za-z0-9][A-Za-z0-9 ._:-]{0,63}$/, 'a symbol')
const orderId = matching(/^[A-Za-z0-9_-]{1,64}$/, 'the id of an order')
const side = oneOf('buy', 'sell')
const type = oneOf('call', 'put')
const timeInForce = optional(oneOf('day', 'gtc'))
const trail = form(
  { by: oneOf('amount'), ticks: px },
  { by: oneOf('percent'), bps: whole(1, 'a whole number of basis points') },
)
const expiry = form(
  { date: matching(/^\d{4}-\d\d-\d\d$/, 'a date such as 2026-01-29') },
  { nth: whole(0, 'a whole number from 0') },
)
const strike = form(
  { price: matching(/^\d+(\.\d+)?$/, 'a price in quotes, such as "24000"') },
  {
    itmOffset: (value) => (Number.isSafeInteger(value) ? undefined : `must be a whole number, and is ${shown(value)}`),
  },
)

const sized = { symbol, quantity: lots }
const atMost = { limitPx: optional(px) }
const option = { underlying: symbol, expiry, strike, quantity: lots, ...atMost }
const spread = { underlying: symbol, expiry, quantity: lots, netLimitMinor: optional(money) }

/** Every command and its fields. A new kind of the trading service does not compile until it is here. */
const COMMANDS = {
  buy: { ...sized, ...atMost },
  sell: { ...sized, ...atMost },
  'short-sell': { ...sized, ...atMost },
  'cover-short': { ...sized, ...atMost },
  'market-order': { side, ...sized },
  'limit-order': { side, ...sized, limitPx: px, timeInForce },
  'stop-limit': { side, ...sized, stopPx: px, limitPx: px, timeInForce },
  'stop-loss': { symbol, stopPx: px, quantity: optional(lots) },
  'trailing-stop': { symbol, trail, quantity: optional(lots) },
  'bracket-order': { side, ...sized, stopPx: px, targetPx: px, ...atMost },
  'oco-order': { symbol, stopPx: px, targetPx: px, quantity: optional(lots) },
  'modify-order': {
    clientOrderId: orderId,
    change: form({ quantity: optional(lots), limitPx: optional(px), stopPx: optional(px), trail: optional(trail) }),
  },
  'cancel-order': { clientOrderId: orderId },
  'cancel-all': { symbol: optional(symbol), protective: optional(yesNo) },
  'buy-call': option,
  'sell-call': option,
  'buy-put': option,
  'sell-put': option,
  exercise: sized,
  'vertical-spread': { ...spread, type, buy: strike, sell: strike },
  'iron-condor': { ...spread, putBuy: strike, putSell: strike, callSell: strike, callBuy: strike },
  'butterfly-spread': { ...spread, type, side, lower: strike, middle: strike, upper: strike },
  'calendar-spread': { ...spread, type, side, strike, far: expiry },
  straddle: { ...spread, side, strike },
  strangle: { ...spread, side, put: strike, call: strike },
  'close-position': { symbol },
  'close-all-positions': {},
  'reduce-position': { symbol, percent },
  'reverse-position': { symbol },
  'hedge-position': { symbol, with: symbol, percent },
  flatten: {},
} as const satisfies Record<TradeCommand['kind'], Shape>

/**
 * Reads a command of the trading service from plain JSON: kinds, fields and their ranges. Whether it may be carried out
 * is for the service to say.
 *
 * @returns the command, or the first thing that is wrong with it, as a clause
 */
export function readCommand(value: unknown): TradeCommand | string {
  if (!isRecord(value)) return `command must be an object, and is ${shown(value)}`
  const { kind } = value
  if (typeof kind !== 'string' || !Object.hasOwn(COMMANDS, kind)) return `there is no command ${shown(kind)}`
  const shape: Shape = COMMANDS[kind as TradeCommand['kind']]
  const strange = Object.keys(value).find((key) => key !== 'kind' && !Object.hasOwn(shape, key))
  if (strange !== undefined) {
    const fields = Object.keys(shape).join(', ')
    return `the command ${kind} has no field ${strange}${fields === '' ? '' : `; its fields are ${fields}`}`
  }
  for (const [field, check] of Object.entries(shape)) {
    const wrong = check(value[field])
    if (wrong !== undefined) return `${field} of the command ${kind} ${wrong}`
  }
  return value as TradeCommand
}
