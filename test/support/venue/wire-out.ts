import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { leavesOf, type BookFill, type BookOrder, type BookPosition } from './books.ts'

export type WireOrderOut = Readonly<Record<string, string | number> & { venueOrderId: string; status: string }>
export type WireFillOut = Readonly<Record<string, string | number> & { fillId: string }>

/** An order as the protocol writes it; a snapshot. */
export function orderToWire(order: BookOrder): WireOrderOut {
  const { instrument, clientOrderId, parent, purpose, reason, reasonCode, trailBps } = order
  const price = (name: string, ticks: number | undefined) =>
    ticks === undefined ? {} : { [name]: priceText(instrument, ticks) }
  return {
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
    venueOrderId: order.venueOrderId,
    symbol: instrument.symbol,
    side: order.side,
    quantity: order.quantity,
    type: order.type,
    ...price('limitPrice', order.limit),
    ...price('stopPrice', order.stop),
    ...price('trailAmount', order.trailAmount),
    ...(trailBps === undefined ? {} : { trailBps }),
    ...(purpose === undefined ? {} : { purpose }),
    status: order.status,
    cumQty: order.cumQty,
    leavesQty: leavesOf(order),
    ...(parent?.clientOrderId === undefined ? {} : { parent: parent.clientOrderId }),
    ...(reason === undefined ? {} : { reason }),
    ...(reasonCode === undefined ? {} : { reasonCode }),
    at: order.at,
  }
}

export function fillToWire({ fillId, order, quantity, price, better, commission, at }: BookFill): WireFillOut {
  const { instrument, clientOrderId, venueOrderId, side } = order
  return {
    ...{ fillId, ...(clientOrderId === undefined ? {} : { clientOrderId }), venueOrderId },
    ...{
      symbol: instrument.symbol,
      side,
      quantity,
      price: betterText(instrument, price, side === 'buy' ? -better : better, quantity),
    },
    ...{ commission: moneyText(commission, instrument.currency.digits), at },
  }
}

export function positionToWire({ instrument, quantity, cost }: BookPosition) {
  const average = Number(cost) / quantity
  const units = (average * instrument.tickUnits) / 10 ** instrument.priceDigits
  return { symbol: instrument.symbol, quantity, averagePrice: units.toFixed(8) }
}

export function priceText(instrument: Instrument, ticks: number): string {
  return moneyText(ticks * instrument.tickUnits, instrument.priceDigits)
}

/** A price between ticks, from the money it was better by; two places more than a price of the instrument has. */
function betterText(instrument: Instrument, price: number, money: number, quantity: number): string {
  if (money === 0) return priceText(instrument, price)
  const away = (money * instrument.tickUnits * 100) / (instrument.tickValue * quantity)
  return moneyText(price * instrument.tickUnits * 100 + Math.round(away), instrument.priceDigits + 2)
}

export function moneyText(minor: number, digits: number): string {
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const body = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return minor < 0 ? `-${body}` : body
}
