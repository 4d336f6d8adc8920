import type { Session } from '../../domain/calendar/session.ts'
import { NEUTRAL_CONFIDENCE, type Confidence } from '../../domain/confidence/confidence.ts'
import { tradeText, type Decision, type Reason } from '../../domain/decision/decision.ts'
import { contractShareOf } from '../../domain/instrument/contract-share.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { Side } from '../../domain/order/order.ts'
import { assessEntry } from '../../domain/risk/assess-entry.ts'
import { afterEntryOrder } from '../../domain/risk/risk-state.ts'
import { sizeByRisk } from '../../domain/risk/size-by-risk.ts'
import type { Proposal } from '../../domain/strategy/strategy.ts'
import { epochMs, lots, type Lots } from '../../domain/units/units.ts'
import { otherContractsMilli } from '../order-entry/account-view.ts'
import { bracketEntryIntents } from '../order-entry/order-intents.ts'
import { submitOrder } from '../order-entry/submit-order.ts'
import { accountWorth } from './account-equity.ts'
import { askPool, poolNotes, sizeFactorOf, sizeNote } from './ask-pool.ts'
import type { BotBook } from './bot-book.ts'
import { marketNow, type BotContext } from './bot-context.ts'
import { entryBlocks } from './entry-blocks.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { portfolioStanding, rememberWants, waitingEntries } from './watch-portfolio.ts'
import { keepRisk } from './watch-risk.ts'

type Entry = Extract<Proposal, { kind: 'enter' }>

/**
 * Decides on a proposed entry and, when it passes, writes the intents and sends the order.
 *
 * Everything that speaks against it is asked and recorded, not only the first reason. The cloud's opinion can shrink or
 * veto, never enlarge.
 */
export async function enterPosition(
  ctx: BotContext,
  book: BotBook,
  bar: Bar,
  session: Session | undefined,
  entry: Entry,
): Promise<void> {
  const before = entryBlocks(ctx, book, session)
  const { symbol } = ctx.instrument
  const pool = before.length > 0 ? NEUTRAL_CONFIDENCE : await askPool(ctx, book, { ...entry, symbol })
  // Whoever said no while the pool was asked is heard: the kill switch, a limit, the licence.
  const blocks = before.length > 0 ? before : entryBlocks(ctx, book, session)
  const { quantity, denied, notes } = sizeEntry(ctx, book, bar, entry, pool)
  const against = [
    ...blocks,
    ...(pool.shouldTrade ? [] : [{ code: 'confidence', text: pool.reason }]),
    ...unsaid(denied, blocks),
  ]
  if (against.length > 0) {
    // The first reason names the setup; the others say what it passed, and would read as what it failed.
    recordHold(ctx, book, bar, entry.side, [...entry.reasons.slice(0, 1), ...against], entry.features, pool.value)
    return
  }
  const ref = signalRef(ctx, bar, 'enter')
  const at = marketNow(ctx, bar)
  const [parent, ...legs] = bracketEntryIntents(ctx, ref, { ...entry, quantity, confidence: pool.value, at })
  const decision: Decision = {
    decisionId: ref.decisionId,
    at,
    barTime: bar.time,
    symbol: ctx.instrument.symbol,
    action: 'enter',
    side: entry.side,
    quantity,
    price: bar.close,
    confidence: pool.value,
    reasons: [...entry.reasons, ...notes],
    features: entry.features,
  }
  keepRisk(book, afterEntryOrder(book.risk, at, quantity * contractShareOf(ctx.instrument)))
  // One commit: the decision, the intents and the place in the feed. A crash after it finds all three.
  ctx.store.transact(() => {
    ctx.store.insertDecision(decision)
    for (const record of [parent, ...legs]) ctx.store.insertOrder(record)
    saveCheckpoint(ctx, book)
  })
  for (const record of [parent, ...legs]) book.remember(record)
  ctx.log.info('decision-enter', `${entry.side} ${quantity} ${ctx.instrument.symbol}`, {
    decisionId: ref.decisionId,
    clientOrderId: parent.order.clientOrderId,
    reasons: decision.reasons.map((reason) => reason.text),
    confidence: pool.value,
  })
  await submitOrder(ctx, book, parent.order.clientOrderId)
}

/** Records that a setup was not traded, with every reason. */
export function recordHold(
  ctx: BotContext,
  book: BotBook,
  bar: Bar,
  side: Side | undefined,
  reasons: readonly Reason[],
  features: Readonly<Record<string, number>>,
  confidence = NEUTRAL_CONFIDENCE.value,
): void {
  const { decisionId } = signalRef(ctx, bar, 'hold')
  ctx.store.transact(() => {
    ctx.store.insertDecision({
      decisionId,
      at: marketNow(ctx, bar),
      barTime: bar.time,
      symbol: ctx.instrument.symbol,
      action: 'hold',
      side,
      quantity: lots(0),
      price: bar.close,
      confidence,
      reasons,
      features,
    })
    saveCheckpoint(ctx, book)
  })
  ctx.log.info(
    'decision-hold',
    `No ${tradeText({ side, symbol: ctx.instrument.symbol })}: ${reasons.map((r) => r.text.replace(/\.$/, '')).join('; ')}`,
    {
      decisionId,
      reasons: reasons.map((reason) => reason.code),
    },
  )
}

/** Names a signal by what caused it, so that the same bar always gives the same ids. */
export function signalRef(ctx: BotContext, bar: Pick<Bar, 'time'>, kind: string) {
  const signalId = `${ctx.series}:${bar.time}:${kind}`
  return { accountId: ctx.trading.accountId, strategyId: ctx.strategyId, signalId, decisionId: signalId }
}

/** A limit that was reached is a block already; its reason is told once. */
function unsaid(denied: readonly Reason[], blocks: readonly Reason[]): readonly Reason[] {
  return denied.filter(({ code }) => !blocks.some((block) => block.code === code))
}

function sizeEntry(
  ctx: BotContext,
  book: BotBook,
  bar: Bar,
  entry: Entry,
  pool: Confidence,
): { quantity: Lots; denied: readonly Reason[]; notes: readonly Reason[] } {
  const stopDistance = Math.abs(bar.close - entry.stopPx)
  if (stopDistance === 0)
    return { quantity: lots(0), denied: [{ code: 'stop-at-price', text: 'the stop is at the price' }], notes: [] }
  const worth = accountWorth(ctx, book)
  const full = sizeByRisk(worth.equityMinor, ctx.riskPerTradeBps, stopDistance, ctx.instrument.tickValue)
  const factor = sizeFactorOf(pool)
  const wanted = lots(Math.floor(full * factor))
  const verdict = assessEntry(
    ctx.risk,
    {
      side: entry.side,
      lots: wanted,
      at: marketNow(ctx, bar),
      lastPx: bar.close,
      lastBarEnd: epochMs(bar.time + ctx.timeframeMs),
      timeframeMs: ctx.timeframeMs,
      stopPx: entry.stopPx,
      targetPx: entry.targetPx,
    },
    {
      ...worth,
      position: book.positionOf(ctx.instrument.symbol).quantity,
      workingEntryLots: lots(book.workingEntryLots(ctx.instrument.symbol)),
      otherContractsMilli: otherContractsMilli(ctx, book, ctx.instrument.symbol),
      waitingEntries: waitingEntries(book),
      state: book.risk,
      portfolio: portfolioStanding(ctx, book),
    },
    ctx.instrument,
  )
  rememberWants(ctx, verdict)
  const shrunk = factor < 1 ? [sizeNote(factor, pool)] : []
  if (verdict.kind === 'denied') return { quantity: lots(0), denied: [...verdict.reasons, ...shrunk], notes: [] }
  const notes = [...verdict.reasons, ...(factor < 1 ? shrunk : poolNotes(pool))]
  return { quantity: verdict.quantity, denied: [], notes }
}
