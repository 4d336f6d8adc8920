import type { ClientOrderId } from '../../domain/order/order.ts'
import { clockOf, type Market, type WorkingCombo } from './market.ts'

/** Lets a combo be matched with the bars of what its legs are on. */
export function listCombo(id: ClientOrderId, limit: number | undefined, legs: WorkingCombo['legs']): void {
  const [first] = legs
  if (first) clockOf(first.market).combos.push({ id, limit, legs })
}

/** Puts together again what the books keep order by order. */
export function restoreCombos(markets: Iterable<Market>): void {
  const found = new Map<ClientOrderId, { market: Market; order: Market['orders'][number] }[]>()
  for (const market of markets)
    for (const order of market.orders) {
      if (order.combo === undefined) continue
      const legs = found.get(order.combo) ?? []
      legs.push({ market, order })
      found.set(order.combo, legs)
    }
  const combos = [...found].map(([id, legs]) => ({ id, legs: legs.toSorted((a, b) => a.order.seq - b.order.seq) }))
  // The order in which they came is the order in which they are matched.
  combos.sort((a, b) => a.legs[0]!.order.seq - b.legs[0]!.order.seq)
  for (const { id, legs } of combos) listCombo(id, legs[0]!.order.comboLimit, legs)
}
