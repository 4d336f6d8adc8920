import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import type { BotEnd, LoopEdge } from './loop-edge.ts'
import { reconcile } from '../reconciliation/reconcile.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { cancelOpenOrders, exitEverything, isFlat } from './exit-position.ts'

/** How often a stopping bot asks the broker to cancel an entry before it leaves. */
const CANCEL_ATTEMPTS = 5
const CANCEL_RETRY_MS = 1_000
/** How often it asks for fills that the broker has counted and not told, a pause of the same length before each. */
const OWED_LOOKS = 3
/** Longest wait for what a venue shows late, before a stopping bot leaves. */
const LONGEST_LOOK_MS = 1_000

/** Wants the account flat, durably: a bot that is killed before it is goes on closing at its next start. */
export function wantFlat(ctx: BotContext, book: BotBook, reason: string): void {
  book.flattening ??= reason
  ctx.store.transact(() => ctx.store.saveFlattenWish(reason, ctx.now()))
}

/** Does what the bot was asked to: closes everything, stops. @returns how the bot ends, where it does */
export async function obey(ctx: BotContext, book: BotBook, edge: LoopEdge): Promise<BotEnd | undefined> {
  if (book.stop?.flatten && !book.flattening) wantFlat(ctx, book, 'stop with flatten')
  if (book.flattening) await flatten(ctx, book, book.flattening, edge)
  if (!book.stop || book.flattening) return undefined
  // A stopped bot leaves no entry behind that could open a position nobody watches; protective orders stay.
  const left = book.stop.keepOrders ? [] : await cancelStubbornly(ctx, book, edge)
  await lookOnceMore(ctx, book, edge)
  await hearOwedFills(ctx, book, edge)
  if (book.stop.flatten && !isFlat(book)) {
    wantFlat(ctx, book, 'stop with flatten')
    return undefined
  }
  saveCheckpoint(ctx, book)
  const text = stopText(book)
  if (left.length === 0) {
    if (!book.owedFills.some) return { reason: 'requested', message: text }
    ctx.log.error('fills-missing', text)
    return { reason: 'requested', message: text, warning: text }
  }
  const message = `${text}. The broker did not confirm a cancel: ${left.join(', ')} may still be working; look at the account there`
  ctx.log.error('orders-left-working', message, { orders: left.length })
  return { reason: 'requested', message, warning: message }
}

async function flatten(ctx: BotContext, book: BotBook, why: string, edge: LoopEdge): Promise<void> {
  await exitEverything(ctx, book, 'flatten', [{ code: 'flatten', text: why }])
  if (!isFlat(book)) return
  await cancelOpenOrders(ctx, book)
  ctx.log.info('flat', 'The account is flat')
  book.flattening = undefined
  if (ctx.store.flattenWish() !== undefined) ctx.store.transact(() => ctx.store.endFlattenWish())
  edge.flat()
  ctx.changed()
}

/**
 * A venue that shows things late may have filled what it confirmed as canceled: whoever leaves without looking leaves a
 * position that nobody knows of until the next start.
 */
async function lookOnceMore(ctx: BotContext, book: BotBook, edge: LoopEdge): Promise<void> {
  const { visibilityLagMs } = ctx.broker.capabilities
  if (visibilityLagMs === 0) return
  await edge.pause(Math.min(visibilityLagMs, LONGEST_LOOK_MS))
  await reconcile(ctx, book)
}

/** What the broker has counted while it canceled may be a position that has no stop yet. */
async function hearOwedFills(ctx: BotContext, book: BotBook, edge: LoopEdge): Promise<void> {
  for (let attempt = 0; book.owedFills.some && attempt < OWED_LOOKS; attempt++) {
    await edge.pause(CANCEL_RETRY_MS)
    await reconcile(ctx, book)
  }
}

/** @returns the entries that may still be working although we asked, as a person reads them */
async function cancelStubbornly(ctx: BotContext, book: BotBook, edge: LoopEdge): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt++) {
    await cancelOpenOrders(ctx, book)
    const left = [...book.opens.values()].filter(({ order }) => order.purpose === 'entry')
    if (left.length === 0 || attempt === CANCEL_ATTEMPTS)
      return left.map(({ order, cumQty }) => `${order.side} ${order.quantity - cumQty} ${order.symbol}`)
    if (attempt === 1)
      ctx.log.warn('cancel-again', `${left.length} entries are not canceled yet: asking the broker again`)
    await edge.pause(CANCEL_RETRY_MS)
  }
}

function stopText(book: BotBook): string {
  if (book.owedFills.some)
    return 'Stopped as asked, but the broker has filled orders and not told the fills: what is held may have no stop; look at the account there'
  if (!book.holding) return 'Stopped as asked; the account is flat'
  return `Stopped as asked with ${heldText(book)} open; their stop and target stay at the broker`
}

/** What is held, as a person reads it. */
export function heldText(book: BotBook): string {
  if (book.positions.size === 1 && book.position.quantity !== 0) return `${book.position.quantity} lots`
  return [...book.positions.values()].map(({ symbol, quantity }) => `${quantity} ${symbol}`).join(', ')
}
