import type { Reason } from '../../decision/decision.ts'
import { formatMoney, type Currency, type Instrument } from '../../instrument/instrument.ts'
import type { Side } from '../../order/order.ts'
import { minorUnits, type EpochMs, type MinorUnits, type Ticks } from '../../units/units.ts'
import type { GroupOf } from '../correlation-groups.ts'
import { directionOf, groupResource, lotWorth, type Uses } from './exposure.ts'

/** Limits over all accounts of a user in one currency, as one account's settings have them; 0 means none. */
export type PortfolioLimits = Readonly<{
  maxNotionalMinor: MinorUnits
  maxPositions: number
  maxDailyLossMinor: MinorUnits
  /** Most in one direction within a correlation group. */
  correlationCapMinor: MinorUnits
}>

/**
 * What the launcher tells one bot of its user's accounts: what they use together, and the part of the limits that is
 * this account's to use. Bots never see one another.
 */
export type PortfolioShare = Readonly<{
  /** Rises with every launcher that takes over; an older one's word is not heard again. */
  epoch: number
  /** Rises with every word of one launcher. */
  seq: number
  /** Wall time at which it was true. */
  asOf: EpochMs
  currency: string
  /** Accounts of the user that are counted in. */
  accounts: number
  /** Accounts of which nobody can tell what they hold: while there are any, nothing is entered. */
  unknown: readonly string[]
  /** What all of them use, as far as it is known. */
  used: Uses
  /** The most this account may use itself; a resource that is not named has no room. */
  ceilings: Uses
  /** Result of the day over all of them. */
  dayResultMinor: number
}>

/** What an account knows of its user's portfolio when an entry is judged. */
export type PortfolioStanding = Readonly<{
  limits: PortfolioLimits
  /** Undefined: nothing that is fresh enough. */
  share: PortfolioShare | undefined
  /** What the account itself uses now. */
  own: Uses
  groupOf: GroupOf
}>

/** A share older than this says nothing any more, milliseconds of wall time. */
export const SHARE_FRESH_MS = 15_000
/** Two processes on one computer read the same clock; a share from further ahead is from before a change of the clock. */
const AHEAD_MS = 1_000

export const NO_PORTFOLIO_LIMITS: PortfolioLimits = {
  maxNotionalMinor: minorUnits(0),
  maxPositions: 0,
  maxDailyLossMinor: minorUnits(0),
  correlationCapMinor: minorUnits(0),
}

/** True where an account must know of the others before it enters. */
export function limitsPortfolio(limits: PortfolioLimits): boolean {
  return (
    limits.maxNotionalMinor > 0 ||
    limits.maxPositions > 0 ||
    limits.maxDailyLossMinor > 0 ||
    limits.correlationCapMinor > 0
  )
}

/** @param now wall time, also where bars are history told again */
export function isFresh(share: Pick<PortfolioShare, 'asOf'>, now: EpochMs): boolean {
  return now - share.asOf < SHARE_FRESH_MS && share.asOf - now <= AHEAD_MS
}

/** True where a share replaces the one that is known. */
export function isNewer(
  share: Pick<PortfolioShare, 'epoch' | 'seq'>,
  known: Pick<PortfolioShare, 'epoch' | 'seq'> | undefined,
): boolean {
  return !known || share.epoch > known.epoch || (share.epoch === known.epoch && share.seq > known.seq)
}

export const PORTFOLIO_UNKNOWN: Reason = Object.freeze({
  code: 'portfolio-unknown',
  text: "the user's other accounts are not known: the launcher has not told of them in the last 15 s (start it: slipway serve)",
})

/** Why nothing may be entered although the launcher has told of the others; undefined: they are all known. */
export function unknownAccounts({ unknown }: Pick<PortfolioShare, 'unknown'>): Reason | undefined {
  if (unknown.length === 0) return undefined
  const [only] = unknown
  const [who, whose, next] =
    unknown.length === 1
      ? [`account ${only} holds`, 'its', `slipway risk ${only} says why; repair or remove it`]
      : [`accounts ${unknown.join(', ')} hold`, 'their', 'slipway risk says why of each; repair or remove them']
  return {
    code: 'portfolio-unknown',
    text: `what ${who} is not known, for ${whose} state or settings can not be read (${next})`,
  }
}

/** Room of an account under the limits over its user's accounts. */
export type PortfolioRoom = Readonly<{
  lots: number
  /** What makes the room smaller than what is wanted; the first that leaves none comes first. */
  reasons: readonly Reason[]
  /** What would have been needed of each resource that was short: what the launcher is asked for. */
  short: Uses
}>

const ROOM_ENOUGH: readonly Reason[] = Object.freeze([])

/**
 * How many of the wanted lots the limits across accounts leave. An account that cannot know denies (`portfolio-unknown`);
 * one that knows shrinks or denies by its ceilings.
 */
export function portfolioRoom(
  standing: PortfolioStanding,
  wanted: Readonly<{ lots: number; side: Side; lastPx: Ticks; holds: boolean }>,
  instrument: Instrument,
): PortfolioRoom {
  const { limits, share, own } = standing
  const none = { lots: 0, short: {} }
  if (!limitsPortfolio(limits)) return { lots: wanted.lots, reasons: ROOM_ENOUGH, short: {} }
  if (!share || share.currency !== instrument.currency.code) return { ...none, reasons: [PORTFOLIO_UNKNOWN] }
  const unread = unknownAccounts(share)
  if (unread) return { ...none, reasons: [unread] }
  const reasons: Reason[] = []
  const short: Record<string, number> = {}
  let room = wanted.lots
  const worth = lotWorth(instrument, wanted.lastPx)
  const bound = (code: string, resource: string, limit: number, what: string) => {
    const left = Math.max(0, (share.ceilings[resource] ?? 0) - (own[resource] ?? 0))
    const fits = worth > 0 ? Math.floor(left / worth) : 0
    if (fits >= wanted.lots) return
    room = Math.min(room, fits)
    short[resource] = (own[resource] ?? 0) + wanted.lots * worth
    const { currency } = instrument
    reasons.push({
      code,
      text: `${what}: this account has room for ${fits} of ${wanted.lots} lots (all accounts use ${money(currency, share.used[resource] ?? 0)} of ${money(currency, limit)})`,
    })
  }
  if (limits.maxPositions > 0 && !wanted.holds) {
    const left = (share.ceilings['positions'] ?? 0) - (own['positions'] ?? 0)
    if (left < 1) {
      room = 0
      short['positions'] = (own['positions'] ?? 0) + 1
      reasons.push({
        code: 'portfolio-positions',
        text: `positions across accounts: this account has no room for another (all hold ${share.used['positions'] ?? 0}, at most ${limits.maxPositions})`,
      })
    }
  }
  if (limits.maxNotionalMinor > 0)
    bound('portfolio-notional', 'notional', limits.maxNotionalMinor, 'worth of all accounts')
  if (limits.correlationCapMinor > 0) {
    const group = standing.groupOf(instrument)
    const direction = directionOf(instrument, wanted.side)
    bound('correlation-cap', groupResource(group, direction), limits.correlationCapMinor, `${direction} in ${group}`)
  }
  if (limits.maxDailyLossMinor > 0 && share.dayResultMinor <= -limits.maxDailyLossMinor) {
    room = 0
    reasons.push({ code: 'portfolio-daily-loss', text: dailyLossText(instrument.currency, limits, share) })
  }
  return { lots: room, reasons, short }
}

/** The loss of the day over all accounts, as a sentence. */
export function dailyLossText(currency: Currency, limits: PortfolioLimits, share: PortfolioShare): string {
  return `the loss of the day over ${share.accounts} accounts is ${money(currency, -share.dayResultMinor)}, the limit ${money(currency, limits.maxDailyLossMinor)}`
}

function money(currency: Currency, amount: number): string {
  return `${formatMoney(currency, minorUnits(amount))} ${currency.code}`
}
