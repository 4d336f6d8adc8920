import { IS_TRANSFER, type CashMovement } from '../ledger/cash-movement.ts'
import { epochMs, minorUnits, type EpochMs, type MinorUnits } from '../units/units.ts'
import type { RiskDay } from './risk-days.ts'
import type { RiskLimits } from './risk-limits.ts'

/** What an account is worth: `equity` with the open position at the last price, `balance` without its open gain. */
export type Worth = Readonly<{ equityMinor: MinorUnits; balanceMinor: MinorUnits }>

/**
 * What limits remember of an account; plain data, kept in state.db. Money in minor units, lists oldest first.
 */
export type RiskState = Readonly<{
  /** The day boundary the present day began under; an edited one waits for the next day. '' before the first day. */
  boundary: string
  day: string
  dayStart: EpochMs
  dayStartBalanceMinor: MinorUnits
  dayStartEquityMinor: MinorUnits
  /** Result of the day's closed lots after fees, with the fees and interest that were booked in it. */
  realizedTodayMinor: MinorUnits
  /** Positions opened in the day. */
  tradesToday: number
  /**
   * What drawdown and profit target count from: the opening balance, or the equity when a person last cleared a breach, with
   * what was brought and taken away since.
   */
  startMinor: MinorUnits
  /** The highest balance at the end of a day, or the highest equity where the mark is intraday. */
  highMarkMinor: MinorUnits
  lossesInRow: number
  /** 0 when there was none. */
  cooldownUntil: EpochMs
  stopGuardUntil: EpochMs
  /** When recent stops were hit. */
  stops: readonly EpochMs[]
  /** When the entry orders of the last minute were written. */
  orders: readonly EpochMs[]
  /** Sizes of recent entry orders, thousandths of a full contract: an account may trade minis and micros alike. */
  sizesMilli: readonly number[]
}>

/** What one fill meant for the account's limits. */
export type BookedFill = Readonly<{
  at: EpochMs
  /** It opened a position. */
  opened: boolean
  /** Gain of what it closed less its commission, minor units. */
  realizedMinor: MinorUnits
  /** The trade it completed, if any. */
  completed: Readonly<{ netMinor: MinorUnits; exitReason: string }> | undefined
}>

const MINUTE = 60_000
/** Entries that the mean size is taken over. */
export const SIZES_KEPT = 20

/** The state of an account that limits have never looked at. */
export function freshRiskState(startMinor: MinorUnits, balanceMinor: MinorUnits): RiskState {
  return {
    boundary: '',
    day: '',
    dayStart: epochMs(-1),
    dayStartBalanceMinor: balanceMinor,
    dayStartEquityMinor: balanceMinor,
    realizedTodayMinor: minorUnits(0),
    tradesToday: 0,
    startMinor,
    highMarkMinor: minorUnits(Math.max(startMinor, balanceMinor)),
    lossesInRow: 0,
    cooldownUntil: epochMs(0),
    stopGuardUntil: epochMs(0),
    stops: [],
    orders: [],
    sizesMilli: [],
  }
}

/** A new day: its counters begin at nothing, and the balance of the day before may lift the high-water mark. */
export function beginDay(state: RiskState, day: RiskDay, boundary: string, worth: Worth): RiskState {
  return {
    ...state,
    boundary,
    day: day.key,
    dayStart: day.start,
    dayStartBalanceMinor: worth.balanceMinor,
    dayStartEquityMinor: worth.equityMinor,
    realizedTodayMinor: minorUnits(0),
    tradesToday: 0,
    highMarkMinor: minorUnits(Math.max(state.highMarkMinor, worth.balanceMinor)),
  }
}

/**
 * The state after a fill. One that is learnt of late, from before the day began, belongs to the day before: it moves
 * what this day started from, not what it made.
 */
export function afterFill(state: RiskState, fill: BookedFill, limits: RiskLimits): RiskState {
  const isLate = fill.at < state.dayStart
  const counted: RiskState = isLate
    ? { ...state, dayStartBalanceMinor: minorUnits(state.dayStartBalanceMinor + fill.realizedMinor) }
    : {
        ...state,
        realizedTodayMinor: minorUnits(state.realizedTodayMinor + fill.realizedMinor),
        tradesToday: state.tradesToday + (fill.opened ? 1 : 0),
      }
  return fill.completed ? afterTrade(counted, fill.at, fill.completed, limits) : counted
}

/**
 * The state after money moved without a fill. What was brought or taken away nobody made or lost: everything that is
 * counted from what the account was worth moves with it, so that no limit comes nearer, is reached or is cleared. Fees and
 * interest are result of the day in which they are booked.
 */
export function afterMovement(
  state: RiskState,
  { kind, changeMinor }: Pick<CashMovement, 'kind' | 'changeMinor'>,
): RiskState {
  const moved = (mark: MinorUnits) => minorUnits(mark + changeMinor)
  if (!IS_TRANSFER[kind]) return { ...state, realizedTodayMinor: moved(state.realizedTodayMinor) }
  return {
    ...state,
    dayStartBalanceMinor: moved(state.dayStartBalanceMinor),
    dayStartEquityMinor: moved(state.dayStartEquityMinor),
    startMinor: moved(state.startMinor),
    highMarkMinor: moved(state.highMarkMinor),
  }
}

function afterTrade(
  state: RiskState,
  at: EpochMs,
  trade: NonNullable<BookedFill['completed']>,
  limits: RiskLimits,
): RiskState {
  const isLoss = trade.netMinor < 0
  let { cooldownUntil, stopGuardUntil, stops } = state
  let lossesInRow = isLoss ? state.lossesInRow + 1 : 0
  if (isLoss) cooldownUntil = later(cooldownUntil, at, limits.cooldownAfterLossMinutes)
  if (limits.lossesInRow > 0 && lossesInRow >= limits.lossesInRow) {
    cooldownUntil = later(cooldownUntil, at, limits.cooldownAfterLossesMinutes)
    lossesInRow = 0
  }
  if (trade.exitReason === 'stop' && limits.stopGuardStops > 0) {
    const from = at - limits.stopGuardWindowMinutes * MINUTE
    stops = [...stops.filter((stop) => stop > from), at].slice(-limits.stopGuardStops)
    if (stops.length >= limits.stopGuardStops) stopGuardUntil = later(stopGuardUntil, at, limits.stopGuardPauseMinutes)
  }
  return { ...state, cooldownUntil, stopGuardUntil, lossesInRow, stops }
}

/** The state after an entry order of so many thousandths of a full contract was written. */
export function afterEntryOrder(state: RiskState, at: EpochMs, contractsMilli: number): RiskState {
  return {
    ...state,
    orders: [...state.orders.filter((order) => order > at - MINUTE), at],
    sizesMilli: [...state.sizesMilli, contractsMilli].slice(-SIZES_KEPT),
  }
}

/** @returns the same state unless the mark is intraday and equity stands above it */
export function raiseMark(state: RiskState, equityMinor: MinorUnits, limits: RiskLimits): RiskState {
  if (limits.trailingDrawdownMinor === 0 || limits.drawdownMark !== 'intraday') return state
  return equityMinor > state.highMarkMinor ? { ...state, highMarkMinor: equityMinor } : state
}

/** A person has cleared a breach: drawdown and profit target count from what the account is worth now. */
export function startAnew(state: RiskState, equityMinor: MinorUnits): RiskState {
  return { ...state, startMinor: equityMinor, highMarkMinor: equityMinor }
}

/** A drawdown that was reached has ended with its day: it counts from what the account is worth now. */
export function resumeDrawdown(state: RiskState, equityMinor: MinorUnits, limits: RiskLimits): RiskState {
  return limits.drawdownMark === 'static' ? startAnew(state, equityMinor) : { ...state, highMarkMinor: equityMinor }
}

/** Equity at which the drawdown limit is reached, minor units. */
export function drawdownFloor(state: RiskState, limits: RiskLimits): number {
  const mark = limits.drawdownMark === 'static' ? state.startMinor : state.highMarkMinor
  const floor = mark - limits.trailingDrawdownMinor
  return limits.drawdownLockMinor === undefined ? floor : Math.min(floor, state.startMinor + limits.drawdownLockMinor)
}

function later(until: EpochMs, at: EpochMs, minutes: number): EpochMs {
  return epochMs(Math.max(until, minutes > 0 ? at + minutes * MINUTE : 0))
}
