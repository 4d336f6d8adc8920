import type { Session } from '../../domain/calendar/session.ts'
import type { Reason } from '../../domain/decision/decision.ts'
import { takenName, whyNotTold } from '../../domain/experience/feature-name.ts'
import type { Feed } from '../../domain/feed/feed.ts'
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
import { mayOpen, proposeTrade } from './propose-trade.ts'
import { showHoldings } from './show-holdings.ts'
import { watchHeldTrade } from './watch-held-trade.ts'
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
 * What is decided on it is decided when its time is over, in every market: so the venue is shown the bars of the same time
 * of all other lanes first. Else an order could be canceled, or closed for, in a minute in which it had filled already,
 * depending on which lane comes first.
 *
 * @param bar  may be reused by the caller once the result is there
 * @param feed where it comes from
 * @returns undefined when the bar is done, else a promise that ends when it is
 */
export function handleBar(ctx: BotContext, book: BotBook, bar: Bar, feed: Pick<Feed, 'beside'>): void | Promise<void> {
  const session = ctx.sessions.sessionAt(bar.time)
  if (isExposed(book) && !book.checkpointed) saveCheckpoint(ctx, book)
  const own = ctx.observe(bar, session?.date)
  const matching = feed.beside === undefined ? own : observeBeside(ctx, feed, own)
  if (matching) return matching.then(() => decide(ctx, book, bar, session))
  return decide(ctx, book, bar, session)
}

/** Shows the venue what the lanes that come later have of the same time; it ignores those bars when their turn comes. */
function observeBeside(ctx: BotContext, feed: Pick<Feed, 'beside'>, own: void | Promise<void>): void | Promise<void> {
  let before = own
  for (let lane = ctx.lane + 1; lane < ctx.lanes.length; lane++) {
    const bar = feed.beside?.(lane)
    if (!bar) continue
    const { observe, sessions } = ctx.lanes[lane]!
    const date = sessions.sessionAt(bar.time)?.date
    before = before ? before.then(() => observe(bar, date)) : observe(bar, date)
  }
  return before
}

function decide(ctx: BotContext, book: BotBook, bar: Bar, session: Session | undefined): void | Promise<void> {
  const lane = book.lanes[ctx.lane]!
  if (session && session.date !== lane.sessionDate) beginSession(ctx, lane, session)
  // A fill may have begun the day already, and not have ended what the day before had reached.
  if (bar.time >= book.riskDayCheck || book.breaches.length > 0) beginRiskDay(ctx, book, bar.time)
  const proposal = ctx.run.onBar(bar, session, showHoldings(ctx, book, lane))
  lane.see(bar)
  if (book.holding) watchHeldTrade(ctx, book, lane, bar)
  lane.checkpointed = false
  book.checkpointed = false
  book.barsSinceCheckpoint++
  const end = ctx.replaying ? bar.time + ctx.timeframeMs : ctx.now()
  // Asked here, because a number passed to a function that is not inlined is allocated, for every bar.
  if (book.riskDue || book.holding || end >= book.riskDayCheck) watchRisk(ctx, book, end as EpochMs)
  // What must be closed is closed whatever the strategy would do.
  const required = mayHaveToExit(ctx, book) ? exitWhereRequired(ctx, book) : undefined
  const work = required ?? (proposal && respond(ctx, book, bar, session, proposal))
  if (work) return work.then(() => afterBar(ctx, book))
  afterBar(ctx, book)
}

/**
 * Acts on a proposal, unless its bar is history: an order of the past would be filled at prices of today, so the
 * strategy looks on until it has caught up.
 */
function respond(
  ctx: BotContext,
  book: BotBook,
  bar: Bar,
  session: Session | undefined,
  proposal: Proposal,
): Promise<void> | undefined {
  // The venue is ahead of us: our state was restored from a backup older than its books. An uninterrupted bot is never
  // behind by a bar that it has something to do at.
  if (bar.time < book.lanes[ctx.lane]!.venueWasAt) {
    if (proposal.kind !== 'exit') lookOn(ctx, book, bar, proposal, VENUE_AHEAD)
    return undefined
  }
  const age = ctx.replaying ? 0 : ctx.now() - bar.time - ctx.timeframeMs
  if (age < ctx.timeframeMs || !mayOpen(proposal)) return act(ctx, book, bar, session, proposal)
  const text = `the bar ended ${Math.floor(age / 1_000)} s ago: it is seen, not traded`
  lookOn(ctx, book, bar, proposal, { code: 'stale-bar', text })
  return undefined
}

const VENUE_AHEAD: Reason = { code: 'venue-ahead', text: 'the broker has already passed this bar' }

function lookOn(ctx: BotContext, book: BotBook, bar: Bar, proposal: Proposal, why: Reason): void {
  const side = 'side' in proposal ? proposal.side : undefined
  const features = 'features' in proposal ? proposal.features : {}
  // The first reason names the setup; what else spoke for it would read as what spoke against.
  const setup = proposal.kind === 'hold' ? proposal.reasons : proposal.reasons.slice(0, 1)
  recordHold(ctx, book, bar, side, [...setup, why], features)
}

function act(
  ctx: BotContext,
  book: BotBook,
  bar: Bar,
  session: Session | undefined,
  proposal: Proposal,
): Promise<void> | undefined {
  if (mayOpen(proposal)) tellOfFeatures(ctx, proposal)
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

/** What goes to nobody is said: a setup would seem to be one that the pool knows nothing of. */
function tellOfFeatures(ctx: BotContext, proposal: Proposal): void {
  const taken = 'features' in proposal ? takenName(proposal.features) : undefined
  if (taken === undefined) return
  const what = 'the pool is not asked about this setup, and its trade contributes nothing'
  ctx.log.warn('feature-not-told', `${whyNotTold(taken)}: ${what}. Give it another name in the strategy`)
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
