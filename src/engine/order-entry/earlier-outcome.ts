import type { OrderRecord } from '../../domain/order/order-record.ts'
import type { TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import type { TradeCallRecord } from '../../domain/order/trade-store.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { refused, type TradeRef } from './trade-call.ts'

/** What became of a call made before under the same signal; undefined for a new one. */
export function earlierOutcome(
  book: BotBook,
  ctx: BotContext,
  command: TradeCommand,
  { signalId }: TradeRef,
): TradeOutcome | undefined {
  const call = ctx.store.tradeCall(signalId)
  if (!call) return undefined
  if (!isSame(call.command, command)) return nameTaken(signalId, call.command)
  return call.outcome ?? outcomeOfOrders(call, (id) => book.known(id))
}

/** The name is that of another command: nothing is done. */
export function nameTaken(signalId: string, { kind }: TradeCommand): TradeOutcome {
  return refused(
    'trade-invalid',
    `The request ${signalId} was made before, for another command (${kind}).`,
    'Give every request a name of its own.',
  )
}

/** An order tells by its status what became of the call that wrote it, also when that is learnt after the call. */
function outcomeOfOrders(
  { orders, reasons }: TradeCallRecord,
  known: (id: OrderRecord['order']['clientOrderId']) => OrderRecord | undefined,
): TradeOutcome {
  const [first] = orders
  const record = first === undefined ? undefined : known(first)
  if (!record) return { kind: 'accepted', orders, reasons }
  switch (record.status) {
    case 'intent':
    case 'sent':
    case 'unknown':
      return { kind: 'unknown', orders, reasons }
    case 'rejected':
      return { kind: 'rejected', orders, reason: record.reason, reasons }
    case 'abandoned':
      return { kind: 'rejected', orders, reason: 'it was written down but never sent', reasons }
    default:
      return { kind: 'accepted', orders, reasons }
  }
}

/** Commands are plain data: the same fields in any order are the same command. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const key of keys)
    if (!isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false
  return true
}
