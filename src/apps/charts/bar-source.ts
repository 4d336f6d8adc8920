import type { HomeLayout } from '../../adapters/home/layout.ts'
import {
  findSeries,
  openMarketDb,
  withSentences,
  BAR_COLUMNS,
  type RawBar,
} from '../../adapters/market-data/market-db.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { SessionClock } from '../../domain/calendar/session.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { generateSession } from '../../domain/market/generate-bars.ts'
import { storedTick, storedToTicks } from '../../domain/market/stored-bar.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'

/** Bars of an account's feed as its bot gets them, read again for a chart. */
export type BarSource = Readonly<{
  /** The newest bars that start in [from, to], oldest first. */
  newest: (from: number, to: number, most: number) => readonly Readonly<Bar>[]
  close: () => void
}>

type SourceRequest = Readonly<{
  layout: HomeLayout
  settings: AccountSettings
  instrument: Instrument
  sessions: SessionClock
  made: MadeSessions
}>

/**
 * Where an account's bars come from: the market data they are replayed from, or the market that seed and instrument make.
 *
 * @throws {Refused} the market data can't be read
 */
export function openBarSource(request: SourceRequest): BarSource {
  return request.settings.feed.kind === 'replay' ? storedBars(request) : madeBars(request, request.settings.feed.seed)
}

function storedBars({ layout, settings, instrument }: SourceRequest): BarSource {
  const db = openMarketDb(layout, 'read')
  try {
    const series = withSentences(db.role, () => findSeries(db, instrument.symbol, settings.timeframe))
    const tick = storedTick(instrument)
    const read =
      series &&
      db.sql
        .prepare<[number, number, number, number], RawBar>(
          `SELECT ${BAR_COLUMNS} FROM bars WHERE series = ? AND time >= ? AND time <= ? ORDER BY time DESC LIMIT ?`,
        )
        .raw()
    return {
      newest: (from, to, most) => {
        if (!read || !series || most < 1) return []
        const rows = withSentences(db.role, () => read.all(series.id, from, to, most) as unknown as RawBar[])
        return rows.reverse().map((row) => barOf(row, tick))
      },
      close: () => db.close(),
    }
  } catch (error) {
    db.close()
    throw error
  }
}

function barOf([time, open, high, low, close, volume]: RawBar, tick: number): Bar {
  const price = (stored: number) => storedToTicks(stored, tick)
  return { time: epochMs(time), open: price(open), high: price(high), low: price(low), close: price(close), volume }
}

/** Sessions of made-up markets that were made lately: a chart that follows a market asks for the same one every time. */
export type MadeSessions = Map<string, readonly Bar[]>

/** Sessions kept: of one that lasts a day some 100 kB each. */
const MOST_KEPT = 16

function madeBars({ settings, instrument, sessions, made }: SourceRequest, seed: number): BarSource {
  // Nobody traded this market before there was the account, but for the hour a new bot is given to find its feet.
  const began = Date.parse(settings.createdAt) - 3_600_000
  const sessionOf = (at: number): { open: EpochMs; bars: readonly Bar[] } | undefined => {
    const session = sessions.sessionAt(epochMs(at))
    if (!session) return undefined
    const key = `${instrument.symbol}/${seed}/${session.open}-${session.close}`
    const bars = made.get(key) ?? generateSession(instrument, seed, session)
    made.delete(key)
    made.set(key, bars)
    for (const oldest of made.keys()) if (made.size > MOST_KEPT) made.delete(oldest)
    return { open: session.open, bars }
  }
  return {
    newest: (from, to, most) => {
      const first = Math.max(from, began)
      const parts: Bar[][] = []
      let left = most
      for (let at = to; at >= first && left > 0;) {
        const session = sessionOf(at)
        if (!session) break
        const bars = session.bars.filter(({ time }) => time >= first && time <= to).slice(-left)
        parts.unshift(bars)
        left -= bars.length
        at = session.open - 1
      }
      return parts.flat()
    },
    close: () => undefined,
  }
}
