import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { Checkpoint } from '../../domain/account/account-store.ts'
import type { SessionClock } from '../../domain/calendar/session.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { isStoppedSnapshot } from '../../domain/strategy/plug-in.ts'
import type { Strategy, StrategyRun } from '../../domain/strategy/strategy.ts'
import { lots, type DurationMs } from '../../domain/units/units.ts'
import { openWarmUpFeed } from './open-account-feed.ts'

/** How much history a strategy sees again when it can't go on from a snapshot. */
const WARM_UP_MS = 5 * 24 * 3_600_000

/**
 * The strategy, ready for the bar after the checkpoint: from its snapshot when the same strategy with the same
 * parameters took it, else (parameters were edited) from the days before, seen again without trading.
 */
export function openStrategyRun(setup: {
  layout: HomeLayout
  settings: AccountSettings
  log: Log
  instrument: Instrument
  strategy: Strategy
  parameters: Readonly<Record<string, number>>
  timeframeMs: DurationMs
  sessions: SessionClock
  strategyKey: string
  checkpoint: Checkpoint | undefined
}): StrategyRun {
  const { checkpoint, strategy, instrument, parameters, timeframeMs } = setup
  const fresh = { instrument, parameters, timeframeMs }
  if (!checkpoint) return strategy.open(fresh)
  // A run that was stopped has not seen the bars since.
  const continues = checkpoint.strategyKey === setup.strategyKey && !isStoppedSnapshot(checkpoint.snapshot)
  if (continues) return strategy.open({ ...fresh, snapshot: checkpoint.snapshot })
  const run = strategy.open(fresh)
  const bars = warmUp(setup, run, checkpoint)
  setup.log.info(
    'strategy-warmed-up',
    `Strategy or parameters changed, or it was stopped: ${bars} earlier bars seen again without trading`,
  )
  return run
}

function warmUp(setup: Parameters<typeof openStrategyRun>[0], run: StrategyRun, { bar }: Checkpoint): number {
  const range = { from: bar.time - WARM_UP_MS, to: bar.time }
  const feed = openWarmUpFeed(setup, range)
  if (!feed) return 0
  const flat = { quantity: lots(0), avgPx: 0, openedAt: undefined, entryPending: false, tradesToday: 0, held: [] }
  let bars = 0
  for (let seen = feed.poll(); seen; seen = feed.poll()) {
    run.onBar(seen, setup.sessions.sessionAt(seen.time), flat)
    bars++
  }
  feed.close()
  return bars
}
