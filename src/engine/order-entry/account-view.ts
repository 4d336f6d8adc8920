import { contractShareOf, FULL_CONTRACT_MILLI } from '../../domain/instrument/contract-share.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { signOf, type ClientOrderId, type Side } from '../../domain/order/order.ts'
import { protectiveUnits, totalCover } from '../../domain/order/protection.ts'
import { lots, type Lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'

/** Signed lots held of a symbol. */
export function heldOf(book: BotBook, symbol: string): Lots {
  return book.positionOf(symbol).quantity
}

/** What an order may still fill as far as we know. */
export function leavesOf({ order, cumQty }: OrderRecord): number {
  return order.quantity - cumQty
}

export function opensOf(book: BotBook, symbol: string): readonly OrderRecord[] {
  return [...book.opens.values()].filter(({ order }) => order.symbol === symbol)
}

/**
 * Lots that entries of one side may still add.
 *
 * @param but an entry that is not counted
 */
export function workingEntries(book: BotBook, symbol: string, side?: Side, but?: ClientOrderId): number {
  let working = 0
  for (const record of book.opens.values()) {
    const { order } = record
    const isCounted = order.symbol === symbol && order.purpose === 'entry' && order.clientOrderId !== but
    if (isCounted && (side === undefined || order.side === side)) working += leavesOf(record)
  }
  return working
}

/**
 * What is held and may still be entered in all instruments but one, thousandths of a full contract; 0 where no limit asks.
 * What nobody can say the size of counts as whole contracts.
 */
export function otherContractsMilli(ctx: BotContext, book: BotBook, symbol: string): number {
  if (ctx.risk.limits.maxTotalContractsMilli === 0) return 0
  const share = (other: string) => {
    const instrument = ctx.instrumentOf(other)
    return instrument ? contractShareOf(instrument) : FULL_CONTRACT_MILLI
  }
  let sum = 0
  for (const held of book.positions.values())
    if (held.symbol !== symbol) sum += Math.abs(held.quantity) * share(held.symbol)
  for (const record of book.opens.values()) {
    const { order } = record
    if (order.purpose === 'entry' && order.symbol !== symbol) sum += leavesOf(record) * share(order.symbol)
  }
  return sum
}

/**
 * Lots that exits on their way, of one side or of both, may still take off a position, and those that the broker counts as
 * closed and whose fills it has not told yet: they are in the position here, and gone there.
 */
export function workingExits(book: BotBook, symbol: string, side?: Side): number {
  let working = closedUntold(book, symbol, side)
  for (const record of book.opens.values()) {
    const { order } = record
    if (order.symbol === symbol && order.purpose === 'exit' && (side === undefined || order.side === side))
      working += leavesOf(record)
  }
  return working
}

/** Lots that exits, stops and targets have closed as far as the broker counts them, and that are not booked yet. */
export function closedUntold({ owedFills, known }: BotBook, symbol: string, side?: Side): number {
  if (!owedFills.some) return 0
  let untold = 0
  for (const [id, lots] of owedFills.owed()) {
    const order = known(id)?.order
    if (order?.symbol === symbol && order.purpose !== 'entry' && (side === undefined || order.side === side))
      untold += lots
  }
  return untold
}

/** Lots of orders of ours that the broker has counted as filled, and whose fills it has not told. */
export function untoldOf({ owedFills }: BotBook, isMeant: (id: ClientOrderId) => boolean): number {
  if (!owedFills.some) return 0
  return owedFills.owed().reduce((sum, [id, untold]) => sum + (isMeant(id) ? untold : 0), 0)
}

/** Lots of the position that no exit is under way for, unsigned. */
export function freeToClose(book: BotBook, symbol: string): Lots {
  return lots(Math.max(0, Math.abs(heldOf(book, symbol)) - workingExits(book, symbol)))
}

/** An exit that waits for its price: it may never fill. */
export function isResting({ order }: OrderRecord): boolean {
  return order.purpose === 'exit' && order.type.kind !== 'market'
}

/** Lots that exits which wait for their price may take off a position. */
export function restingExits(book: BotBook, symbol: string): number {
  return opensOf(book, symbol).reduce((sum, record) => sum + (isResting(record) ? leavesOf(record) : 0), 0)
}

/**
 * Lots that targets may take off a position, those included that wait for the order they replace. A limit exit waits on
 * the same side of the market: one move of the price can fill both.
 *
 * @param but an order that is not counted, with the other of its pair
 */
export function targetLots(ctx: Pick<BotContext, 'broker'>, book: BotBook, symbol: string, but?: string): number {
  const open = opensOf(book, symbol)
  const isCounted = ({ order }: OrderRecord) => order.clientOrderId !== but
  const units = protectiveUnits(open, symbol, book.known, ctx.broker.capabilities)
  const working = units.filter(
    ({ orders }) => orders.every(isCounted) && orders.some(({ order }) => order.purpose === 'target'),
  )
  const waiting = open.filter(
    (record) =>
      record.order.purpose === 'target' &&
      record.status === 'intent' &&
      record.replaces !== undefined &&
      record.replaces !== but &&
      isCounted(record) &&
      !book.opens.has(record.replaces),
  )
  return totalCover(working) + waiting.reduce((sum, record) => sum + leavesOf(record), 0)
}

/** True where an order of this side takes lots off the position. */
export function reduces(held: number, side: Side): boolean {
  return held * signOf(side) < 0
}
