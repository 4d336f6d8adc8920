import type { Admission } from '../../../adapters/cloud-redis/window-script.ts'
import type { RateBudgets } from '../../../domain/rate/budgets.ts'
import {
  RATE_SUBJECTS,
  type RateAsk,
  type RateLimiter,
  type RateSubject,
  type RateVerdict,
} from '../../../domain/rate/rate-limiter.ts'
import { judgeWindow } from '../../../domain/rate/sliding-window.ts'

export type LocalLimiterParts = Readonly<{
  budgets: RateBudgets
  /** A clock that never goes back, milliseconds. */
  elapsed: () => number
  /** How many instances share a budget among them; 1 where this is the only one. */
  instances?: () => number
}>

/** What this process has let in within the last window, and who decided it. */
export interface LocalLimiter extends RateLimiter {
  /** Notes a request that somebody else has let in. */
  note(asks: readonly RateAsk[], name: string): void
  /** As take, under a name that `drain` tells. */
  takeAs(asks: readonly RateAsk[], name: string): RateVerdict
  /** Requests of the last window, by budget: all of them, or those that nobody else knows of. */
  recall(which: 'all' | 'own'): readonly Readonly<{ ask: RateAsk; admissions: readonly Admission[] }>[]
  /** The others know of these now. */
  shared(ask: RateAsk, names: ReadonlySet<string>): void
}

/** Budgets of each subject that are kept; of more, one is forgotten that was not asked for of late. */
const MOST_BUDGETS = 50_000
const SWEEP_EVERY = 10_000
/** Times are forgotten so many at once: what no longer matters does no harm. */
const FORGET_AT = 16
const NEVER: readonly number[] = []

type Log = {
  readonly ask: RateAsk
  /** Oldest first; each with the name of its request. */
  times: number[]
  names: string[]
  own: Set<string>
  /** Asked for again since it was made or last spared. */
  isUsed: boolean
}
type Book = Map<string, Log>

/** The limiter of one process: exact for what this process lets in. */
export function createLocalLimiter({ budgets, elapsed, instances = () => 1 }: LocalLimiterParts): LocalLimiter {
  // By subject, then by key: to put both into one text for each request would take longer than to decide.
  const books = Object.fromEntries(RATE_SUBJECTS.map((subject) => [subject, new Map()])) as Record<RateSubject, Book>
  let taken = 0

  const ruleOf = ({ subject }: RateAsk) => ({
    limit: Math.max(1, Math.floor(budgets[subject].limit / Math.max(1, instances()))),
    windowMs: budgets[subject].windowMs,
  })
  const logOf = (ask: RateAsk): Log => {
    const book = books[ask.subject]
    let log = book.get(ask.key)
    if (!log) {
      if (book.size >= MOST_BUDGETS) makeRoom(book)
      book.set(ask.key, (log = { ask, times: [], names: [], own: new Set<string>(), isUsed: false }))
    }
    return log
  }
  const forget = (log: Log, count: number): void => {
    if (count === 0) return
    log.times.splice(0, count)
    for (const name of log.names.splice(0, count)) log.own.delete(name)
  }
  const expire = (log: Log, now: number): void =>
    forget(log, judgeWindow(log.times, now, budgets[log.ask.subject]).expired)
  const sweep = (now: number): void => {
    for (const book of Object.values(books))
      for (const [key, log] of book) {
        expire(log, now)
        if (log.times.length === 0) book.delete(key)
      }
  }
  const add = (log: Log, name: string, now: number, own: boolean): void => {
    // Once is passing by.
    log.isUsed ||= log.times.length > 0
    log.times.push(now)
    log.names.push(name)
    if (own && name !== '') log.own.add(name)
    if (++taken % SWEEP_EVERY === 0) sweep(now)
  }
  const takeAs = (asks: readonly RateAsk[], name: string): RateVerdict => {
    const now = elapsed()
    let remaining = Number.MAX_SAFE_INTEGER
    let [waitMs, refusedBy]: [number, RateAsk | undefined] = [0, undefined]
    for (const ask of asks) {
      const log = books[ask.subject].get(ask.key)
      const verdict = judgeWindow(log?.times ?? NEVER, now, ruleOf(ask))
      if (log && verdict.expired >= FORGET_AT) forget(log, verdict.expired)
      remaining = Math.min(remaining, verdict.remaining)
      if (!verdict.allowed && verdict.retryAfterMs > waitMs) [waitMs, refusedBy] = [verdict.retryAfterMs, ask]
    }
    if (refusedBy !== undefined) {
      return { allowed: false, remaining: 0, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)), refusedBy }
    }
    // Only now, so that who is turned away leaves nothing behind.
    for (const ask of asks) add(logOf(ask), name, now, true)
    return { allowed: true, remaining, retryAfterSeconds: 0, refusedBy: undefined }
  }
  return {
    take: (asks) => takeAs(asks, ''),
    takeAs,
    note(asks, name) {
      const now = elapsed()
      for (const ask of asks) {
        const log = logOf(ask)
        expire(log, now)
        add(log, name, now, false)
      }
    },
    recall(which) {
      const now = elapsed()
      const found: { ask: RateAsk; admissions: Admission[] }[] = []
      for (const log of Object.values(books).flatMap((book) => [...book.values()])) {
        expire(log, now)
        const admissions = log.names.flatMap((name, at) =>
          which === 'all' || log.own.has(name) ? [{ name, ageMs: now - log.times[at]! }] : [],
        )
        if (admissions.length > 0) found.push({ ask: log.ask, admissions })
      }
      return found
    },
    shared(ask, names) {
      const log = books[ask.subject].get(ask.key)
      for (const name of names) log?.own.delete(name)
    },
  }
}

/** Goes round: what was asked for since it came by has another round. */
function makeRoom(book: Book): void {
  for (const [key, log] of book) {
    book.delete(key)
    if (!log.isUsed) return
    log.isUsed = false
    book.set(key, log)
  }
}
