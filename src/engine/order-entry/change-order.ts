import { fieldWords } from '../../domain/order/field-words.ts'
import { signOf, type OrderChange } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import {
  ASKED_FOR,
  isKeptByVenue,
  isPair,
  isProtective,
  isWorking,
  protectiveUnits,
  totalCover,
} from '../../domain/order/protection.ts'
import type { OrderCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import type { Reason } from '../../domain/decision/decision.ts'
import { lots } from '../../domain/units/units.ts'
import { heldOf, leavesOf, opensOf, restingExits, targetLots, workingExits } from './account-view.ts'
import { changedType, changeWorking } from './change-working.ts'
import { deny, judgeEntry } from './judge-entry.ts'
import { asked, lotsText } from './order-commands.ts'
import { abandonLegs, askToCancel, moveOrder, rewrite } from './submit-order.ts'
import { isHalfBracket } from './successor-legs.ts'
import { settleWindowMs } from '../reconciliation/judge-unsent.ts'
import { missedFor } from '../reconciliation/settle-order.ts'
import { accepted, nothingToDo, refused, typed, writeCall, type TradeCall } from './trade-call.ts'

type Of<Kind extends OrderCommand['kind']> = Extract<OrderCommand, { kind: Kind }>

/** Changes size or prices of an open order: in place where the venue can, else by another in its place. */
export async function modifyOrder(call: TradeCall, command: Of<'modify-order'>): Promise<TradeOutcome> {
  const { ctx, book } = call
  const { clientOrderId, change } = command
  const record = book.known(clientOrderId)
  if (!record) return unknownOrder(call, clientOrderId)
  if (!isOpen(record.status)) return nothingToDo(call, 'order-ended', `the order is ${record.status} already`)
  if (record.cancelReason) return nothingToDo(call, 'order-ending', 'the order is being canceled or replaced already')
  const misfit = wrongChange(call, record, change)
  if (misfit) return misfit
  const more = record.order.purpose === 'entry' ? (change.quantity ?? 0) - record.order.quantity : 0
  const wish = { symbol: record.order.symbol, side: record.order.side }
  const reasons: Reason[] = [asked(call)]
  if (record.order.purpose === 'entry') {
    // What it would be, not what it is: the order takes its own place.
    const quantity = lots((change.quantity ?? record.order.quantity) - record.cumQty)
    const judged = judgeEntry(
      call,
      { ...wish, ...pricesOf(change), quantity },
      { whole: true, but: record.order.clientOrderId },
    )
    // Less of an entry at a new price is still an entry at that price; fewer lots alone pass always.
    if (judged.kind === 'denied' && (more > 0 || hasPrice(change))) return deny(call, wish, judged.reasons)
  }
  if (record.status === 'intent') {
    writeCall(call, {
      ...{ about: [clientOrderId], reasons, outcome: accepted([clientOrderId], reasons) },
      also: () => void rewrite(ctx, book, record, termsOf(record, change), 'changed before it was sent'),
    })
    return accepted([clientOrderId], reasons)
  }
  const moved = change.trail && record.trail ? rewrite(ctx, book, record, { trail: change.trail }, 'trail') : record
  const outcome = await changeWorking(ctx, book, moved, change, 'changed as asked', (successor) =>
    writeCall(call, { about: [clientOrderId, ...(successor ? [successor.order.clientOrderId] : [])], reasons }),
  )
  switch (outcome.kind) {
    case 'changed':
      return end(call, accepted([clientOrderId], reasons))
    case 'waiting':
      return end(call, accepted([outcome.successor.order.clientOrderId], reasons))
    case 'ended':
      return end(call, {
        kind: 'nothing-to-do',
        reasons: [{ code: 'order-ended', text: 'it ended before the change' }],
      })
    case 'rejected':
      return end(call, { kind: 'rejected', orders: [clientOrderId], reason: outcome.reason, reasons })
    case 'unknown':
      return { kind: 'unknown', orders: [clientOrderId], reasons }
  }
}

/** Cancels one order, whatever it is; never blocked. */
export async function cancelOrderCommand(
  call: TradeCall,
  { clientOrderId }: Of<'cancel-order'>,
): Promise<TradeOutcome> {
  const record = call.book.known(clientOrderId)
  if (!record) return unknownOrder(call, clientOrderId)
  if (!isOpen(record.status)) return nothingToDo(call, 'order-ended', `the order is ${record.status} already`)
  return cancelThese(call, [record])
}

/** Cancels every open order, of one symbol or all; protection of open positions only where that is asked for. */
export async function cancelAll(
  call: TradeCall,
  { symbol, protective = false }: Of<'cancel-all'>,
): Promise<TradeOutcome> {
  const { book } = call
  const chosen = [...book.opens.values()].filter((record) => {
    const { order } = record
    if (symbol !== undefined && order.symbol !== symbol) return false
    return protective || !isProtective(record) || (heldOf(book, order.symbol) === 0 && !awaitsEntry(call, record))
  })
  if (chosen.length === 0) return nothingToDo(call, 'no-orders', 'no order is open that this would cancel')
  return cancelThese(call, chosen)
}

/** Legs of an entry that may still fill go with it, not before. */
function awaitsEntry({ book }: TradeCall, { parent }: OrderRecord): boolean {
  const entry = parent === undefined ? undefined : book.known(parent)
  return entry !== undefined && isOpen(entry.status)
}

/** Entries first: what they open afterwards would have nothing to protect it. */
async function cancelThese(call: TradeCall, chosen: readonly OrderRecord[]): Promise<TradeOutcome> {
  const { ctx, book } = call
  const ordered = [...chosen].sort((a, b) => rank(a) - rank(b))
  const ids = ordered.map(({ order }) => order.clientOrderId)
  const reasons: Reason[] = [asked(call)]
  writeCall(call, {
    about: ids,
    reasons,
    also: () => {
      for (const record of ordered) {
        const isHeld = record.status === 'intent'
        rewrite(ctx, book, record, { cancelReason: ASKED_FOR, ...(isHeld ? { status: 'abandoned' } : {}) }, ASKED_FOR)
        if (isHeld) abandonLegs(ctx, book, record.order.clientOrderId, 'its entry was canceled before it was sent')
      }
    },
  })
  const refusals: string[] = []
  let unknown = false
  for (const id of ids) {
    if (!book.opens.has(id)) continue
    const failure = await askToCancel(ctx, book, id)
    if (failure === undefined) continue
    if (failure.kind === 'rejected') {
      refusals.push(failure.reason)
      rewrite(ctx, book, book.orderOrThrow(id), { cancelReason: '' }, `not canceled: ${failure.reason}`)
    } else if (failure.kind === 'order-unknown' && isLongGone(call, book.orderOrThrow(id)))
      moveOrder(ctx, book, id, 'abandoned', 'its end was asked for, and the broker does not know it')
    else unknown = true
  }
  if (unknown) return { kind: 'unknown', orders: ids, reasons }
  const [reason] = refusals
  return end(call, reason === undefined ? accepted(ids, reasons) : { kind: 'rejected', orders: ids, reason, reasons })
}

/** Looked for longer than the venue may take to show it. */
function isLongGone({ ctx, book }: TradeCall, { order }: OrderRecord): boolean {
  return missedFor(ctx, book, order.clientOrderId) >= settleWindowMs(ctx.broker.capabilities)
}

function rank({ order }: OrderRecord): number {
  return { entry: 0, exit: 1, target: 2, stop: 3 }[order.purpose]
}

function end(call: TradeCall, outcome: TradeOutcome): TradeOutcome {
  call.ctx.store.transact(() => call.ctx.store.endTradeCall(call.ref.signalId, outcome))
  return outcome
}

function unknownOrder(call: TradeCall, id: string): TradeOutcome {
  const { accountId } = call.context
  return refused('order-not-found', `No order ${id} was ever written here.`, `See: slipway orders ${accountId}`)
}

function hasPrice({ limitPx, stopPx }: OrderChange): boolean {
  return limitPx !== undefined || stopPx !== undefined
}

function pricesOf({ limitPx, stopPx }: OrderChange) {
  return { limitPx, stopPx }
}

function termsOf({ order }: OrderRecord, change: OrderChange) {
  return {
    type: changedType(order.type, change),
    ...(change.quantity === undefined ? {} : { quantity: change.quantity }),
  }
}

/** A change that the order does not have room for, or that means nothing to it. */
function wrongChange(call: TradeCall, record: OrderRecord, change: OrderChange): TradeOutcome | undefined {
  const { ctx, book } = call
  const { order, cumQty } = record
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  if (given.length === 0) return refused('trade-invalid', 'The change is empty.', 'Give a quantity or a price.')
  for (const [field] of given) {
    if (field === 'quantity' || field in order.type || (field === 'trail' && record.trail)) continue
    return refused(
      'trade-invalid',
      `A ${order.type.kind} order has no ${fieldWords(field)}.`,
      'Change what it has, or cancel it.',
    )
  }
  const { capabilities } = ctx.broker
  if (isKeptByVenue(record, capabilities) && (change.quantity !== undefined || !capabilities.replace))
    return refused(
      'trade-invalid',
      change.quantity === undefined
        ? 'The broker keeps this order as a leg of a bracket and does not change it.'
        : 'The size of a leg of a bracket follows its entry.',
      'Cancel it, and protect the position with stop-loss or oco-order.',
    )
  if (!capabilities.replace && isHalfBracket(ctx, record))
    return refused(
      'trade-invalid',
      'One leg of its bracket was canceled, and the broker takes no order with half a bracket in its place.',
      `Cancel it: ${typed(call, 'cancel-order', order.clientOrderId)}, then enter anew and protect it with stop-loss.`,
    )
  const { quantity } = change
  if (quantity === undefined) return undefined
  if (quantity <= cumQty)
    return refused(
      'trade-invalid',
      `quantity ${quantity} is not possible: ${cumQty} lots of the order have filled, so it must be more.`,
      `To end it: ${typed(call, 'cancel-order', order.clientOrderId)}`,
    )
  if (order.purpose === 'entry') return undefined
  const bare = bareBeside(call, record, quantity)
  if (bare) return bare
  const held = Math.max(0, -signOf(order.side) * heldOf(book, order.symbol))
  const most = cumQty + held - takenByOthers(call, record)
  if (quantity <= most) return undefined
  return refused(
    'trade-invalid',
    `quantity ${quantity} is more than the position in ${order.symbol} has room for; at most ${Math.max(0, most)}.`,
    'Give a smaller quantity.',
  )
}

/** The two of a pair that we keep stay alike: a smaller target would take its stop with it. */
function bareBeside(call: TradeCall, record: OrderRecord, quantity: number): TradeOutcome | undefined {
  const { ctx, book } = call
  const { clientOrderId, purpose, symbol, side } = record.order
  // What a leg of an entry leaves without a stop gets one at once.
  if (purpose !== 'target' || ctx.broker.capabilities.oco || record.parent !== undefined) return undefined
  const stop = opensOf(book, symbol).find((other) => isPair(record, other) && isWorking(other.status))
  const bare = stop ? leavesOf(stop) - (quantity - record.cumQty) : 0
  if (bare <= 0) return undefined
  const instead = typed(call, side === 'sell' ? 'sell' : 'cover-short', symbol, String(quantity), '--limit', 'PRICE')
  return refused(
    'trade-invalid',
    `The stop that this target is paired with would get as small, and ${lotsText(bare)} would have none.`,
    `Cancel the target: ${typed(call, 'cancel-order', clientOrderId)}, then ask for fewer lots beside the stop: ${instead}`,
  )
}

/** Lots that other orders of the same kind may take off the position. */
function takenByOthers({ ctx, book }: TradeCall, record: OrderRecord): number {
  const { clientOrderId, symbol, side, type, purpose } = record.order
  if (!isProtective(record)) {
    const exits = workingExits(book, symbol) - (record.order.quantity - record.cumQty)
    return exits + (type.kind === 'limit' ? targetLots(ctx, book, symbol) : 0)
  }
  const units = protectiveUnits(
    [...book.opens.values()].filter(({ order }) => order.side === side),
    ...([symbol, book.known, ctx.broker.capabilities] as const),
  )
  const others = units.filter(({ orders }) => !orders.some(({ order }) => order.clientOrderId === clientOrderId))
  const aside = purpose === 'target' ? targetLots(ctx, book, symbol, clientOrderId) + restingExits(book, symbol) : 0
  return Math.max(totalCover(others), aside)
}
