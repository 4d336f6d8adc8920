import type { Reason } from '../../domain/decision/decision.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { averagePx, type Position } from '../../domain/position/position.ts'
import { epochMs, lots, ticks } from '../../domain/units/units.ts'
import { isResting, restingExits, workingExits } from '../order-entry/account-view.ts'
import { cancelAndBook, sendExit } from '../order-entry/close-out.ts'
import { firstFreeAttempt } from '../order-entry/fresh-order-id.ts'
import { exitIntent } from '../order-entry/order-intents.ts'
import { cancelOrder } from '../order-entry/submit-order.ts'
import type { BotBook } from './bot-book.ts'
import { instrumentOrThrow, marketNow, type BotContext } from './bot-context.ts'
import { signalRef } from './enter-position.ts'
import { saveCheckpoint } from './checkpoint.ts'

const BEFORE_BARS = { time: epochMs(0) }

/** Which instruments an exit is about. */
type Scope = (symbol: string) => boolean

/**
 * Closes what the lane holds (its instrument, and options on it) at the market and cancels what could enlarge it.
 * Allowed in every state of the bot.
 *
 * Stop and target stay in place until the exit fills: they protect what it leaves, and the venue cancels them when the
 * position is gone. What an earlier exit is under way for is left to it.
 */
export function exitPosition(
  ctx: BotContext,
  book: BotBook,
  reason: string,
  reasons: readonly Reason[],
): Promise<void> {
  return exitWithin((symbol) => ctx.laneOf(symbol).lane === ctx.lane, ctx, book, reason, reasons)
}

/** The same for everything the account holds, and every entry that could still fill. */
export function exitEverything(
  ctx: BotContext,
  book: BotBook,
  reason: string,
  reasons: readonly Reason[],
): Promise<void> {
  return exitWithin(() => true, ctx, book, reason, reasons)
}

async function exitWithin(
  within: Scope,
  ctx: BotContext,
  book: BotBook,
  reason: string,
  reasons: readonly Reason[],
): Promise<void> {
  const now = marketNow(ctx, book.lastBar)
  const closing = [...book.positions.values()].filter(
    ({ symbol }) => within(symbol) && !isExiting(book, symbol) && book.refusedExits.mayTry(symbol, now),
  )
  // A cancel is a commit of the venue's: the decision that led to it is durable first, or a bot that dies in between
  // would see this bar again with the entry already gone, and might decide otherwise.
  if (closing.length === 0) {
    if (hindrances(book, within).length > 0) saveCheckpoint(ctx, book)
    await cancelAndBook(ctx, book, hindrances(book, within))
    return
  }
  const ids = writeExits(ctx, book, closing, reason, reasons)
  await cancelAndBook(ctx, book, hindrances(book, within))
  // Its lane's log tells of each.
  for (const { id, symbol } of ids) await sendExit(ctx.laneOf(symbol), book, id)
}

/** Cancels every order that is still open: entries first, then exits; stops and targets only of what is flat. */
export async function cancelOpenOrders(ctx: BotContext, book: BotBook): Promise<void> {
  await cancelAndBook(
    ctx,
    book,
    open(book, 'entry', () => true),
  )
  // Where an entry may still fill, its stop and target stay: the position would be naked.
  const mayFill = new Set(open(book, 'entry', () => true).map(({ order }) => order.symbol))
  for (const { order } of [...book.opens.values()])
    if (book.opens.has(order.clientOrderId) && !book.positions.has(order.symbol) && !mayFill.has(order.symbol))
      await cancelOrder(ctx.laneOf(order.symbol), book, order.clientOrderId)
}

/** True when nothing is held, nothing that filled is still untold, and no entry is left that could fill. */
export function isFlat(book: BotBook): boolean {
  return !book.holding && !book.owedFills.some && open(book, 'entry', () => true).length === 0
}

/** What could enlarge a position that is being closed, or take lots off it beside the exit that closes it. */
function hindrances(book: BotBook, within: Scope): readonly OrderRecord[] {
  return [...open(book, 'entry', within), ...open(book, 'exit', within).filter(isResting)]
}

/** True while orders that close all of the position in a symbol at the market are under way. */
function isExiting(book: BotBook, symbol: string): boolean {
  return workingExits(book, symbol) - restingExits(book, symbol) >= Math.abs(book.positionOf(symbol).quantity)
}

function open(book: BotBook, purpose: OrderRecord['order']['purpose'], within: Scope): readonly OrderRecord[] {
  if (book.opens.size === 0) return []
  return [...book.opens.values()].filter(({ order }) => order.purpose === purpose && within(order.symbol))
}

/** One commit: the decisions, the intents and the places in the feeds. A crash after it finds all of them. */
function writeExits(
  ctx: BotContext,
  book: BotBook,
  closing: readonly Position[],
  reason: string,
  reasons: readonly Reason[],
) {
  // What was sold short is bought back first: without its other legs it could cost more than the account has.
  const ordered = [...closing].sort((a, b) => a.quantity - b.quantity || (a.symbol < b.symbol ? -1 : 1))
  const intents = ctx.store.transact(() => {
    const written = ordered.map((position) => writeExit(ctx, book, position, reason, reasons))
    saveCheckpoint(ctx, book)
    return written
  })
  return intents.map((intent) => {
    const { clientOrderId: id, symbol } = intent.order
    book.remember(intent)
    ctx.laneOf(symbol).log.info('decision-exit', `Closing ${book.positionOf(symbol).quantity} ${symbol}: ${reason}`, {
      decisionId: intent.decisionId,
      clientOrderId: id,
    })
    return { id, symbol }
  })
}

function writeExit(
  ctx: BotContext,
  book: BotBook,
  position: Position,
  reason: string,
  reasons: readonly Reason[],
): OrderRecord {
  const { symbol, quantity } = position
  const bar = book.lastBar
  const at = marketNow(ctx, bar)
  const instrument = instrumentOrThrow(ctx, symbol)
  const confidence = book.entryConfidence(symbol)
  const ref = exitRef(ctx, book, symbol)
  const attempted = (attempt: number, decisionId = ref.decisionId) =>
    exitIntent(
      { sha256Hex: ctx.sha256Hex, instrument },
      { ...ref, decisionId },
      { position: quantity, reason, confidence, attempt, at },
    )
  const orderOf = (attempt: number) => book.known(attempted(attempt).order.clientOrderId)
  // A second exit at the same bar (the first was rejected or canceled) is a new attempt, not the same order.
  const attempt = firstFreeAttempt(1, (known) => orderOf(known) !== undefined)
  const before = attempt === 1 || ctx.replaying ? undefined : orderOf(attempt - 1)
  const intent = attempted(attempt, before && decisionAfter(before, position, `${ref.signalId}:${attempt}`))
  ctx.store.insertDecision({
    decisionId: intent.decisionId,
    at,
    barTime: bar?.time ?? at,
    symbol,
    action: 'exit',
    side: intent.order.side,
    quantity: lots(Math.abs(quantity)),
    price: ctx.markOf(symbol) ?? bar?.close ?? ticks(Math.round(averagePx(position))),
    confidence: intent.confidence,
    reasons: reasons.length > 0 ? reasons : [{ code: reason, text: reason }],
    features: {},
  })
  ctx.store.insertOrder(intent)
  return intent
}

/**
 * The decision that one more exit at the same bar belongs to: that of the one before while it is tried again, another
 * where that one has closed something or the position is a later one. No bar may come for days.
 */
function decisionAfter(before: OrderRecord, { trip }: Position, another: string): string {
  const isAnother = before.cumQty > 0 || (trip !== undefined && trip.entryTime > before.createdAt)
  return isAnother ? another : before.decisionId
}

/**
 * Names the exit of a position at the last bar; of an option, beside that of its lane's own instrument. Before the first
 * bar a position was found at the broker, and is closed all the same.
 */
export function exitRef(ctx: BotContext, book: BotBook, symbol: string) {
  const lane = ctx.laneOf(symbol)
  return signalRef(lane, book.lastBar ?? BEFORE_BARS, symbol === lane.instrument.symbol ? 'exit' : `exit:${symbol}`)
}

/** True when an exit of the position in a symbol was made at the last bar, whatever became of it. */
export function hasExitedHere(ctx: BotContext, book: BotBook, { symbol, quantity }: Position): boolean {
  const { order } = exitIntent(
    { sha256Hex: ctx.sha256Hex, instrument: instrumentOrThrow(ctx, symbol) },
    exitRef(ctx, book, symbol),
    { position: quantity, reason: '', confidence: 0, attempt: 1, at: book.lastBar!.time },
  )
  return book.known(order.clientOrderId) !== undefined
}
