import type { ClientOrderId } from '../../domain/order/order.ts'

/**
 * Lots that the broker counts as filled and whose fills it has not told yet, by order.
 *
 * A reply tells lots, a fill tells prices and money, and the two come by different roads. Until both have come, what is
 * held is a guess: "flat" is not said, nothing is entered, and after a moment the broker is asked.
 */
export type OwedFills = Readonly<{
  /** True while a fill is known to be missing. */
  readonly some: boolean
  /** When the oldest of them was first missed, wall time; undefined where none is. */
  readonly since: number | undefined
  /** Orders of which lots are owed, each with how many; above 0. */
  owed(): readonly (readonly [ClientOrderId, number])[]
  /** True where more of an order was booked than its status has told of yet. */
  isUncounted(id: ClientOrderId): boolean
  /** The broker's count of an order's lots has grown by so many. */
  counted(id: ClientOrderId, lots: number, now: number): void
  /** A fill of so many lots was booked. */
  booked(id: ClientOrderId, lots: number, now: number): void
}>

/** @param owed as the books had it when they were opened: above 0 an earlier process missed fills, below 0 their count */
export function openOwedFills(owed: ReadonlyMap<ClientOrderId, number>): OwedFills {
  // Below 0 where the fill came before the count.
  const balance = new Map(owed)
  const isOwed = () => balance.size > 0 && [...balance.values()].some((lots) => lots > 0)
  let since: number | undefined = isOwed() ? Number.NEGATIVE_INFINITY : undefined

  function change(id: ClientOrderId, by: number, now: number): void {
    const left = (balance.get(id) ?? 0) + by
    if (left === 0) balance.delete(id)
    else balance.set(id, left)
    since = isOwed() ? (since ?? now) : undefined
  }

  return {
    get some() {
      return since !== undefined
    },
    get since() {
      return since
    },
    owed: () => [...balance].filter(([, lots]) => lots > 0),
    isUncounted: (id) => (balance.get(id) ?? 0) < 0,
    counted: (id, lots, now) => change(id, lots, now),
    booked: (id, lots, now) => change(id, -lots, now),
  }
}
