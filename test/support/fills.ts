import fc from 'fast-check'
import { clientOrderId, fillId, type Fill, type Side } from '../../src/domain/order/order.ts'
import { epochMs, lots, ticks } from '../../src/domain/units/units.ts'
import { FUTURE } from './simulation.ts'

/** Fill number `n` of a test. */
export function fillOf(
  n: number,
  side: Side,
  quantity: number,
  price: number,
  commission = 0,
  symbol = FUTURE.symbol,
): Fill {
  return {
    fillId: fillId(`F${n}`),
    clientOrderId: clientOrderId(`o${n}`),
    symbol,
    side,
    quantity: lots(quantity),
    price: ticks(price),
    commission,
    at: epochMs(n * 60_000),
  }
}

/** Any sequence of fills in one instrument, from scalps to very large accounts; negative prices and fills between ticks included. */
export function anyFills(symbol = FUTURE.symbol): fc.Arbitrary<readonly Fill[]> {
  const small = { quantity: fc.integer({ min: 1, max: 7 }), price: fc.integer({ min: -20, max: 200 }) }
  const large = { quantity: fc.integer({ min: 1, max: 100_000 }), price: fc.integer({ min: 1, max: 2_000_000 }) }
  const side = fc.constantFrom('buy' as const, 'sell' as const)
  const commission = fc.integer({ min: -1_000, max: 1_000 })
  const credit = fc.constantFrom(0, 1, 7, 1_249)
  return fc
    .oneof(
      fc.array(fc.record({ side, commission, credit, ...small })),
      fc.array(fc.record({ side, commission, credit, ...large })),
    )
    .map((drawn) =>
      drawn.map(({ credit, ...f }, n) => ({
        ...fillOf(n, f.side, f.quantity, f.price, f.commission, symbol),
        ...(credit === 0 ? {} : { credit }),
      })),
    )
}
