import { bundledCalendar } from '../../src/adapters/calendar/bundled-calendar.ts'
import { openSessionClock } from '../../src/domain/calendar/session-clock.ts'
import type { Session, SessionClock } from '../../src/domain/calendar/session.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import { areParameters, validateParameters } from '../../src/domain/strategy/validate-parameters.ts'
import type { PositionView, Proposal, Strategy, StrategyRun } from '../../src/domain/strategy/strategy.ts'
import { durationMs, epochMs, ticks } from '../../src/domain/units/units.ts'
import { FLAT, PretendAccount } from '../../src/engine/strategy-check/pretend-account.ts'
import { MINUTE } from './sample-bars.ts'

export { FLAT }

export type Proposed = Readonly<{ bar: Bar; session: Session | undefined; position: PositionView; proposal: Proposal }>

const FACTS = bundledCalendar()

export function sessionClockOf(instrument: Instrument): SessionClock {
  return openSessionClock(instrument, FACTS)
}

export function openRun(
  strategy: Strategy,
  instrument: Instrument,
  given: Readonly<Record<string, number>> = {},
  more: Readonly<{ timeframeMs?: number; snapshot?: unknown }> = {},
): StrategyRun {
  const parameters = validateParameters(strategy, given)
  if (!areParameters(parameters)) throw new Error(parameters.message)
  const timeframeMs = durationMs(more.timeframeMs ?? MINUTE)
  return strategy.open({ instrument, timeframeMs, parameters, ...('snapshot' in more && { snapshot: more.snapshot }) })
}

/** Runs bars through a strategy and the small account, and tells every proposal. */
export function replay(run: StrategyRun, bars: readonly Bar[], clock: SessionClock): Proposed[] {
  const account = new PretendAccount()
  const told: Proposed[] = []
  for (const bar of bars) {
    const session = clock.sessionAt(bar.time)
    account.meet(bar, session)
    const position = account.view
    const proposal = run.onBar(bar, session, position)
    if (!proposal) continue
    account.take(proposal)
    told.push({ bar, session, position, proposal })
  }
  return told
}

/** The same market upside down: every price p becomes 2·level − p. */
export function mirroredBars(bars: readonly Bar[], level: number): Bar[] {
  const flip = (price: number) => ticks(2 * level - price)
  return bars.map((bar) => ({
    time: epochMs(bar.time),
    open: flip(bar.open),
    high: flip(bar.low),
    low: flip(bar.high),
    close: flip(bar.close),
    volume: bar.volume,
  }))
}
