import type { Reason } from '../decision/decision.ts'
import { formatMoney, formatPrice, type Instrument } from '../instrument/instrument.ts'
import { durationMs, lots, minorUnits, type DurationMs, type EpochMs, type Lots, type Ticks } from '../units/units.ts'
import type { Side } from '../order/order.ts'
import { blackoutText } from './blackout.ts'
import { emergencyText } from './emergency.ts'
import { judgeWorth } from './judge-worth.ts'
import type { Uses } from './portfolio/exposure.ts'
import { portfolioRoom, type PortfolioRoom, type PortfolioStanding } from './portfolio/portfolio-share.ts'
import type { RiskLimits } from './risk-limits.ts'
import type { RiskRules } from './risk-rules.ts'
import type { RiskState, Worth } from './risk-state.ts'
import { fullText, partText, totalRoom, type ContractsTaken } from './total-contracts.ts'
import { beyondUsual } from './usual-size.ts'

/** An entry as somebody wants it. Prices it does not have are undefined. */
export type WantedEntry = Readonly<{
  side: Side
  lots: Lots
  /** When it is judged. */
  at: EpochMs
  lastPx: Ticks
  /** End of the bar that `lastPx` closed. */
  lastBarEnd: EpochMs
  timeframeMs: DurationMs
  limitPx?: Ticks | undefined
  stopPx?: Ticks | undefined
  targetPx?: Ticks | undefined
}>

/** What the account stands at when an entry is judged. */
export type Exposure = Worth &
  Readonly<{
    /** Signed lots. */
    position: Lots
    /** Lots of entry orders that may still fill, unknown ones included. */
    workingEntryLots: Lots
    /** What its other instruments hold and may still fill, thousandths of a full contract; 0 where it is left out. */
    otherContractsMilli?: number
    /** Entry orders of the account that nothing has filled yet: each may open a position. */
    waitingEntries?: number
    state: RiskState
    /** Its place among the user's accounts; undefined where it sets no limit across them. */
    portfolio?: PortfolioStanding | undefined
  }>

export type EntryVerdict = (
  | Readonly<{ kind: 'allowed'; quantity: Lots; reasons: readonly Reason[] }>
  | Readonly<{ kind: 'denied'; reasons: readonly Reason[] }>
) &
  Readonly<{
    /** What it would have needed of limits across accounts, where these alone made it smaller or none. */
    lacking?: Uses
  }>

const MINUTE = 60_000
/** Verdicts of entries that pass whole, by size, so that passing allocates nothing. */
const PASSED: readonly EntryVerdict[] = Array.from({ length: 101 }, (_, size) =>
  Object.freeze({ kind: 'allowed', quantity: lots(size), reasons: Object.freeze([]) }),
)

/**
 * Judges an entry against every limit and tells all reasons, not the first.
 *
 * A limit on size shrinks the entry (with a reason); a limit on whether to trade at all denies it. Exits and cancels
 * are never asked about here.
 */
export function assessEntry(
  rules: RiskRules,
  wanted: WantedEntry,
  account: Exposure,
  instrument: Instrument,
): EntryVerdict {
  const { limits } = rules
  const taken = Math.abs(account.position) + account.workingEntryLots
  const contracts = { lots: taken, othersMilli: account.otherContractsMilli ?? 0 }
  const byTotal = totalRoom(contracts, limits, instrument)
  const room = Math.min(roomFor(taken, wanted.lastPx, limits, instrument), byTotal)
  const across = account.portfolio && roomAcross(account.portfolio, wanted, account.position, instrument)
  const quantity = Math.min(wanted.lots, limits.maxOrderLots, room, across?.lots ?? Infinity)
  let denied = worthReasons(account, limits, instrument)
  denied = countReasons(denied, wanted, quantity, account, limits, instrument)
  denied = pauseReasons(denied, wanted.at, account.state)
  denied = timeReasons(denied, wanted, rules)
  denied = priceReasons(denied, wanted, limits, instrument)
  if (rules.lockedSymbols.size > 0 && isLocked(rules, instrument))
    denied = add(denied, 'symbol-lock', `${instrument.symbol} is locked: no entries in it`)
  if (wanted.lots === 0) denied = add(denied, 'size-zero', 'one lot would already risk more than allowed per trade')
  if (room === 0) denied = roomReason(denied, wanted, taken, limits, instrument)
  if (byTotal === 0) denied = add(denied, 'max-total', fullText(contracts, limits, instrument))
  const isFree = denied === undefined
  if (across?.lots === 0) for (const { code, text } of across.reasons) denied = add(denied, code, text)
  if (denied === undefined && quantity === wanted.lots) return passed(quantity)
  const shrunk = [
    ...((room === 0 ? undefined : sizeReasons(wanted, contracts, limits, instrument)) ?? []),
    ...(across && across.lots > 0 ? across.reasons : []),
  ]
  const lacking = across && isFree && across.lots < wanted.lots ? { lacking: across.short } : {}
  if (denied !== undefined) return { kind: 'denied', reasons: [...denied, ...shrunk], ...lacking }
  return { kind: 'allowed', quantity: lots(quantity), reasons: shrunk, ...lacking }
}

function roomAcross(
  portfolio: PortfolioStanding,
  { lots: size, side, lastPx }: WantedEntry,
  position: Lots,
  instrument: Instrument,
): PortfolioRoom {
  return portfolioRoom(portfolio, { lots: size, side, lastPx, holds: position !== 0 }, instrument)
}

type Reasons = Reason[] | undefined

function add(reasons: Reasons, code: string, text: string): Reason[] {
  if (reasons === undefined) return [{ code, text }]
  reasons.push({ code, text })
  return reasons
}

function passed(quantity: number): EntryVerdict {
  return PASSED[quantity] ?? { kind: 'allowed', quantity: lots(quantity), reasons: [] }
}

/** Lots that position and notional limits leave. */
function roomFor(taken: number, lastPx: Ticks, limits: RiskLimits, instrument: Instrument): number {
  const byLots = Math.max(0, limits.maxPositionLots - taken)
  return limits.maxNotionalMinor > 0 ? Math.min(byLots, notionalRoom(taken, lastPx, limits, instrument)) : byLots
}

function notionalRoom(taken: number, lastPx: Ticks, limits: RiskLimits, instrument: Instrument): number {
  const perLot = Math.abs(lastPx) * instrument.tickValue
  return perLot === 0 ? 0 : Math.max(0, Math.floor(limits.maxNotionalMinor / perLot) - taken)
}

function worthReasons(account: Exposure, limits: RiskLimits, instrument: Instrument): Reasons {
  const trips = judgeWorth(account.state, account, limits, instrument.currency)
  return trips.length === 0 ? undefined : trips.map(({ rule, text }) => ({ code: rule, text }))
}

function countReasons(
  reasons: Reasons,
  wanted: WantedEntry,
  quantity: number,
  { state, waitingEntries = 0 }: Exposure,
  limits: RiskLimits,
  instrument: Instrument,
): Reasons {
  let denied = reasons
  if (state.tradesToday + waitingEntries >= limits.maxTradesPerDay) {
    const waiting = waitingEntries > 0 ? `, ${waitingEntries} entries waiting to fill` : ''
    denied = add(denied, 'max-trades', `${state.tradesToday} trades today${waiting}, at most ${limits.maxTradesPerDay}`)
  }
  if (limits.maxOrdersPerMinute > 0) {
    let recent = 0
    for (const order of state.orders) if (order > wanted.at - MINUTE) recent++
    if (recent >= limits.maxOrdersPerMinute)
      denied = add(denied, 'order-rate', `${recent} entries in a minute, at most ${limits.maxOrdersPerMinute}`)
  }
  const beyond = beyondUsual(quantity, state, limits, instrument)
  if (beyond !== undefined) denied = add(denied, 'fat-finger', beyond)
  return denied
}

function pauseReasons(reasons: Reasons, at: EpochMs, state: RiskState): Reasons {
  let denied = reasons
  if (at < state.cooldownUntil) denied = add(denied, 'cooldown', `pause after losses until ${utc(state.cooldownUntil)}`)
  if (at < state.stopGuardUntil)
    denied = add(denied, 'stop-guard', `pause after ${state.stops.length} stops until ${utc(state.stopGuardUntil)}`)
  return denied
}

function timeReasons(reasons: Reasons, wanted: WantedEntry, rules: RiskRules): Reasons {
  let denied = reasons
  const { at, timeframeMs } = wanted
  if (rules.tradingWindows && !rules.tradingWindows.contains(at))
    denied = add(denied, 'trading-window', `entries are made ${rules.tradingWindows.text} only`)
  const flat = rules.flatTimes?.why(at, timeframeMs)
  if (flat !== undefined) denied = add(denied, 'must-be-flat', flat)
  const emergency = rules.emergency?.(at)
  if (emergency) denied = add(denied, 'emergency', emergencyText(emergency))
  return rules.blackouts ? blackoutReasons(denied, wanted, rules) : denied
}

const NO_SPAN = durationMs(0)

function blackoutReasons(reasons: Reasons, { at, timeframeMs }: WantedEntry, rules: RiskRules): Reasons {
  const { blackouts } = rules
  // Where positions are closed before a window, one is not opened in the bar before it either.
  const verdict = blackouts?.verdict(at, blackouts.flat ? timeframeMs : NO_SPAN)
  if (verdict?.kind === 'blackout') return add(reasons, 'blackout', blackoutText(verdict.window))
  if (verdict?.kind !== 'unknown' || rules.passesUnknownDays) return reasons
  return add(
    reasons,
    'blackout',
    `the calendar of releases ends at ${blackouts?.knownUntil}: one may be near (risk.blackout=none enters all the same)`,
  )
}

function priceReasons(reasons: Reasons, wanted: WantedEntry, limits: RiskLimits, instrument: Instrument): Reasons {
  let denied = reasons
  if (limits.stalePriceBars > 0) {
    const age = wanted.at - wanted.lastBarEnd
    if (age > limits.stalePriceBars * wanted.timeframeMs)
      denied = add(
        denied,
        'stale-price',
        `the last price is ${Math.round(age / 1000)} s old, at most ${limits.stalePriceBars} bars`,
      )
  }
  if (limits.priceCollarBps > 0) {
    denied = collared(denied, 'limit', wanted.limitPx, wanted.lastPx, limits, instrument)
    denied = collared(denied, 'stop', wanted.stopPx, wanted.lastPx, limits, instrument)
    denied = collared(denied, 'target', wanted.targetPx, wanted.lastPx, limits, instrument)
  }
  return denied
}

function collared(
  reasons: Reasons,
  what: string,
  px: Ticks | undefined,
  lastPx: Ticks,
  limits: RiskLimits,
  instrument: Instrument,
): Reasons {
  if (px === undefined) return reasons
  const away = Math.abs(px - lastPx)
  if (away * 10_000 <= limits.priceCollarBps * Math.abs(lastPx)) return reasons
  const percent = lastPx === 0 ? 'far' : `${((away / Math.abs(lastPx)) * 100).toFixed(2)} %`
  return add(
    reasons,
    'price-collar',
    `the ${what} ${formatPrice(instrument, px)} is ${percent} from ${formatPrice(instrument, lastPx)}, at most ${limits.priceCollarBps / 100} %`,
  )
}

function isLocked(rules: RiskRules, instrument: Instrument): boolean {
  return rules.lockedSymbols.has(instrument.symbol) || rules.lockedSymbols.has(instrument.root)
}

function roomReason(
  reasons: Reasons,
  wanted: WantedEntry,
  taken: number,
  limits: RiskLimits,
  instrument: Instrument,
): Reasons {
  let denied = reasons
  if (taken >= limits.maxPositionLots)
    denied = add(denied, 'max-position', `${taken} lots held or working, at most ${limits.maxPositionLots}`)
  if (limits.maxNotionalMinor > 0 && notionalRoom(taken, wanted.lastPx, limits, instrument) === 0)
    denied = add(denied, 'max-notional', `one more lot would exceed ${notionalText(limits, instrument)}`)
  return denied
}

function sizeReasons(
  wanted: WantedEntry,
  contracts: ContractsTaken,
  limits: RiskLimits,
  instrument: Instrument,
): Reasons {
  let shrunk: Reasons
  const { lots: taken } = contracts
  const asked = Math.min(wanted.lots, limits.maxOrderLots)
  if (wanted.lots > limits.maxOrderLots)
    shrunk = add(shrunk, 'max-order', `${wanted.lots} lots wanted, at most ${limits.maxOrderLots} an order`)
  const byLots = limits.maxPositionLots - taken
  if (asked > byLots)
    shrunk = add(shrunk, 'max-position', `room for ${byLots} of ${wanted.lots} lots, at most ${limits.maxPositionLots}`)
  if (asked > totalRoom(contracts, limits, instrument))
    shrunk = add(shrunk, 'max-total', partText(contracts, wanted.lots, limits, instrument))
  if (limits.maxNotionalMinor > 0) {
    const byWorth = notionalRoom(taken, wanted.lastPx, limits, instrument)
    if (asked > byWorth)
      shrunk = add(
        shrunk,
        'max-notional',
        `room for ${byWorth} of ${wanted.lots} lots, worth at most ${notionalText(limits, instrument)}`,
      )
  }
  return shrunk
}

function notionalText(limits: RiskLimits, { currency }: Instrument): string {
  return `${formatMoney(currency, minorUnits(limits.maxNotionalMinor))} ${currency.code}`
}

function utc(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
