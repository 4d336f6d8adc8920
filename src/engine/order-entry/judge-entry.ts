import { tradeText, type Reason } from '../../domain/decision/decision.ts'
import { refusal } from '../../domain/failure/refusal.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { contractShareOf } from '../../domain/instrument/contract-share.ts'
import type { ClientOrderId, Side } from '../../domain/order/order.ts'
import type { TradeOutcome } from '../../domain/order/trade-command.ts'
import { assessEntry } from '../../domain/risk/assess-entry.ts'
import { afterEntryOrder } from '../../domain/risk/risk-state.ts'
import { epochMs, lots, type Lots, type Ticks } from '../../domain/units/units.ts'
import { accountWorth } from '../bot/account-equity.ts'
import { entryBlocks } from '../bot/entry-blocks.ts'
import { portfolioStanding, rememberWants, waitingEntries } from '../bot/watch-portfolio.ts'
import { heldOf, otherContractsMilli, workingEntries } from './account-view.ts'
import { writeCall, type TradeCall } from './trade-call.ts'

/** Lots that would be opened, and the prices they come with. */
export type EntryWish = Readonly<{
  symbol: string
  side: Side
  quantity: Lots
  limitPx?: Ticks | undefined
  stopPx?: Ticks | undefined
  targetPx?: Ticks | undefined
}>

export type EntryJudgement =
  | Readonly<{ kind: 'allowed'; quantity: Lots; notes: readonly Reason[]; markPx: Ticks; instrument: Instrument }>
  | Readonly<{ kind: 'denied'; reasons: readonly Reason[] }>

/** How an entry is judged other than by what is held and working now. */
type JudgedAs = Readonly<{
  /** Fewer lots than asked for make no sense: a limit on size then denies. */
  whole?: boolean
  /** Lots of the position it would add to, where they are others than now. */
  held?: Lots
  /** An order that is written down already and is what is judged: it is not counted beside itself. */
  but?: ClientOrderId
  /** What goes with it in other instruments and is not written down yet. */
  beside?: readonly Readonly<{ instrument: Instrument; lots: number }>[]
}>

/** Asks everything that can speak against opening lots: blocks of the bot and limits of the account, all reasons together. */
export function judgeEntry(
  { ctx: asked, book, at }: Pick<TradeCall, 'ctx' | 'book' | 'at'>,
  wish: EntryWish,
  { whole = false, held = heldOf(book, wish.symbol), but, beside = [] }: JudgedAs = {},
): EntryJudgement {
  const { symbol } = wish
  const ctx = asked.laneOf(symbol)
  const instrument = ctx.instrumentOf(symbol)
  const markPx = ctx.markOf(symbol)
  const bar = book.lanes[ctx.lane]?.lastBar ?? book.lastBar
  const seenAt = ctx.replaying && bar ? bar.time : ctx.now()
  const blocks = entryBlocks(ctx, book, ctx.sessions.sessionAt(seenAt))
  if (!instrument || markPx === undefined)
    return {
      kind: 'denied',
      reasons: [...blocks, { code: 'no-price', text: `no price of ${symbol} has been seen yet` }],
    }
  const verdict = assessEntry(
    ctx.risk,
    {
      side: wish.side,
      lots: wish.quantity,
      at,
      lastPx: markPx,
      lastBarEnd: epochMs((bar?.time ?? 0) + ctx.timeframeMs),
      timeframeMs: ctx.timeframeMs,
      limitPx: wish.limitPx,
      stopPx: wish.stopPx,
      targetPx: wish.targetPx,
    },
    {
      ...accountWorth(ctx, book),
      position: held,
      workingEntryLots: lots(workingEntries(book, symbol, undefined, but)),
      otherContractsMilli:
        otherContractsMilli(ctx, book, symbol) +
        beside.reduce((sum, one) => sum + one.lots * contractShareOf(one.instrument), 0),
      waitingEntries: waitingEntries(book, but),
      state: book.risk,
      portfolio: portfolioStanding(ctx, book, but),
    },
    instrument,
  )
  rememberWants(ctx, verdict)
  const against = verdict.kind === 'denied' || (whole && verdict.quantity < wish.quantity) ? verdict.reasons : undefined
  if (against === undefined && blocks.length === 0 && verdict.kind === 'allowed')
    return { kind: 'allowed', quantity: verdict.quantity, notes: verdict.reasons, markPx, instrument }
  // A limit that was reached is a block already; its reason is told once.
  const unsaid = (against ?? []).filter(({ code }) => !blocks.some((block) => block.code === code))
  return { kind: 'denied', reasons: [...blocks, ...unsaid] }
}

/**
 * Counts an entry that is about to be written against the limits on how often and how large. The decision to enter, which
 * is written with it, is what makes that durable.
 */
export function countEntry({ book, at }: TradeCall, instrument: Instrument, quantity: Lots): void {
  book.risk = afterEntryOrder(book.risk, at, quantity * contractShareOf(instrument))
}

/** Ends a call whose entry is denied: the decision not to trade is recorded with every reason. */
export function deny(
  call: TradeCall,
  wish: Pick<EntryWish, 'symbol' | 'side'>,
  reasons: readonly Reason[],
): TradeOutcome {
  const { ctx, ref } = call
  const text = reasons.map((reason) => reason.text.replace(/\.$/, '')).join('; ')
  const isUnreconciled = reasons.some(({ code }) => code === 'not-reconciled')
  const outcome: TradeOutcome = {
    kind: 'refused',
    refusal: refusal(
      isUnreconciled ? 'not-reconciled' : 'trade-blocked',
      `No ${tradeText(wish)}: ${text}.`,
      isUnreconciled
        ? 'Wait until the books agree with the broker; exits and cancels go on.'
        : `Why, with every number: slipway decisions ${ctx.trading.accountId}`,
    ),
    reasons,
  }
  writeCall(call, {
    decision: {
      action: 'hold',
      symbol: wish.symbol,
      side: wish.side,
      quantity: lots(0),
      price: ctx.markOf(wish.symbol),
    },
    reasons,
    outcome,
  })
  ctx.log.info('decision-hold', `No ${tradeText(wish)}: ${text}`, {
    decisionId: ref.signalId,
    reasons: reasons.map((reason) => reason.code),
  })
  return outcome
}
