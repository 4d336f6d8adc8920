import type { Instrument } from '../instrument/instrument.ts'
import { divideHalfEven } from '../units/divide-half-even.ts'
import { lots, ticks } from '../units/units.ts'
import type { Fill } from './order.ts'

/** A fill as the venue tells it, before anybody has counted it: price and commission are plain decimal strings. */
export type ToldFill = Omit<Fill, 'price' | 'credit' | 'commission'> & Readonly<{ price: string; commission: string }>

type Exact = Readonly<{ units: bigint; scale: bigint }>

/**
 * A told fill in the instrument's ticks and the currency's minor units.
 *
 * Venues fill between ticks: price improvement, averages over several counterparties, fractions of a pip. Such a price is
 * booked at the tick that is worse for us, and the difference as money beside the commission (`Fill.credit`), to the
 * nearest minor unit: quantity, cost and result are then what the venue's are. A commission finer than the currency is
 * rounded in the same way; one below 0 is a rebate, which the venue pays.
 *
 * @returns undefined where a number can't be read, or an amount is too large to be counted
 */
export function countFill(told: ToldFill, instrument: Instrument): Fill | undefined {
  const price = exact(told.price)
  const commission = exact(told.commission)
  if (!price || !commission) return undefined
  const tickUnits = BigInt(instrument.tickUnits)
  // One tick, and the price, in one and the same unit.
  const tick = tickUnits * price.scale
  const value = price.units * 10n ** BigInt(instrument.priceDigits)
  const below = floorOf(value, tick)
  const isBetween = below * tick !== value
  const worse = told.side === 'buy' && isBetween ? below + 1n : below
  const away = worse * tick > value ? worse * tick - value : value - worse * tick
  const credit = divideHalfEven(away * BigInt(told.quantity) * BigInt(instrument.tickValue), tick)
  const fee = divideHalfEven(commission.units * 10n ** BigInt(instrument.currency.digits), commission.scale)
  if ([worse, credit, fee].some((one) => !Number.isSafeInteger(Number(one)))) return undefined
  return {
    fillId: told.fillId,
    clientOrderId: told.clientOrderId,
    symbol: told.symbol,
    side: told.side,
    quantity: lots(told.quantity),
    price: ticks(Number(worse)),
    ...(credit === 0n ? {} : { credit: Number(credit) }),
    commission: Number(fee),
    at: told.at,
  }
}

function exact(text: string): Exact | undefined {
  const match = /^(-?\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) return undefined
  const fraction = match[2] ?? ''
  return { units: BigInt(`${match[1]}${fraction}`), scale: 10n ** BigInt(fraction.length) }
}

function floorOf(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient
}
