import type { HomeLayout } from '../../adapters/home/layout.ts'
import { openLog, type Log } from '../../adapters/log/open-log.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { AccountStore } from '../../domain/account/account-store.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { segmentsOf } from '../../domain/instrument/segments.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { TIMEFRAMES } from '../../domain/market/bar.ts'
import { durationMs, epochMs, type EpochMs } from '../../domain/units/units.ts'
import type { LaneParts } from '../../engine/bot/open-contexts.ts'
import { openAccountSessions } from './open-account-feed.ts'
import { openStrategyRun } from './open-strategy-run.ts'
import type { AccountStrategy } from './open-strategy.ts'

/** The log of each lane, the account's own first. */
export type LaneLogs = readonly [Log, ...Log[]]

/**
 * One log file for each instrument, named for its segment: the lines of its agent are there and nowhere else. What is
 * about the account as a whole is in the first.
 *
 * @throws {Refused} as `openLog`
 */
export function openLaneLogs(account: {
  layout: HomeLayout
  accountId: AccountId
  settings: AccountSettings
  instruments: readonly Instrument[]
  instanceId: string
  secrets: readonly string[]
}): LaneLogs {
  const { layout, accountId, settings, instruments, instanceId, secrets } = account
  const segments = segmentsOf(instruments)
  const logs = instruments.map(({ symbol }, lane) =>
    openLog({
      file: layout.log(accountId, segments[lane]!, settings.mode),
      fixed: { accountId, userId: settings.userId, mode: settings.mode, symbol, instanceId, pid: process.pid },
      now: () => epochMs(Date.now()),
      secrets,
    }),
  )
  return logs as readonly Log[] as LaneLogs
}

/** What names a lane's place in its feed. */
export function seriesOf({ symbol }: Instrument, { timeframe }: AccountSettings): string {
  return `${symbol}:${timeframe}`
}

/** The market data a simulated venue matches on; one that has its own takes none. */
export type MarketDoor = Readonly<{
  observe: (symbol: string, bar: Bar, sessionDate: string | undefined) => void | Promise<void>
  matchedUpTo: (symbol: string) => EpochMs | undefined
}>

/**
 * What each instrument of the account has of its own: its session clock, its run of the strategy, its log.
 */
export function openLanes(account: {
  layout: HomeLayout
  settings: AccountSettings
  instruments: readonly Instrument[]
  facts: CalendarFacts
  store: AccountStore
  market: MarketDoor
  logs: LaneLogs
  decider: Pick<AccountStrategy, 'strategy' | 'parameters' | 'key'>
}): readonly LaneParts[] {
  const { settings, facts, store, market } = account
  const { strategy, parameters, key: strategyKey } = account.decider
  const timeframeMs = durationMs(TIMEFRAMES[settings.timeframe])
  const places = store.checkpoints()
  return account.instruments.map((instrument, lane) => {
    const series = seriesOf(instrument, settings)
    const sessions = openAccountSessions({ settings, instrument, facts })
    const log = account.logs[lane]!
    const checkpoint = places.find((place) => place.series === series && !place.parked)
    const run = openStrategyRun({
      ...{ layout: account.layout, settings, log, instrument, strategy, parameters, timeframeMs, sessions },
      ...{ strategyKey, checkpoint },
    })
    return {
      ...{ instrument, timeframeMs, series, strategyId: strategy.id, strategyKey, run, sessions, log },
      observe: (bar, sessionDate) => market.observe(instrument.symbol, bar, sessionDate),
      matchedUpTo: () => market.matchedUpTo(instrument.symbol),
    }
  })
}
