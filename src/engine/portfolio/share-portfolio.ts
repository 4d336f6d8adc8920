import { groupResource, type AccountExposure, type Uses } from '../../domain/risk/portfolio/exposure.ts'
import {
  SHARE_FRESH_MS,
  type PortfolioLimits,
  type PortfolioShare,
} from '../../domain/risk/portfolio/portfolio-share.ts'
import { shareRoom, type Claimant } from '../../domain/risk/portfolio/share-room.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'

/** What a bot says when it answers: what it uses, the word it last took, and what it lacked room for. */
export type ShareEcho = Readonly<{
  exposure: AccountExposure
  /** Of the share it holds; zeros when it holds none. */
  epoch: number
  seq: number
  /** What it wanted to use and could not, by resource. */
  wants: Uses
}>

/** The accounts of one user, as far as limits across them go. Knows nothing of any other user. */
export type UserPortfolio = Readonly<{
  /**
   * An account of the user's; `limits` undefined where its settings have none, so that it is counted only.
   *
   * @param currency that it trades in; undefined where nobody can tell, so that it may be any
   */
  put(accountId: string, limits: PortfolioLimits | undefined, currency: string | undefined): void
  /** The account is gone from the home. */
  drop(accountId: string): void
  /** A running bot has told of itself, asked or not. */
  heard(accountId: string, echo: ShareEcho): void
  /** No bot is heard: what the account holds as its state has it. */
  stopped(accountId: string, told: StoppedExposure): void
  /** It is not heard, and may run all the same, on what it was told before us. */
  silent(accountId: string): void
  /**
   * The word to send to an account's bot now. It counts as held from here on, until the bot confirms it.
   *
   * @returns undefined when the account sets no limit, or nothing is known of it
   */
  shareFor(accountId: string, now: EpochMs): PortfolioShare | undefined
}>

/** `nothing`: it has never run. `unknown`: there is something, and it can't be read. */
export type StoppedExposure = AccountExposure | 'nothing' | 'unknown'

type Member = {
  limits: PortfolioLimits | undefined
  currency: string | undefined
  exposure: AccountExposure | undefined
  /** `exposure` is no more than what was known last: nobody can tell what it holds. */
  isUnknown: boolean
  isRunning: boolean
  /** Never heard by us, and perhaps alive. */
  isSilent: boolean
  /** Ceilings confirmed under our epoch; undefined: it may act on the word of an earlier launcher. */
  confirmed: Uses | undefined
  /** Sent and not confirmed, oldest first. */
  pending: { seq: number; ceilings: Uses }[]
  wants: Map<string, { amount: number; since: number }>
}

/** No bot acts on a word that is as old, milliseconds; one was said just before us, by a clock a little ahead. */
const WORD_ENDS_MS = SHARE_FRESH_MS + 1_000
/** A wish for room that is not told again for so long is over, milliseconds. */
const WISH_MS = 120_000

/**
 * Hands out room under a user's limits.
 *
 * A limit that several accounts set differently is the smallest of them. Amounts in another currency are not mixed in:
 * each currency is a portfolio of its own.
 *
 * @param epoch greater than that of any launcher before; raised when a bot knows of a greater one
 */
export function shareUserPortfolio(epoch: number, now: () => EpochMs): UserPortfolio {
  const members = new Map<string, Member>()
  const openedAt = now()
  let present = epoch
  let seq = 0

  function member(accountId: string): Member {
    const known = members.get(accountId)
    if (known) return known
    const fresh: Member = {
      ...{ limits: undefined, currency: undefined, exposure: undefined, isUnknown: false },
      ...{ isRunning: false, isSilent: false, confirmed: undefined, pending: [] },
      wants: new Map(),
    }
    members.set(accountId, fresh)
    return fresh
  }

  function heard(accountId: string, echo: ShareEcho): void {
    const one = member(accountId)
    Object.assign(one, { exposure: echo.exposure, isUnknown: false, isRunning: true, isSilent: false })
    if (echo.epoch > present || (echo.epoch === present && echo.seq > seq)) {
      // Another launcher, or our clock, was further: nothing we said counts with anybody.
      present = echo.epoch + 1
      for (const other of members.values()) Object.assign(other, { confirmed: undefined, pending: [] })
    }
    const taken = echo.epoch === present ? one.pending.findIndex((sent) => sent.seq === echo.seq) : -1
    if (taken >= 0) {
      one.confirmed = one.pending[taken]!.ceilings
      one.pending = one.pending.slice(taken + 1)
    }
    const since = now()
    for (const [resource, amount] of Object.entries(echo.wants)) {
      const before = one.wants.get(resource)
      one.wants.set(resource, { amount, since: before?.amount === amount ? before.since : since })
    }
    for (const resource of [...one.wants.keys()]) if (!(resource in echo.wants)) one.wants.delete(resource)
  }

  function inCurrency(currency: string): [string, Member & { exposure: AccountExposure }][] {
    return [...members].filter(
      (entry): entry is [string, Member & { exposure: AccountExposure }] => entry[1].exposure?.currency === currency,
    )
  }

  /** A bot that we have never heard may act on a word that was fresh when we began. */
  function mayActUnheard(): boolean {
    if (now() - openedAt >= WORD_ENDS_MS) return false
    return [...members.values()].some((one) => one.isSilent && one.limits !== undefined)
  }

  /** Accounts that may hold something in a currency, and nobody can tell what. */
  function unknownIn(currency: string): string[] {
    const may = (one: Member) => one.isUnknown && (one.exposure?.currency ?? one.currency ?? currency) === currency
    return [...members].flatMap(([id, one]) => (may(one) ? [id] : [])).sort()
  }

  /** The highest ceiling an account may act on. */
  function held(one: Member, resource: string): number {
    let most = one.isRunning ? (one.confirmed?.[resource] ?? 0) : 0
    if (one.isRunning) for (const { ceilings } of one.pending) most = Math.max(most, ceilings[resource] ?? 0)
    return most
  }

  function ceilingOf(
    accountId: string,
    resource: string,
    limit: number,
    peers: readonly [string, Member & { exposure: AccountExposure }][],
  ): number {
    const used = (one: Member & { exposure: AccountExposure }) => one.exposure.uses[resource] ?? 0
    const own = peers.find(([id]) => id === accountId)![1]
    const limited = peers.filter(([, one]) => one.isRunning && one.limits !== undefined)
    // Somebody may still act on what an earlier launcher said: until all have heard us, nobody may add.
    if (limited.some(([, one]) => one.confirmed === undefined) || mayActUnheard()) return used(own)
    let taken = 0
    for (const [, one] of peers) if (!one.isRunning || one.limits === undefined) taken += used(one)
    const claimants = limited.map(([id, one]): Claimant => {
      const wish = one.wants.get(resource)
      const counts = resource === 'positions'
      return {
        accountId: id,
        exposure: used(one),
        held: held(one, resource),
        // Room in a group is of use to those that trade it only.
        unit: resource in one.exposure.uses ? (counts ? 1 : one.exposure.unitMinor) : 0,
        wants: wish && now() - wish.since < WISH_MS ? wish : undefined,
      }
    })
    return shareRoom(limit, taken, claimants).get(accountId) ?? used(own)
  }

  function shareFor(accountId: string, asOf: EpochMs): PortfolioShare | undefined {
    const one = members.get(accountId)
    const currency = one?.exposure?.currency
    if (!one || one.limits === undefined || currency === undefined) return undefined
    const peers = inCurrency(currency)
    const strictest = (name: keyof PortfolioLimits) =>
      Math.min(...peers.map(([, { limits }]) => limits?.[name] || Infinity))
    const used: Record<string, number> = {}
    const ceilings: Record<string, number> = {}
    const unknown = unknownIn(currency)
    for (const [, { exposure }] of peers)
      for (const [resource, amount] of Object.entries(exposure.uses)) used[resource] = (used[resource] ?? 0) + amount
    const bound = (resource: string, limit: number) => {
      if (limit === Infinity) return
      // Said by name too; a bot that knows no such word adds nothing either.
      ceilings[resource] =
        unknown.length > 0 ? (one.exposure?.uses[resource] ?? 0) : ceilingOf(accountId, resource, limit, peers)
    }
    bound('notional', strictest('maxNotionalMinor'))
    bound('positions', strictest('maxPositions'))
    const cap = strictest('correlationCapMinor')
    for (const group of groupsOf(used))
      for (const direction of ['long', 'short'] as const) bound(groupResource(group, direction), cap)
    const word = { epoch: present, seq: ++seq, asOf, currency, accounts: peers.length, unknown, used, ceilings }
    one.pending.push({ seq, ceilings })
    return { ...word, dayResultMinor: dayResult(peers, asOf) }
  }

  return {
    put: (accountId, limits, currency) => void Object.assign(member(accountId), { limits, currency }),
    drop: (accountId) => void members.delete(accountId),
    heard,
    stopped: (accountId, told) => {
      const one = member(accountId)
      const isUnknown = told === 'unknown'
      // What was known last still counts in what all accounts use.
      const exposure = isUnknown ? one.exposure : told === 'nothing' ? undefined : told
      Object.assign(one, { isRunning: false, isSilent: false, isUnknown, exposure, confirmed: undefined, pending: [] })
      one.wants.clear()
    },
    silent: (accountId) => void (member(accountId).isSilent = true),
    shareFor,
  }
}

function groupsOf(used: Uses): ReadonlySet<string> {
  return new Set(
    Object.keys(used).flatMap((resource) => (resource.includes(':') ? [resource.replace(/:(long|short)$/, '')] : [])),
  )
}

/** A stopped account's day counts until it is over; a running bot says itself when another has begun. */
function dayResult(peers: readonly [string, Member & { exposure: AccountExposure }][], now: EpochMs): number {
  let sum = 0
  for (const [, { exposure, isRunning }] of peers)
    if (isRunning || exposure.dayEnd > epochMs(now)) sum += exposure.dayResultMinor
  return sum
}
