import type { Reason } from '../../domain/decision/decision.ts'
import { blackoutText } from '../../domain/risk/blackout.ts'
import { endsWithDay, judgeWorth, stands, type Breach, type Trip } from '../../domain/risk/judge-worth.ts'
import { beginDay, raiseMark, resumeDrawdown, startAnew, type RiskState } from '../../domain/risk/risk-state.ts'
import { durationMs, epochMs, type EpochMs } from '../../domain/units/units.ts'
import { accountWorth } from './account-equity.ts'
import type { BotBook } from './bot-book.ts'
import { marketNow, type BotContext } from './bot-context.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { lossTrips } from './watch-portfolio.ts'

/** The state of the limits with its day begun, if another has by `at`. A day never begins twice, nor goes back. */
export function withDayOf(ctx: BotContext, book: BotBook, at: EpochMs): RiskState {
  const { risk } = book
  const rules = ctx.risk
  // An edited boundary must not end a day early and forget what was lost in it.
  const day = rules.daysOf(risk.boundary || rules.boundary).dayAt(at)
  book.riskDayCheck = day?.end ?? at
  if (!day || day.start <= risk.dayStart) return risk
  const next = risk.boundary === rules.boundary ? day : (rules.daysOf(rules.boundary).dayAt(at) ?? day)
  book.riskDayCheck = next.end
  const begun = { ...next, start: epochMs(Math.max(day.start, next.start)) }
  return beginDay(risk, begun, rules.boundary, accountWorth(ctx, book))
}

/** Puts a new state of the limits into the book; the next checkpoint makes it durable. */
export function keepRisk(book: BotBook, state: RiskState): void {
  if (state === book.risk) return
  book.risk = state
  book.riskChanged = true
}

/**
 * Holds the account against its limits at the close of a bar: the bar counts for the day it is in, what is decided at
 * its end for the day that end is in.
 *
 * A limit that is reached becomes a breach, durable together with the place in the feed. There is nothing to do while
 * the account is flat, no fill has come and the day goes on.
 */
export function watchRisk(ctx: BotContext, book: BotBook, barEnd: EpochMs): void {
  if (book.riskDue || book.holding) judge(ctx, book, book.lastBar?.time ?? barEnd)
  if (barEnd >= book.riskDayCheck) beginRiskDay(ctx, book, barEnd)
}

/**
 * The same between two bars, by the clock and the prices known: a fill has realised something, the clock or an option's
 * quote has moved on, and no bar may come for days. A replay has no time between its bars.
 */
export function watchRiskBetweenBars(ctx: BotContext, book: BotBook): void {
  if (ctx.replaying) return
  const now = ctx.now()
  if (now >= book.riskDayCheck || book.breaches.length > 0) beginRiskDay(ctx, book, now)
  if (book.riskDue || book.holding) judge(ctx, book, now)
  // No bar may come that would save it with its place in the feed.
  if (book.riskChanged) ctx.store.transact(() => saveRisk(ctx, book))
}

/** True where limits should be judged although neither a bar nor a fill has come. Writes nothing. */
export function isRiskDue(ctx: BotContext, book: BotBook): boolean {
  if (ctx.replaying) return false
  if (book.riskDue) return true
  if (!book.holding || !ctx.risk.watchesWorth) return false
  const { limits } = ctx.risk
  const worth = accountWorth(ctx, book)
  const trips = judgeWorth(raiseMark(book.risk, worth.equityMinor, limits), worth, limits, ctx.instrument.currency)
  return unknownOf(book, trips).length > 0
}

function saveRisk(ctx: BotContext, book: BotBook): void {
  ctx.store.saveRisk(book.risk)
  book.riskChanged = false
}

function unknownOf(book: BotBook, trips: readonly Trip[]): readonly Trip[] {
  return trips.filter(({ rule }) => !book.breaches.some((known) => known.rule === rule))
}

/** Begins another day of the limits if one has begun by `at`, and ends the breaches whose time is over. */
export function beginRiskDay(ctx: BotContext, book: BotBook, at: EpochMs): void {
  keepRisk(book, withDayOf(ctx, book, at))
  if (book.breaches.length > 0) releaseBreaches(ctx, book, at)
}

/** @param dayOf an instant of the day that is judged: with it end the breaches that end by themselves */
function judge(ctx: BotContext, book: BotBook, dayOf: EpochMs): void {
  book.riskDue = false
  const across = lossTrips(ctx)
  if (across.length > 0) breach(ctx, book, across, dayOf)
  if (!ctx.risk.watchesWorth) return
  const { limits } = ctx.risk
  const worth = accountWorth(ctx, book)
  keepRisk(book, raiseMark(book.risk, worth.equityMinor, limits))
  const trips = judgeWorth(book.risk, worth, limits, ctx.instrument.currency)
  if (trips.length > 0) breach(ctx, book, trips, dayOf)
}

function breach(ctx: BotContext, book: BotBook, trips: readonly Trip[], dayOf: EpochMs): void {
  const bar = book.lastBar
  const at = marketNow(ctx, bar)
  const fresh = unknownOf(book, trips)
  if (fresh.length === 0) return
  // Its end is fixed now: an edited boundary or limit does not move it.
  const dayEnd = ctx.risk.daysOf(book.risk.boundary || ctx.risk.boundary).nextStart(dayOf)
  const written = ctx.store.transact(() => {
    saveCheckpoint(ctx, book)
    // Without a bar there is no place to save, and the breach stands all the same.
    if (book.riskChanged) saveRisk(ctx, book)
    return fresh.map(({ rule, text }) =>
      ctx.store.insertBreach({
        rule,
        at,
        barTime: bar?.time ?? at,
        until: endsWithDay(rule, ctx.risk.limits) ? dayEnd : undefined,
        text,
      }),
    )
  })
  book.breaches = [...book.breaches, ...written]
  for (const { rule, text, until, id } of written)
    ctx.log.error('risk-breach', `Limit reached: ${text}. Positions are closed and no entries made.`, {
      rule,
      breach: id,
      until: until === undefined ? 'cleared by a person' : new Date(until).toISOString(),
    })
  ctx.changed()
}

function releaseBreaches(ctx: BotContext, book: BotBook, now: EpochMs): void {
  const standing = book.breaches.filter((known) => stands(known, now))
  if (standing.length === book.breaches.length) return
  for (const { rule, id } of book.breaches)
    if (!standing.some((known) => known.id === id))
      ctx.log.info('risk-released', `The time of a reached limit (${rule}) is over`, { rule, breach: id })
  const isDrawdownOver = book.breaches.some((known) => known.rule === 'trailing-drawdown' && !stands(known, now))
  if (isDrawdownOver) keepRisk(book, resumeDrawdown(book.risk, accountWorth(ctx, book).equityMinor, ctx.risk.limits))
  book.breaches = standing
  ctx.changed()
}

/** Breaches as reasons, with when they end; those whose time is over are left out. */
export function breachReasons(ctx: BotContext, book: BotBook): readonly Reason[] {
  if (book.breaches.length === 0) return book.breaches as readonly never[]
  const now = marketNow(ctx, book.lastBar)
  return book.breaches
    .filter((known) => stands(known, now))
    .map((known) => ({ code: known.rule, text: `${known.text}; ${endText(ctx, known)}` }))
}

function endText(ctx: BotContext, { id, until }: Breach): string {
  if (until !== undefined)
    return `no entries before ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC (day: ${ctx.risk.boundary})`
  return `no entries until a person clears it (slipway account edit ${ctx.trading.accountId} --set risk.clearBreach=${id}, then restart)`
}

/** Why nothing may be held now; empty when something may. */
export function mustExitReasons(ctx: BotContext, book: BotBook): readonly Reason[] {
  const killed = ctx.outside?.killed()
  const reasons = killed ? [killed, ...breachReasons(ctx, book)] : breachReasons(ctx, book)
  const { flatTimes, blackouts } = ctx.risk
  const now = marketNow(ctx, book.lastBar)
  const timed: Reason[] = []
  const flat = flatTimes?.why(now, ctx.timeframeMs)
  if (flat !== undefined) timed.push({ code: 'must-be-flat', text: flat })
  if (blackouts?.flat) {
    const verdict = blackouts.verdict(now, durationMs(ctx.timeframeMs))
    if (verdict.kind === 'blackout') timed.push({ code: 'blackout', text: blackoutText(verdict.window) })
  }
  return timed.length === 0 ? reasons : [...reasons, ...timed]
}

/** True when `mustExitReasons` is worth asking: something is held or working, and some rule could be against it. */
export function mayHaveToExit(ctx: BotContext, book: BotBook): boolean {
  // Asked at every bar: with nothing open there is nothing to ask.
  if (!book.holding && book.opens.size === 0) return false
  const { flatTimes, blackouts } = ctx.risk
  const isFree = book.breaches.length === 0 && flatTimes === undefined && !blackouts?.flat && !ctx.outside?.killed()
  return !isFree && (book.holding || book.workingEntryLots() > 0)
}

/**
 * Ends a breach that only a person can end, because a person said so; recorded in state and log. Drawdown and profit
 * target count from the present equity afterwards.
 *
 * @param id as the breach's sentence names it; one that is not standing, or that ends by itself, changes nothing
 */
export function clearBreach(ctx: BotContext, book: BotBook, id: number): void {
  const known = book.breaches.find((candidate) => candidate.id === id)
  if (!known) return
  if (known.until !== undefined) {
    ctx.log.warn('risk-not-cleared', `Breach ${id} (${known.rule}) ends by itself and can't be cleared before`)
    return
  }
  const anew = startAnew(book.risk, accountWorth(ctx, book).equityMinor)
  ctx.store.transact(() => {
    ctx.store.clearBreach(id, ctx.now())
    ctx.store.saveRisk(anew)
  })
  book.risk = anew
  book.breaches = book.breaches.filter((candidate) => candidate !== known)
  ctx.log.warn('risk-cleared', `Breach ${id} (${known.rule}) was cleared by a person: ${known.text}`, { breach: id })
}
