import type { Session } from '../../domain/calendar/session.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { generateSession } from '../../domain/market/generate-bars.ts'
import { storedTick } from '../../domain/market/stored-bar.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'
import { BarWriter } from './bar-writer.ts'
import { marketDbFailure, type MarketDb } from './market-db.ts'

export type GenerateContext = Readonly<{
  /** Opened for writing. */
  db: MarketDb
  now: () => EpochMs
  instrument: Instrument
  /** Sessions that touch [from, to], ascending. */
  sessionsBetween: (from: EpochMs, to: EpochMs) => readonly Session[]
}>

export type GenerateRequest = Readonly<{
  /** How many sessions, the last one being the last that has closed; 1 to 5000. */
  days: number
  /** Whole number, 0 to 2^32 - 1. The same seed gives the same bars for the same session, always. */
  seed: number
}>

export type GenerateReport = Readonly<{
  symbol: string
  timeframe: '1m'
  seed: number
  sessions: number
  bars: number
  added: number
  alreadyThere: number
  from: EpochMs
  to: EpochMs
}>

const DAY_MS = 86_400_000
const MOST_DAYS = 5_000

/**
 * Stores made-up one-minute bars of the last sessions, in one transaction.
 *
 * @throws {Refused} 'setting-invalid' | 'data-missing' (so few sessions are known) | 'data-bad-rows' (other bars are
 *   there already; nothing is stored) | 'disk-full' | 'timed-out'
 */
export function generateSeries(ctx: GenerateContext, { days, seed }: GenerateRequest): GenerateReport {
  refuseOdd(days, seed)
  const { instrument } = ctx
  const sessions = lastSessions(ctx, days)
  const tick = storedTick(instrument)
  const writer = new BarWriter(ctx.db, instrument.symbol, '1m')
  let bars = 0
  let last = 0
  try {
    for (const session of sessions)
      for (const bar of generateSession(instrument, seed, session)) {
        const stored = writer.add(
          bar.time,
          bar.open * tick,
          bar.high * tick,
          bar.low * tick,
          bar.close * tick,
          bar.volume,
        )
        if (stored === 'differs') refuseOtherBars(instrument, bar.time)
        bars++
        last = bar.time
      }
    writer.commit({ source: `generated (seed ${seed})`, at: ctx.now(), rows: bars, bad: 0 })
  } catch (error) {
    writer.rollback()
    throw marketDbFailure(error, ctx.db.role)
  }
  return {
    symbol: instrument.symbol,
    timeframe: '1m',
    seed,
    sessions: sessions.length,
    bars,
    added: writer.added,
    alreadyThere: writer.alreadyThere,
    from: epochMs(sessions[0]?.open ?? 0),
    to: epochMs(last),
  }
}

function lastSessions(ctx: GenerateContext, days: number): readonly Session[] {
  const now = ctx.now()
  // Five sessions a week at least, and three weeks more than any run of holidays.
  const span = Math.ceil((days * 7) / 5) + 21
  const closed = ctx.sessionsBetween(epochMs(now - span * DAY_MS), now).filter(({ close }) => close <= now)
  if (closed.length < days)
    refuse(
      'data-missing',
      `The calendar of ${ctx.instrument.symbol} has only ${closed.length} sessions in the last ${span} days.`,
      'Ask for fewer days.',
    )
  return closed.slice(-days)
}

function refuseOdd(days: number, seed: number): void {
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    refuse(
      'setting-invalid',
      `${days} is no number of days to generate.`,
      `Give a whole number from 1 to ${MOST_DAYS}.`,
    )
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff)
    refuse('setting-invalid', `${seed} is no seed.`, 'Give a whole number from 0 to 4294967295.')
}

function refuseOtherBars({ symbol }: Instrument, time: EpochMs): never {
  refuse(
    'data-bad-rows',
    `There are other 1m bars of ${symbol} already (at ${new Date(time).toISOString()}), imported or made with another seed.`,
    'Bars are never replaced: generate with the same seed, or for another symbol.',
  )
}
