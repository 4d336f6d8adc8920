import { bundledCalendar } from '../../src/adapters/calendar/bundled-calendar.ts'
import { openSessionClock } from '../../src/domain/calendar/session-clock.ts'
import type { Session, SessionClock } from '../../src/domain/calendar/session.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import { areParameters, validateParameters } from '../../src/domain/strategy/validate-parameters.ts'
import type { PositionView, Proposal, Strategy, StrategyRun } from '../../src/domain/strategy/strategy.ts'
import { durationMs, epochMs, lots, ticks, type EpochMs } from '../../src/domain/units/units.ts'
import { MINUTE } from './sample-bars.ts'

export const FLAT: PositionView = {
  quantity: lots(0),
  avgPx: 0,
  openedAt: undefined,
  entryPending: false,
  tradesToday: 0,
  held: [],
}

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

/**
 * The account's side of a replay, as small as it can be: entries and exits fill at the next open, stops before
 * targets, one lot.
 */
export class OneLotAccount {
  #position = FLAT
  #entry: Extract<Proposal, { kind: 'enter' }> | undefined
  #working: Extract<Proposal, { kind: 'enter' }> | undefined
  #leaving = false
  #session: EpochMs | undefined

  get position(): PositionView {
    return this.#position
  }

  /** What a bar does to the orders that work; called before the strategy sees the bar. */
  meet(bar: Bar, session: Session | undefined): void {
    if (session && session.open !== this.#session) {
      this.#session = session.open
      this.#position = { ...this.#position, tradesToday: 0 }
    }
    if (this.#leaving) this.#flatten()
    if (this.#entry) {
      this.#working = this.#entry
      this.#entry = undefined
      this.#position = {
        quantity: lots(this.#working.side === 'buy' ? 1 : -1),
        avgPx: bar.open,
        openedAt: bar.time,
        entryPending: false,
        tradesToday: this.#position.tradesToday + 1,
        held: [],
      }
    }
    const order = this.#working
    if (!order) return
    const long = order.side === 'buy'
    const stopped = long ? bar.low <= order.stopPx : bar.high >= order.stopPx
    const reached = long ? bar.high >= order.targetPx : bar.low <= order.targetPx
    if (stopped || reached) this.#flatten()
  }

  take(proposal: Proposal): void {
    if (proposal.kind === 'enter') {
      this.#entry = proposal
      this.#position = { ...this.#position, entryPending: true }
    }
    if (proposal.kind === 'exit') this.#leaving = true
  }

  #flatten(): void {
    this.#leaving = false
    this.#working = undefined
    this.#position = { ...FLAT, tradesToday: this.#position.tradesToday }
  }
}

/** Runs bars through a strategy and the small account, and tells every proposal. */
export function replay(run: StrategyRun, bars: readonly Bar[], clock: SessionClock): Proposed[] {
  const account = new OneLotAccount()
  const told: Proposed[] = []
  for (const bar of bars) {
    const session = clock.sessionAt(bar.time)
    account.meet(bar, session)
    const { position } = account
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
