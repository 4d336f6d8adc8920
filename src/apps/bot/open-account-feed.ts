import { liveInZone } from '../../adapters/clock/process-zone.ts'
import { openMergedFeed } from '../../adapters/feeds/merged-feed.ts'
import { openReplayFeed } from '../../adapters/feeds/replay-feed.ts'
import { ReplayPace } from '../../adapters/feeds/replay-pace.ts'
import { openSyntheticFeed } from '../../adapters/feeds/synthetic-feed.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { AccountSettings, FeedSetting } from '../../contracts/account-settings.ts'
import type { CancelSignal } from '../../domain/cancel/cancel-signal.ts'
import { openSessionClock } from '../../domain/calendar/session-clock.ts'
import type { SessionClock } from '../../domain/calendar/session.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import type { Feed, FeedSpec, FeedStart } from '../../domain/feed/feed.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { TIMEFRAMES } from '../../domain/market/bar.ts'
import { openSyntheticSessions } from '../../domain/market/synthetic-sessions.ts'
import { epochMs } from '../../domain/units/units.ts'

type FeedRequest = Readonly<{
  layout: HomeLayout
  settings: AccountSettings
  instrument: Instrument
  facts: CalendarFacts
}>

const clock = {
  now: () => epochMs(Date.now()),
  sleep: (ms: number, signal: CancelSignal) =>
    new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal.addEventListener('abort', end, { once: true })
      if (signal.aborted) end()
    }),
}

/** When the market of an account is open: a made-up one never closes. */
export function openAccountSessions({ settings, instrument, facts }: Omit<FeedRequest, 'layout'>): SessionClock {
  return settings.feed.kind === 'synthetic'
    ? openSyntheticSessions(instrument, facts)
    : openSessionClock(instrument, facts, liveInZone(instrument.session.zone))
}

/**
 * The feed an account is set to, from a place on, and what a user should know of it.
 *
 * @throws {Refused} 'data-missing'
 */
export function openAccountFeed(request: FeedRequest, start: FeedStart): { feed: Feed; notice: string | undefined } {
  const { layout, settings, instrument, facts } = request
  const spec = feedSpecOf(settings.feed)
  switch (spec.kind) {
    case 'replay':
      return {
        feed: openReplayFeed({ layout, instrument, timeframe: settings.timeframe, spec, start, clock }),
        notice: undefined,
      }
    case 'synthetic': {
      const feed = openSyntheticFeed({ instrument, facts, spec, start, clock })
      return { feed, notice: feed.notice }
    }
  }
}

/**
 * The feeds of several instruments as one, in order of time.
 *
 * @param starts where each of them begins, in the order of the instruments
 * @throws {Refused} 'data-missing'
 */
export function openMergedAccountFeed(
  request: Omit<FeedRequest, 'instrument'>,
  instruments: readonly Instrument[],
  starts: readonly FeedStart[],
): { feed: Feed; notices: readonly string[] } {
  const { settings } = request
  const { feed: setting, timeframe } = settings
  // Bars of the past are paced together: each by itself would run ahead while another's market is closed.
  const each = setting.kind === 'replay' ? { ...settings, feed: { ...setting, speed: 'max' as const } } : settings
  const feeds: Feed[] = []
  const notices: string[] = []
  try {
    for (const [lane, instrument] of instruments.entries()) {
      const opened = openAccountFeed({ ...request, settings: each, instrument }, starts[lane]!)
      feeds.push(opened.feed)
      if (opened.notice !== undefined) notices.push(opened.notice)
    }
  } catch (error) {
    for (const feed of feeds) feed.close()
    throw error
  }
  const replay = setting.kind === 'replay' ? new ReplayPace(setting.speed, TIMEFRAMES[timeframe], clock) : undefined
  return { feed: openMergedFeed({ feeds, replay, clock }), notices }
}

/** The bars up to and including `to` again, as fast as they come: what a strategy needs to find its feet. */
export function openWarmUpFeed(
  request: Omit<FeedRequest, 'facts'>,
  range: Readonly<{ from: number; to: number }>,
): Feed | undefined {
  const { layout, settings, instrument } = request
  if (settings.feed.kind !== 'replay') return undefined
  const spec: FeedSpec = { kind: 'replay', speed: 'max', from: epochMs(range.from), to: epochMs(range.to) }
  return openReplayFeed({ layout, instrument, timeframe: settings.timeframe, spec, start: { after: undefined }, clock })
}

function feedSpecOf(setting: FeedSetting): FeedSpec {
  if (setting.kind === 'synthetic') return setting
  const { speed, from, to } = setting
  return {
    kind: 'replay',
    speed,
    ...(from === undefined ? {} : { from: epochMs(Date.parse(from)) }),
    ...(to === undefined ? {} : { to: epochMs(Date.parse(to)) }),
  }
}
