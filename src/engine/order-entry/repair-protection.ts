import { opposite, signOf, type ClientOrderId, type NewOrder, type Side } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import { ASKED_FOR, isKeptByVenue, isWorking, protectiveUnits, totalCover } from '../../domain/order/protection.ts'
import { lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { heldOf, leavesOf, targetLots, workingExits } from './account-view.ts'
import { freshOrderId } from './fresh-order-id.ts'
import { submitOrder } from './submit-order.ts'

/** What an entry has filled and its stop or target does not cover yet. */
export type Naked = Readonly<{
  entry: OrderRecord
  legs: readonly OrderRecord[]
  /** Lots without a stop, and lots whose stop has no target beside it. */
  stop: number
  target: number
}>

/** Stops that ended without our asking before the rest is closed instead: the venue will not take them. */
export const STOPS_TRIED = 2

/**
 * Entries that have filled more than their legs protect, where the legs are ours to place.
 *
 * @param thoroughly looks at what is held too, not only at open orders: a leg that ended is remembered by state.db alone
 */
export function nakedEntries(ctx: BotContext, book: BotBook, thoroughly: boolean): readonly Naked[] {
  const parents = new Set<ClientOrderId>()
  for (const record of book.opens.values())
    if (record.parent !== undefined && !isKeptByVenue(record, ctx.broker.capabilities)) parents.add(record.parent)
  for (const { symbol, quantity } of book.positions.values()) {
    if (!thoroughly && !book.lapsed.has(symbol)) continue
    for (const { order } of ctx.store.entriesHeld(symbol, quantity)) parents.add(order.clientOrderId)
    // One whose fill is counted and not booked yet.
    const latest = ctx.store.latestOrder(symbol, 'entry')
    if (latest && latest.cumQty > 0) parents.add(latest.order.clientOrderId)
  }
  const found: Naked[] = []
  for (const id of parents) {
    const naked = nakedPart(ctx, book, id)
    if (naked) found.push(naked)
  }
  return found
}

/**
 * Places the stop of what an entry has filled, then its target; closes at the market what no stop is taken for.
 *
 * The stop comes first whatever else is due: until it works, the position has none.
 */
export async function repairProtection(ctx: BotContext, book: BotBook, naked: Naked): Promise<void> {
  const { entry, legs, stop, target } = naked
  if (stop > 0) {
    if (legs.filter(hasFailed).filter(isStop).length >= STOPS_TRIED) return closeUnprotected(ctx, book, naked)
    if (entry.status !== 'intent')
      ctx.log.warn('stop-placed', `${stop} ${entry.order.symbol} have no stop yet: placing it`, {
        entry: entry.order.clientOrderId,
      })
    await place(ctx, book, naked, 'stop', stop)
    return
  }
  if (target > 0) await place(ctx, book, naked, 'target', target)
}

function nakedPart(ctx: BotContext, book: BotBook, id: ClientOrderId): Naked | undefined {
  const entry = book.known(id)
  if (!entry || entry.cumQty === 0) return undefined
  const { symbol, side } = entry.order
  const legs = ctx.store.ordersUnder(id)
  const stops = legs.filter(isStop)
  // Never had one; or it was taken away on purpose; or another is about to take its place.
  if (stops.length === 0 || stops.some(({ cancelReason }) => cancelReason === ASKED_FOR)) return undefined
  if (legs.some((leg) => leg.replaces !== undefined && leg.status === 'intent')) return undefined
  if (legs.some((leg) => leg.cancelReason && isWorking(leg.status))) return undefined
  // A venue that keeps brackets keeps this one as long as its own stop works.
  const isKept = entry.order.bracket !== undefined
  if (isKept && stops.some((leg) => isKeptByVenue(leg, ctx.broker.capabilities) && isOpen(leg.status))) return undefined
  const closed = legs.reduce((sum, { cumQty }) => sum + cumQty, 0)
  const held = Math.max(0, signOf(side) * heldOf(book, symbol))
  const own = new Set(legs.map(({ order }) => order.clientOrderId))
  const others = protectiveUnits(
    [...book.opens.values()].filter(({ order }) => order.side !== side && !own.has(order.clientOrderId)),
    ...([symbol, book.known, ctx.broker.capabilities] as const),
  )
  const need = Math.min(entry.cumQty - closed, held - totalCover(others))
  if (need <= 0) return undefined
  const stop = need - workingLots(stops)
  const targets = legs.filter(({ order }) => order.purpose === 'target')
  const unwanted = targets.some((leg) => leg.cancelReason === ASKED_FOR || hasFailed(leg)) || targets.length === 0
  // An exit under way takes the rest off; a stop beside it would be one order too many once it fills, and a target
  // beside one that waits for its price could fill together with it.
  const leaving = workingExits(book, symbol)
  const missing = Math.min(need, workingLots(stops)) - workingLots(targets)
  const target = unwanted || isKept ? 0 : Math.min(missing, held - leaving - targetLots(ctx, book, symbol))
  const bare = Math.min(stop, held - leaving)
  return bare > 0 || target > 0 ? { entry, legs, stop: Math.max(0, bare), target } : undefined
}

async function place(
  ctx: BotContext,
  book: BotBook,
  { entry, legs }: Naked,
  purpose: 'stop' | 'target',
  quantity: number,
): Promise<void> {
  const ofKind = legs.filter(({ order }) => order.purpose === purpose)
  const waiting = ofKind.find(({ status }) => status === 'intent')
  if (waiting) {
    const size = purpose === 'target' ? besidePartner(quantity, partnerOf(waiting, legs)) : quantity
    await submitOrder(ctx, book, waiting.order.clientOrderId, lots(size))
    return
  }
  const pattern = ofKind.findLast(wasTaken) ?? ofKind[0]
  if (!pattern) return
  const other = legs.find((leg) => leg.order.purpose !== purpose && mayFill(leg) && alone(leg.order, legs))
  const { oco: _before, ...plain } = pattern.order
  const order: NewOrder = {
    ...plain,
    ...(other ? { oco: other.order.clientOrderId } : {}),
    clientOrderId: freshOrderId(ctx, book, entry.signalId, purpose),
    quantity: lots(purpose === 'target' ? besidePartner(quantity, other) : quantity),
  }
  // Beside a bracket that the venue keeps, this one is ours: it is told from the venue's by what it stands in for.
  const isKept = isKeptByVenue(pattern, ctx.broker.capabilities)
  const like = intentLike(ctx, book, pattern, order)
  const again = isKept ? { ...like, replaces: pattern.order.clientOrderId } : like
  ctx.store.transact(() => ctx.store.insertOrder(again))
  book.remember(again)
  await submitOrder(ctx, book, order.clientOrderId)
}

/** A target is no larger than the stop it is paired with: together they would count as more than is held. */
function besidePartner(quantity: number, partner: OrderRecord | undefined): number {
  return partner ? Math.min(quantity, leavesOf(partner)) : quantity
}

/** The working order that an order waiting to be sent will be paired with. */
function partnerOf({ order }: OrderRecord, legs: readonly OrderRecord[]): OrderRecord | undefined {
  return legs.find(
    (leg) => mayFill(leg) && (leg.order.clientOrderId === order.oco || leg.order.oco === order.clientOrderId),
  )
}

/** Works, and has lots left: a broker may tell of the last ones before it says that it is filled. */
function mayFill(leg: OrderRecord): boolean {
  return isWorking(leg.status) && leavesOf(leg) > 0
}

/** The venue had it: its terms were possible. */
function wasTaken({ venueOrderId, status }: OrderRecord): boolean {
  return venueOrderId !== undefined && status !== 'rejected'
}

/** No working order is paired with it yet. */
function alone(order: NewOrder, legs: readonly OrderRecord[]): boolean {
  return !legs.some(
    (leg) =>
      isWorking(leg.status) &&
      leg.order.clientOrderId !== order.clientOrderId &&
      (leg.order.oco === order.clientOrderId || order.oco === leg.order.clientOrderId),
  )
}

function closeUnprotected(ctx: BotContext, book: BotBook, { entry, stop }: Naked): Promise<void> {
  return closeBare(ctx, book, entry, opposite(entry.order.side), stop)
}

/**
 * Closes at the market what has no stop and will get none; not where the last tries were refused just now.
 *
 * @param origin the order whose signal the exit belongs to
 * @param why    what the log calls it and says; that the broker takes no stop, where it is left out
 */
export async function closeBare(
  ctx: BotContext,
  book: BotBook,
  origin: OrderRecord,
  side: Side,
  quantity: number,
  why: Readonly<{ reason: 'stop-refused' | 'overshot'; text: string }> = {
    reason: 'stop-refused',
    text: `The broker takes no stop for ${quantity} ${origin.order.symbol}: closing them at the market`,
  },
): Promise<void> {
  const { symbol, clientOrderId } = origin.order
  if (!book.refusedExits.mayTry(symbol, marketNow(ctx, book.lastBar))) return
  const order: NewOrder = {
    clientOrderId: freshOrderId(ctx, book, origin.signalId, 'repair-1'),
    symbol,
    side,
    quantity: lots(quantity),
    type: { kind: 'market' },
    timeInForce: 'day',
    purpose: 'exit',
  }
  const { trail: _trail, ...plain } = origin
  const exit = intentLike(ctx, book, { ...plain, parent: undefined, reason: why.reason }, order)
  ctx.store.transact(() => ctx.store.insertOrder(exit))
  book.remember(exit)
  ctx.log.error(why.reason, why.text, { order: clientOrderId })
  await submitOrder(ctx, book, order.clientOrderId)
}

function intentLike(ctx: BotContext, book: BotBook, pattern: OrderRecord, order: NewOrder): OrderRecord {
  const at = marketNow(ctx, book.lastBar)
  const { replaces: _replaced, ...rest } = pattern
  return {
    ...rest,
    order,
    cancelReason: '',
    status: 'intent',
    venueOrderId: undefined,
    cumQty: lots(0),
    createdAt: at,
    updatedAt: at,
  }
}

function isStop({ order }: OrderRecord): boolean {
  return order.purpose === 'stop'
}

/** Ended short of its size, and nobody here asked for that. */
function hasFailed({ status, cumQty, order, cancelReason }: OrderRecord): boolean {
  return (
    (status === 'rejected' || status === 'canceled' || status === 'expired') && cumQty < order.quantity && !cancelReason
  )
}

function workingLots(records: readonly OrderRecord[]): number {
  return records.reduce((sum, record) => sum + (isWorking(record.status) ? leavesOf(record) : 0), 0)
}
