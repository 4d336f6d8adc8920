import type { OrderRecord } from '../../domain/order/order-record.ts'
import { signOf, type Side } from '../../domain/order/order.ts'
import { lots, type Lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'

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

/** Lots that entries of one side may still add. */
export function workingEntries(book: BotBook, symbol: string, side?: Side): number {
  let working = 0
  for (const record of book.opens.values()) {
    const { order } = record
    if (order.symbol === symbol && order.purpose === 'entry' && (side === undefined || order.side === side))
      working += leavesOf(record)
  }
  return working
}

/** Lots that exits on their way may still take off a position. */
export function workingExits(book: BotBook, symbol: string): number {
  let working = 0
  for (const record of book.opens.values())
    if (record.order.symbol === symbol && record.order.purpose === 'exit') working += leavesOf(record)
  return working
}

/** Lots of the position that no exit is under way for, unsigned. */
export function freeToClose(book: BotBook, symbol: string): Lots {
  return lots(Math.max(0, Math.abs(heldOf(book, symbol)) - workingExits(book, symbol)))
}

/** True where an order of this side takes lots off the position. */
export function reduces(held: number, side: Side): boolean {
  return held * signOf(side) < 0
}
