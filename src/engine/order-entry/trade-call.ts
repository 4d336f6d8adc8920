import type { TradingContext } from '../../domain/context/trading-context.ts'
import type { Decision, Reason } from '../../domain/decision/decision.ts'
import { refusal, type RefusalCode } from '../../domain/failure/refusal.ts'
import type { ClientOrderId, NewOrder, Side } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import type { TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import type { TradePlan } from '../../domain/order/trade-plan.ts'
import type { TradeCallRecord } from '../../domain/order/trade-store.ts'
import { lots, ticks, type EpochMs, type Lots, type Ticks } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { rememberInstrument, type BotContext } from '../bot/bot-context.ts'
import { saveCheckpoint } from '../bot/checkpoint.ts'
import { deriveClientOrderId, type OrderIdentity } from './derive-client-order-id.ts'
import { handOver, submitOrder, type SubmitOutcome } from './submit-order.ts'

/** What a call acts on: the signal it answers and is recorded under, and the strategy that decides. */
export type TradeRef = Readonly<{
  signalId: string
  strategyId: string
  /** Why the decider wants it, and on what it saw: told before the service's own reasons. */
  reasons?: readonly Reason[]
  features?: Readonly<Record<string, number>>
  /** What the pool made of the setup, 0..1. */
  confidence?: number
}>

/** One command on its way through the trading service: who asked, and what it may use. */
export type TradeCall = Readonly<{
  ctx: BotContext
  book: BotBook
  context: TradingContext
  ref: TradeRef
  command: TradeCommand
  /** Market time of the call. */
  at: EpochMs
}>

/** What is written, in one commit, before anything of a call is sent. */
export type Written = Readonly<{
  records?: readonly OrderRecord[]
  decision?: Readonly<{
    action: Decision['action']
    symbol: string
    side?: Side
    quantity: Lots
    price?: Ticks | undefined
    confidence?: number
  }>
  /** Orders the call is about beside those it writes. */
  about?: readonly ClientOrderId[]
  reasons: readonly Reason[]
  plan?: TradePlan
  outcome?: TradeOutcome
  /** More that belongs in the same commit. */
  also?: () => void
  /** The one order leaves at once: that it does belongs in the same commit where that can be. */
  leaves?: true
}>

/** The name of an order of this call: the same call always gives the same. */
export function orderIdOf(call: TradeCall, leg: OrderIdentity['leg'], attempt = 1): ClientOrderId {
  const { accountId } = call.context
  const { strategyId, signalId } = call.ref
  return deriveClientOrderId(call.ctx.sha256Hex, { accountId, strategyId, signalId, leg, attempt })
}

/** An order of this call, not sent yet. */
export function intentOf(
  call: TradeCall,
  order: NewOrder,
  more: Readonly<{ reason: string; parent?: ClientOrderId; replaces?: ClientOrderId; confidence?: number }>,
): OrderRecord {
  return {
    order,
    parent: more.parent,
    ...(more.replaces === undefined ? {} : { replaces: more.replaces }),
    status: 'intent',
    venueOrderId: undefined,
    cumQty: lots(0),
    signalId: call.ref.signalId,
    decisionId: call.ref.signalId,
    confidence: more.confidence ?? call.ref.confidence ?? 0.5,
    reason: more.reason,
    createdAt: call.at,
    updatedAt: call.at,
  }
}

/**
 * Makes a call durable: decision, intents, plan and the call itself together with the place in the feed. A crash after it
 * finds all of them, one before it none.
 *
 * @returns true where its order counts as sent already: it is to be handed over, not marked again
 * @throws {Refused} 'fenced' | 'disk-full' | 'state-corrupt': nothing was written, and nothing may be sent
 */
export function writeCall(call: TradeCall, written: Written): boolean {
  const { book } = call
  const sent = writeLeaving(call, written)
  if (sent) book.remember(sent)
  else writeTogether(call, written)
  return sent !== undefined
}

/**
 * One order that leaves at once and nothing beside it: the plain case is one statement, and one wait for the disk.
 *
 * @returns undefined where there is more to it: nothing was written then
 */
function writeLeaving(call: TradeCall, written: Written): OrderRecord | undefined {
  const { ctx, book, at } = call
  const { records, decision, reasons, about, plan, also, outcome } = written
  const record = records?.[0]
  if (!written.leaves || !record || records.length > 1 || !decision) return undefined
  if (about || plan || also || outcome) return undefined
  if (!book.checkpointed || book.riskChanged || !ctx.store.instrument(record.order.symbol)) return undefined
  const made = recordOf(call, [record.order.clientOrderId], reasons)
  if (!ctx.store.insertOrderedCall(made, decisionOf(call, decision, reasons), record)) return undefined
  return { ...record, status: 'sent', updatedAt: at }
}

function writeTogether(call: TradeCall, written: Written): void {
  const { ctx, book } = call
  const { records = [], decision, about = [], reasons, outcome } = written
  ctx.store.transact(() => {
    for (const record of records) {
      rememberInstrument(ctx, record.order.symbol)
      ctx.store.insertOrder(record)
    }
    const orders = [...records.map(({ order }) => order.clientOrderId), ...about]
    ctx.store.insertTradeCall(
      { ...recordOf(call, orders, reasons), ...(outcome === undefined ? {} : { outcome }) },
      decision && decisionOf(call, decision, reasons),
    )
    if (written.plan) ctx.store.saveTradePlan(written.plan)
    written.also?.()
    if (!book.checkpointed) saveCheckpoint(ctx, book)
    else if (book.riskChanged) ctx.store.saveRisk(book.risk)
  })
  if (book.lastBar === undefined || book.checkpointed) book.riskChanged = false
  for (const record of records) book.remember(record)
}

function recordOf(
  { ref, context, command, at }: TradeCall,
  orders: readonly ClientOrderId[],
  reasons: readonly Reason[],
): TradeCallRecord {
  const { accountId, userId, signature } = context
  return { signalId: ref.signalId, at, accountId, userId, signature, command, orders, reasons }
}

function decisionOf(
  { book, ref, at }: TradeCall,
  decision: NonNullable<Written['decision']>,
  reasons: readonly Reason[],
): Decision {
  const { action, symbol, side, quantity, price = ticks(0), confidence = ref.confidence ?? 0.5 } = decision
  // Of what was not traded the first reason names the setup; the others say what it passed.
  const before = (action === 'hold' ? ref.reasons?.slice(0, 1) : ref.reasons) ?? []
  return {
    decisionId: ref.signalId,
    at,
    barTime: book.lastBar?.time ?? at,
    ...{ action, symbol, side, quantity, price, confidence },
    reasons: before.length === 0 ? reasons : [...before, ...reasons],
    features: ref.features ?? {},
  }
}

/** Refuses without writing anything: the request itself is wrong, and would be again. */
export function refused(
  code: RefusalCode,
  message: string,
  nextStep: string,
  reasons?: readonly Reason[],
): TradeOutcome {
  return { kind: 'refused', refusal: refusal(code, message, nextStep), reasons: reasons ?? [{ code, text: message }] }
}

export function accepted(orders: readonly ClientOrderId[], reasons: readonly Reason[]): TradeOutcome {
  return { kind: 'accepted', orders, reasons }
}

/** A command of the trading service as a person types it for this account. */
export function typed({ context }: Pick<TradeCall, 'context'>, kind: TradeCommand['kind'], ...words: string[]): string {
  return ['slipway trade', context.accountId, kind, ...words].join(' ')
}

/** Ends a call that found nothing to do, and remembers that. */
export function nothingToDo(call: TradeCall, code: string, text: string): TradeOutcome {
  const reasons = [{ code, text }]
  const outcome: TradeOutcome = { kind: 'nothing-to-do', reasons }
  writeCall(call, { reasons, outcome })
  return outcome
}

/**
 * Sends one order that is written down, and says what became of the call.
 *
 * @param isMarked what `writeCall` said: the order counts as sent already
 */
export async function sendOne(
  { ctx, book }: TradeCall,
  id: ClientOrderId,
  reasons: readonly Reason[],
  isMarked = false,
): Promise<TradeOutcome> {
  return outcomeOf(await (isMarked ? handOver(ctx, book, id, true) : submitOrder(ctx, book, id)), [id], reasons)
}

export function outcomeOf(
  sent: SubmitOutcome,
  orders: readonly ClientOrderId[],
  reasons: readonly Reason[],
): TradeOutcome {
  switch (sent.kind) {
    case 'acknowledged':
      return accepted(orders, reasons)
    case 'rejected':
      return { kind: 'rejected', orders, reason: sent.reason, reasons }
    case 'unknown':
      return { kind: 'unknown', orders, reasons }
  }
}
