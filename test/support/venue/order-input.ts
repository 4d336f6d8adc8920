import { z } from 'zod'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'

const Id = z.string().regex(/^[A-Za-z0-9._-]{1,48}$/, 'an id of 1 to 48 letters, digits, dots, dashes and underscores')
const Price = z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal string')

/** An order as a client sends it. */
export const OrderInput = z.object({
  clientOrderId: Id,
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  quantity: z.int(),
  type: z.enum(['market', 'limit', 'stop', 'stop-limit', 'trailing-stop']),
  limitPrice: Price.optional(),
  stopPrice: Price.optional(),
  trailAmount: Price.optional(),
  trailBps: z.int().positive().optional(),
  timeInForce: z.enum(['day', 'gtc']),
  purpose: z.string().optional(),
  oco: Id.optional(),
  reduceOnly: z.boolean().optional(),
  bracket: z
    .object({
      stop: z.object({ clientOrderId: Id, stopPrice: Price }),
      target: z.object({ clientOrderId: Id, limitPrice: Price }),
    })
    .optional(),
})
export type OrderInput = z.output<typeof OrderInput>

export const ChangeInput = z.object({
  quantity: z.int().positive().optional(),
  limitPrice: Price.optional(),
  stopPrice: Price.optional(),
  trailAmount: Price.optional(),
  trailBps: z.int().positive().optional(),
})
export type ChangeInput = z.output<typeof ChangeInput>

export const ComboInput = z.object({
  comboId: Id,
  legs: z.array(OrderInput).min(2),
  netLimit: Price.optional(),
})
export type ComboInput = z.output<typeof ComboInput>

/** The venue's refusal of a request, for good. */
export class VenueRefusal extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export function instrumentOf(symbol: string): Instrument {
  const found = resolveInstrument(symbol)
  if (!isInstrument(found)) throw new VenueRefusal('symbol-unknown', `${symbol} is not traded here`)
  return found
}

/** A price in ticks. @throws {VenueRefusal} it is not on the instrument's tick */
export function ticksOf(instrument: Instrument, text: string): number {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  const places = fraction.replace(/0+$/, '')
  const units = BigInt(whole + places.padEnd(instrument.priceDigits, '0'))
  const size = BigInt(instrument.tickUnits)
  if (places.length > instrument.priceDigits || units % size !== 0n)
    throw new VenueRefusal('price-off-tick', `${text} is not on the tick of ${instrument.symbol}`)
  return Number(units / size) * (sign === '-' ? -1 : 1)
}

/** @throws {VenueRefusal} it is not above 0 */
export function priceTicks(instrument: Instrument, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const price = ticksOf(instrument, text)
  if (price <= 0) throw new VenueRefusal('price-invalid', `${text} is no price`)
  return price
}
