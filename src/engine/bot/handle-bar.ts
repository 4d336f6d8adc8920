import type { Session } from '../../domain/calendar/session.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { Proposal } from '../../domain/strategy/strategy.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { assertNever } from '../../domain/units/assert-never.ts'
import { isExposed, type BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { enterPosition, recordHold } from './enter-position.ts'
import { exitPosition } from './exit-position.ts'
import { exitWhereRequired } from './exit-required.ts'
import type { LaneBook } from './lane-book.ts'
import { proposeTrade } from './propose-trade.ts'
import { showHoldings } from './show-holdings.ts'
import { beginRiskDay, mayHaveToExit, watchRisk } from './watch-risk.ts'

/** How many uneventful bars may pass between two checkpoints of a bot without position or orders. */
const IDLE_BARS_PER_CHECKPOINT = 500

/**
 * Takes one closed bar through the bot: venue, strategy, decision, orders.
 *
 * Order matters for exactness after a crash. While the venue may act on this account, the bar before is made durable
 * before the venue sees this one; so the broker's books are never more than one bar ahead of ours, and a bot that
 * starts again sees at each bar exactly what it would have seen without the crash.
 *
 * @param bar may be reused by the caller once the result is there
 * @returns undefined when the bar is done, else a promise that ends when it is
 */
export function handleBar(ctx: BotContext, book: BotBook, bar: Bar): void | Promise<void> {
  const session = ctx.sessions.sessionAt(bar.time)
  if (isExposed(book) && !book.checkpointed) saveCheckpoint(ctx, book)
  const matching = ctx.observe(bar, session?.date)
  if (matching) return matching.then(() => decide(ctx, book, bar, session))
  return decide(ctx, book, bar, session)
}

function decide(ctx: BotContext, book: BotBook, bar: Bar, session: Session | undefined): void | Promise<void> {
  const lane = book.lanes[ctx.lane]!
  if (session && session.date !== lane.sessionDate) beginSession(ctx, lane, session)
  if (bar.time >= book.riskDayCheck) beginRiskDay(ctx, book, bar.time)
  const proposal = ctx.run.onBar(bar, session, showHoldings(ctx, book, lane))
  lane.see(bar)
  lane.checkpointed = false
  book.checkpointed = false
  book.barsSinceCheckpoint++
  const end = ctx.replaying ? bar.time + ctx.timeframeMs : ctx.now()
  // Asked here, because a number passed to a function that is not inlined is allocated, for every bar.
  if (book.riskDue || book.holding || end >= book.riskDayCheck) watchRisk(ctx, book, end as EpochMs)
  // What must be closed is closed whatever the strategy would do.
  const required = mayHaveToExit(ctx, book) ? exitWhereRequired(ctx, book) : undefined
  const work = required ?? (proposal && (isPast(lane, bar) ? actInPast : act)(ctx, book, bar, session, proposal))
  if (work) return work.then(() => afterBar(ctx, book))
  afterBar(ctx, book)
}

/**
 * True where the venue is ahead of us: our state was restored from a backup older than its books. An uninterrupted bot is
 * never behind by a bar that it has something to do at.
 */
function isPast(lane: LaneBook, bar: Bar): boolean {
  return bar.time < lane.venueWasAt
}

/** An order of the past would be filled at prices of today: the strategy looks on until it has caught up. */
function actInPast(
  ctx: BotContext,
  book: BotBook,
  bar: Bar,
  _session: Session | undefined,
  proposal: Proposal,
): undefined {
  if (proposal.kind === 'exit') return
  const passed = { code: 'venue-ahead', text: 'the broker has already passed this bar' }
  const side = proposal.kind === 'trade' ? undefined : proposal.side
  recordHold(ctx, book, bar, side, [...proposal.reasons, passed], proposal.features)
}

function act(
  ctx: BotContext,
  book: BotBook,
  bar: Bar,
  session: Session | undefined,
  proposal: Proposal,
): Promise<void> | undefined {
  switch (proposal.kind) {
    case 'hold':
      recordHold(ctx, book, bar, proposal.side, proposal.reasons, proposal.features)
      return undefined
    case 'enter':
      return enterPosition(ctx, book, bar, session, proposal)
    case 'exit':
      return exitPosition(ctx, book, proposal.reason, proposal.reasons)
    case 'trade':
      return proposeTrade(ctx, book, bar, proposal)
    default:
      return assertNever(proposal)
  }
}

function afterBar(ctx: BotContext, book: BotBook): void {
  for (const warning of ctx.run.takeWarnings()) ctx.log.warn(warning.code, warning.text)
  // Real time has a minute to spare for each bar; only a fast replay saves commits.
  if (!ctx.replaying || book.barsSinceCheckpoint >= IDLE_BARS_PER_CHECKPOINT) saveCheckpoint(ctx, book)
}

function beginSession(ctx: BotContext, lane: LaneBook, session: Session): void {
  lane.sessionDate = session.date
  lane.day = ctx.store.day(lane.instrument.symbol, session.date)
}
