import { homeCalendar } from '../../adapters/calendar/home-calendar.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { readPlace } from '../../adapters/state-db/read-place.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { ChartBarRow, ChartBarsAnswer } from '../../contracts/launcher/charts.ts'
import type { SessionClock } from '../../domain/calendar/session.ts'
import { chartBars, type ChartBar } from '../../domain/chart/chart-bars.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { TIMEFRAMES, type Bar, type Timeframe } from '../../domain/market/bar.ts'
import { VWAP_BOUNCE_PARAMETERS } from '../../domain/strategy/vwap-bounce/parameters.ts'
import { openAccountSessions } from '../bot/open-account-feed.ts'
import { resolveAccountInstruments } from '../bot/resolve-account.ts'
import { openBarSource, type BarSource, type MadeSessions } from './bar-source.ts'

export type ChartContext = Readonly<{
  layout: HomeLayout
  /** Start of the last bar that a running bot says it has taken, epoch ms. */
  lastBarOf: (settings: AccountSettings) => number | undefined
  made: MadeSessions
}>

export type BarsQuery = Readonly<{
  symbol?: string | undefined
  timeframe?: Timeframe | undefined
  limit: number
  before?: number | undefined
  from?: number | undefined
}>

/** Bars of the feed read for one answer: reading and putting them together takes some 30 ms. */
const MOST_READ = 30_000
/** Distance of the bands where the account does not say: that of the strategy that trades them. */
const USUAL_BANDS = VWAP_BOUNCE_PARAMETERS.find(({ name }) => name === 'bandSigma')!.default

/**
 * What a chart of an account shows: bars its bot has taken, put together into the timeframe asked for.
 *
 * @throws {Refused} 'symbol-unknown' | 'setting-invalid' | 'bad-usage' | the market data or the state can't be read
 */
export function readChartBars(ctx: ChartContext, settings: AccountSettings, query: BarsQuery): ChartBarsAnswer {
  if (query.before !== undefined && query.from !== undefined)
    refuse('bad-usage', 'Bars are asked for before a time or from one on, not both.', 'Leave one of them out.')
  const { traded } = resolveAccountInstruments(ctx.layout, settings)
  const instrument = instrumentOf(traded, query.symbol, settings)
  const timeframe = timeframeOf(query.timeframe, settings)
  const place = placeOf(ctx, settings, instrument)
  const about = {
    symbol: instrument.symbol,
    symbols: traded.map(({ symbol }) => symbol),
    timeframe,
    timeframes: timeframesOf(settings),
    tickUnits: instrument.tickUnits,
    priceDigits: instrument.priceDigits,
    zone: instrument.session.zone,
    bandSigma: bandSigmaOf(settings),
    lastBarAt: place === undefined ? null : new Date(place).toISOString(),
  }
  if (place === undefined) return { ...about, bars: [], sessions: [], older: false, gap: false }
  const sessions = openAccountSessions({ settings, instrument, facts: homeCalendar(ctx.layout) })
  const source = openBarSource({ ...ctx, settings, instrument, sessions })
  try {
    return { ...about, ...windowOf(source, sessions, settings, query, timeframe, place) }
  } finally {
    source.close()
  }
}

function windowOf(
  source: BarSource,
  sessions: SessionClock,
  settings: AccountSettings,
  { limit, before, from }: BarsQuery,
  timeframe: Timeframe,
  place: number,
): Pick<ChartBarsAnswer, 'bars' | 'sessions' | 'older' | 'gap'> {
  const spanMs = TIMEFRAMES[timeframe]
  const baseMs = TIMEFRAMES[settings.timeframe]
  const since = replayStart(settings)
  const to = before === undefined ? place : Math.min(place, before - 1)
  const most = Math.min(MOST_READ, Math.ceil((limit * spanMs) / baseMs))
  const read = source.newest(Math.max(since, from ?? 0), to, most)
  const whole = fromSessionOpen(source, sessions, read, since)
  const made = chartBars(whole, spanMs, sessions)
  const first = made.bars.findIndex(({ time }) => time >= (from ?? 0))
  const asked = first < 0 ? [] : made.bars.slice(first)
  const bars = asked.slice(-limit)
  const [oldest] = bars
  return {
    bars: bars.map(rowOf),
    sessions: made.sessions
      .filter(({ close }) => oldest !== undefined && close > oldest.time)
      .map(({ date, open, close }) => ({ date, open, close })),
    older: oldest !== undefined && source.newest(since, oldest.time - 1, 1).length > 0,
    gap: from !== undefined && oldest !== undefined && oldest.time > from,
  }
}

/** The same with the bars before the first one that are of its session: its longer bars and its VWAP begin with them. */
function fromSessionOpen(
  source: BarSource,
  sessions: SessionClock,
  bars: readonly Readonly<Bar>[],
  since: number,
): readonly Readonly<Bar>[] {
  const [first] = bars
  const session = first && sessions.sessionAt(first.time)
  if (!first || !session || first.time <= session.open) return bars
  return [...source.newest(Math.max(since, session.open), first.time - 1, MOST_READ), ...bars]
}

function rowOf({ time, open, high, low, close, volume, vwap, sigma }: ChartBar): ChartBarRow {
  return [time, open, high, low, close, volume, rounded(vwap), rounded(sigma)]
}

/** A thousandth of a tick is far below a pixel, and a third of the digits. */
function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1_000) / 1_000
}

function instrumentOf(
  traded: readonly Instrument[],
  symbol: string | undefined,
  { accountId }: AccountSettings,
): Instrument {
  const found = symbol === undefined ? traded[0] : traded.find((one) => one.symbol === symbol)
  return (
    found ??
    refuse(
      'symbol-unknown',
      `The account ${accountId} does not follow ${JSON.stringify(symbol)}.`,
      `It follows ${traded.map((one) => one.symbol).join(', ')}.`,
    )
  )
}

function timeframesOf({ timeframe }: AccountSettings): Timeframe[] {
  return (Object.keys(TIMEFRAMES) as Timeframe[]).filter((one) => TIMEFRAMES[one] >= TIMEFRAMES[timeframe])
}

function timeframeOf(asked: Timeframe | undefined, settings: AccountSettings): Timeframe {
  const possible = timeframesOf(settings)
  if (asked === undefined || possible.includes(asked)) return asked ?? settings.timeframe
  return refuse(
    'setting-invalid',
    `The account ${settings.accountId} has ${settings.timeframe} bars; ${asked} bars can't be made of them.`,
    `Choose one of ${possible.join(', ')}.`,
  )
}

/** Where the bot is: what it says while it runs, or what it made durable, whichever is further on. */
function placeOf(ctx: ChartContext, settings: AccountSettings, { symbol }: Instrument): number | undefined {
  const said = ctx.lastBarOf(settings)
  const kept = readPlace(ctx.layout, settings.accountId, `${symbol}:${settings.timeframe}`)
  return said === undefined || (kept !== undefined && kept > said) ? kept : said
}

function replayStart({ feed }: AccountSettings): number {
  return feed.kind === 'replay' && feed.from !== undefined ? Date.parse(feed.from) : 0
}

function bandSigmaOf({ parameters }: AccountSettings): number {
  return parameters.bandSigma ?? USUAL_BANDS
}
