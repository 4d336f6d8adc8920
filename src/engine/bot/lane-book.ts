import type { AccountStore, Checkpoint, DayRecord } from '../../domain/account/account-store.ts'
import type { HeldTrade } from '../../domain/experience/held-trade.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { Position } from '../../domain/position/position.ts'
import type { HeldPosition, PositionView } from '../../domain/strategy/strategy.ts'
import { epochMs, lots, type EpochMs } from '../../domain/units/units.ts'

/**
 * What a bot holds in memory of one of the instruments it watches: a lane has a feed, a strategy and a place in time of
 * its own; money, orders and limits are the account's.
 */
export type LaneBook = {
  readonly instrument: Instrument
  readonly series: string
  /** Copy of the last bar the strategy has seen; undefined before the first. */
  readonly lastBar: Readonly<Bar> | undefined
  /** The feed begins after this time; undefined: at its own beginning. */
  readonly startsAfter: EpochMs | undefined
  sessionDate: string | undefined
  /** Trades of the present session in the instrument and the options on it. */
  day: DayRecord
  /** The venue had matched up to this bar when we began, epoch ms: what we see before it is its past. */
  venueWasAt: number
  /** True when everything up to `lastBar` is durable. */
  checkpointed: boolean
  /** How the open trade in the instrument has gone, or the last one that was open; see watch-held-trade.ts. */
  held: HeldTrade | undefined
  /** A trade that was opened before anybody watched it: how it went is not known. */
  readonly unwatched: string | undefined
  /** What the strategy is shown of the account; one object, refilled at every bar. */
  readonly view: { -readonly [K in keyof PositionView]: PositionView[K] }
  /** Takes a copy of a bar the strategy has now seen. */
  see(bar: Bar): void
}

/** Shown while nothing is held, so that showing it allocates nothing. */
export const NOTHING_HELD: readonly HeldPosition[] = Object.freeze([])

/** What a lane follows. */
export type Watched = Readonly<{ instrument: Instrument; series: string }>

/**
 * A lane as the account's durable state has it. One that was never followed, or not lately, begins where the account is:
 * time never goes back in an account.
 *
 * @param watched all lanes, in their order
 * @param index   the one to load
 */
export function loadLane(
  store: AccountStore,
  watched: readonly Watched[],
  index: number,
  places: readonly Checkpoint[],
  onSeen: (lane: LaneBook) => void,
): LaneBook {
  const { instrument, series } = watched[index]!
  const place = placeIn(places, series)
  // Another timeframe, or an earlier time here, still tells a price of the instrument.
  const told = place ?? newestOf(places.filter((known) => known.series.startsWith(`${instrument.symbol}:`)))
  // Fields and no accessors, which would make V8 keep it as a dictionary: every bar reads it many times.
  const lane: Omit<LaneBook, 'lastBar'> & { lastBar: Bar | undefined } = {
    instrument,
    series,
    lastBar: told && { ...told.bar },
    startsAfter: place?.bar.time ?? entryTime(watched, index, places),
    sessionDate: place?.sessionDate,
    day: store.day(instrument.symbol, place?.sessionDate ?? ''),
    venueWasAt: Number.NEGATIVE_INFINITY,
    checkpointed: true,
    held: place?.held && { ...place.held },
    unwatched: unwatchedTrade(store, instrument.symbol, place),
    view: {
      quantity: lots(0),
      avgPx: 0,
      openedAt: undefined,
      entryPending: false,
      tradesToday: 0,
      held: NOTHING_HELD,
    },
    see: (bar) => {
      if (lane.lastBar) Object.assign(lane.lastBar, bar)
      else lane.lastBar = { ...bar }
      onSeen(lane)
    },
  }
  return lane
}

/** An open trade that was open at the last bar already, of which nothing is kept: an earlier version did not look. */
function unwatchedTrade(store: AccountStore, symbol: string, place: Checkpoint | undefined): string | undefined {
  const trip = (store.position(symbol) as Position | undefined)?.trip
  if (!trip || !place || place.held?.tradeId === trip.tradeId) return undefined
  return trip.entryTime <= place.bar.time ? trip.tradeId : undefined
}

function placeIn(places: readonly Checkpoint[], series: string): Checkpoint | undefined {
  return places.find((known) => known.series === series && !known.parked)
}

/**
 * Where a lane without a place comes in: after the account's newest bar. A bar of that very minute is still ahead of it
 * where it comes behind the lanes that have seen theirs; or a lane whose first bar was next when the bot died would lose
 * it.
 */
function entryTime(watched: readonly Watched[], index: number, places: readonly Checkpoint[]): EpochMs | undefined {
  const time = latest(places)
  if (time === undefined || index === 0) return time
  const isPassed = watched.slice(index + 1).some(({ series }) => placeIn(places, series)?.bar.time === time)
  return isPassed ? time : epochMs(time - 1)
}

/** Makes it durable that the bot goes on without the series it does not watch any more. */
export function parkOthers(store: AccountStore, lanes: readonly LaneBook[]): void {
  const following = lanes.map(({ series }) => series)
  if (store.checkpoints().some(({ series, parked }) => !parked && !following.includes(series)))
    store.transact(() => store.parkCheckpoints(following))
}

/** Where the account is in time; undefined before its first bar. */
export function latest(places: readonly Checkpoint[]): EpochMs | undefined {
  return newestOf(places)?.bar.time
}

function newestOf(places: readonly Checkpoint[]): Checkpoint | undefined {
  let newest: Checkpoint | undefined
  for (const place of places) if (!newest || place.bar.time > newest.bar.time) newest = place
  return newest
}
