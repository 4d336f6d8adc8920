import { z } from 'zod'
import { RefusalShape } from './bot-protocol.ts'

/**
 * One thing asked of an account's trading service, as people and programs write it: prices and money as decimal strings,
 * quantities whole lots. `trade-command-of.ts` turns it into the bot's own command.
 */

const Symbol = z.string().min(1).max(64)
const Lots = z.int().min(1).max(1_000_000)
/** A price above 0 as a plain decimal. */
const Price = z.string().regex(/^\d{1,12}(\.\d{1,12})?$/, 'must be a plain decimal such as 5000.25')
/** Money as a plain decimal, negative where it is to come in. */
const Money = z.string().regex(/^-?\d{1,12}(\.\d{1,8})?$/, 'must be a plain decimal such as 120.50')
const Side = z.enum(['buy', 'sell'])
const TimeInForce = z.enum(['day', 'gtc'])
const Percent = z.number().min(1).max(100)
const OrderId = z.string().min(1).max(64)
/** Distance of a trailing stop: an amount of the price, or percent of it. */
const Trail = { trailAmount: Price.optional(), trailPercent: z.number().min(0.01).max(99.99).optional() }
/** A trade date (YYYY-MM-DD), or the n-th expiry that has not passed, 0 the nearest. */
export const Expiry = z.union([z.object({ date: z.iso.date() }), z.object({ nth: z.int().min(0).max(100) })])
/** A price, or strikes in the money from the one nearest to the underlying; negative is out of the money. */
export const Strike = z.union([z.object({ price: Price }), z.object({ itmOffset: z.int().min(-100).max(100) })])
const OptionType = z.enum(['call', 'put'])

const sized = { symbol: Symbol, quantity: Lots }
const atBest = { limitPrice: Price.optional() }
const option = { underlying: Symbol, expiry: Expiry, strike: Strike, quantity: Lots, ...atBest }
const spread = { underlying: Symbol, expiry: Expiry, quantity: Lots, netLimit: Money.optional() }

const kind = <Kind extends string, Shape extends z.ZodRawShape>(name: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(name), ...shape })

export const TradeRequest = z.discriminatedUnion('kind', [
  kind('buy', { ...sized, ...atBest }),
  kind('sell', { ...sized, ...atBest }),
  kind('short-sell', { ...sized, ...atBest }),
  kind('cover-short', { ...sized, ...atBest }),
  kind('market-order', { side: Side, ...sized }),
  kind('limit-order', { side: Side, ...sized, limitPrice: Price, timeInForce: TimeInForce.optional() }),
  kind('stop-limit', {
    ...{ side: Side, ...sized, stopPrice: Price, limitPrice: Price },
    timeInForce: TimeInForce.optional(),
  }),
  kind('stop-loss', { symbol: Symbol, stopPrice: Price, quantity: Lots.optional() }),
  kind('trailing-stop', { symbol: Symbol, ...Trail, quantity: Lots.optional() }),
  kind('bracket-order', { side: Side, ...sized, stopPrice: Price, targetPrice: Price, ...atBest }),
  kind('oco-order', { symbol: Symbol, stopPrice: Price, targetPrice: Price, quantity: Lots.optional() }),
  kind('modify-order', {
    ...{ clientOrderId: OrderId, quantity: Lots.optional(), limitPrice: Price.optional(), stopPrice: Price.optional() },
    ...Trail,
  }),
  kind('cancel-order', { clientOrderId: OrderId }),
  kind('cancel-all', { symbol: Symbol.optional(), protective: z.boolean().optional() }),
  kind('buy-call', option),
  kind('sell-call', option),
  kind('buy-put', option),
  kind('sell-put', option),
  kind('exercise', sized),
  kind('vertical-spread', { type: OptionType, buy: Strike, sell: Strike, ...spread }),
  kind('iron-condor', { putBuy: Strike, putSell: Strike, callSell: Strike, callBuy: Strike, ...spread }),
  kind('butterfly-spread', { type: OptionType, side: Side, lower: Strike, middle: Strike, upper: Strike, ...spread }),
  kind('calendar-spread', { type: OptionType, side: Side, strike: Strike, far: Expiry, ...spread }),
  kind('straddle', { side: Side, strike: Strike, ...spread }),
  kind('strangle', { side: Side, put: Strike, call: Strike, ...spread }),
  kind('close-position', { symbol: Symbol }),
  kind('close-all-positions', {}),
  kind('reduce-position', { symbol: Symbol, percent: Percent }),
  kind('reverse-position', { symbol: Symbol }),
  kind('hedge-position', { symbol: Symbol, with: Symbol, percent: Percent }),
  kind('flatten', {}),
])
export type TradeRequest = z.output<typeof TradeRequest>

const Reasons = z.array(z.object({ code: z.string(), text: z.string() }))
const Orders = z.array(z.string())

/** What became of a request; nothing was changed where it is `refused`. */
export const TradeReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted'), orders: Orders, reasons: Reasons }),
  z.object({ kind: z.literal('nothing-to-do'), reasons: Reasons }),
  z.object({ kind: z.literal('refused'), refusal: RefusalShape, reasons: Reasons }),
  z.object({ kind: z.literal('rejected'), orders: Orders, reason: z.string(), reasons: Reasons }),
  z.object({ kind: z.literal('unknown'), orders: Orders, reasons: Reasons }),
])
export type TradeReply = z.output<typeof TradeReply>
