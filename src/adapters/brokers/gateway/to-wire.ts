import { formatPrice, type Instrument } from '../../../domain/instrument/instrument.ts'
import type { Combo, NewOrder, OrderChange, OrderType, Trail } from '../../../domain/order/order.ts'
import { formatDecimal } from '../../../domain/units/decimal.ts'
import type { Ticks } from '../../../domain/units/units.ts'

type WireBody = Readonly<Record<string, unknown>>

/** An order as the gateway is sent it. */
export function orderToWire(order: NewOrder, instrument: Instrument): WireBody {
  const { clientOrderId, symbol, side, quantity, timeInForce, purpose, bracket, oco, reduceOnly } = order
  const price = (px: Ticks) => formatPrice(instrument, px)
  return {
    ...{ clientOrderId, symbol, side, quantity, timeInForce, purpose },
    ...typeToWire(order.type, instrument),
    ...(oco === undefined ? {} : { oco }),
    ...(reduceOnly ? { reduceOnly } : {}),
    ...(bracket === undefined
      ? {}
      : {
          bracket: {
            stop: { clientOrderId: bracket.stop.clientOrderId, stopPrice: price(bracket.stop.stopPx) },
            target: { clientOrderId: bracket.target.clientOrderId, limitPrice: price(bracket.target.limitPx) },
          },
        }),
  }
}

/** What is to be changed of a working order, and nothing else. */
export function changeToWire({ quantity, limitPx, stopPx, trail }: OrderChange, instrument: Instrument): WireBody {
  return {
    ...(quantity === undefined ? {} : { quantity }),
    ...(limitPx === undefined ? {} : { limitPrice: formatPrice(instrument, limitPx) }),
    ...(stopPx === undefined ? {} : { stopPrice: formatPrice(instrument, stopPx) }),
    ...(trail === undefined ? {} : trailToWire(trail, instrument)),
  }
}

/**
 * A combo, its limit in the currency of its legs.
 *
 * @param instrumentOf the instrument of a leg
 */
export function comboToWire(combo: Combo, instrumentOf: (leg: NewOrder) => Instrument): WireBody {
  const digits = combo.legs[0] === undefined ? 2 : instrumentOf(combo.legs[0]).currency.digits
  return {
    comboId: combo.comboId,
    legs: combo.legs.map((leg) => orderToWire(leg, instrumentOf(leg))),
    ...(combo.netLimitMinor === undefined ? {} : { netLimit: formatDecimal(combo.netLimitMinor, digits) }),
  }
}

function typeToWire(type: OrderType, instrument: Instrument): WireBody {
  return {
    type: type.kind,
    ...('limitPx' in type ? { limitPrice: formatPrice(instrument, type.limitPx) } : {}),
    ...('stopPx' in type ? { stopPrice: formatPrice(instrument, type.stopPx) } : {}),
    ...('trail' in type ? trailToWire(type.trail, instrument) : {}),
  }
}

function trailToWire(trail: Trail, instrument: Instrument): WireBody {
  return trail.by === 'amount' ? { trailAmount: formatPrice(instrument, trail.ticks) } : { trailBps: trail.bps }
}
