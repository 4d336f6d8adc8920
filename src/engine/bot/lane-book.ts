import type { AccountStore, Checkpoint, DayRecord } from '../../domain/account/account-store.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { HeldPosition, PositionView } from '../../domain/strategy/strategy.ts'
import { lots, type EpochMs } from '../../domain/units/units.ts'

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
  /** What the strategy is shown of the account; one object, refilled at every bar. */
  readonly view: { -readonly [K in keyof PositionView]: PositionView[K] }
  /** Takes a copy of a bar the strategy has now seen. */
  see(bar: Bar): void
}

/** Shown while nothing is held, so that showing it allocates nothing. */
export const NOTHING_HELD: readonly HeldPosition[] = Object.freeze([])

/**
 * A lane as the account's durable state has it. One that was never followed, or not lately, begins where the account is:
 * time never goes back in an account.
 */
export function loadLane(
  store: AccountStore,
  { instrument, series }: Readonly<{ instrument: Instrument; series: string }>,
  places: readonly Checkpoint[],
  onSeen: (lane: LaneBook) => void,
): LaneBook {
  const place = places.find((known) => known.series === series && !known.parked)
  // Another timeframe, or an earlier time here, still tells a price of the instrument.
  const told = place ?? newestOf(places.filter((known) => known.series.startsWith(`${instrument.symbol}:`)))
  let lastBar: Bar | undefined = told && { ...told.bar }
  const lane: LaneBook = {
    instrument,
    series,
    get lastBar() {
      return lastBar
    },
    startsAfter: place?.bar.time ?? latest(places),
    sessionDate: place?.sessionDate,
    day: store.day(instrument.symbol, place?.sessionDate ?? ''),
    venueWasAt: Number.NEGATIVE_INFINITY,
    checkpointed: true,
    view: {
      quantity: lots(0),
      avgPx: 0,
      openedAt: undefined,
      entryPending: false,
      tradesToday: 0,
      held: NOTHING_HELD,
    },
    see: (bar) => {
      if (lastBar) Object.assign(lastBar, bar)
      else lastBar = { ...bar }
      onSeen(lane)
    },
  }
  return lane
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
