import type { AccountEntry } from '../../adapters/account-registry/account-entries.ts'
import { userNamedIn } from '../../adapters/account-registry/read-settings.ts'
import { readLastExit } from '../../adapters/bot-process/last-exit.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { correlationGroups } from '../../adapters/instruments/user-groups.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { readRiskFacts, type RiskFacts } from '../../adapters/state-db/read-risk.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { BotStatus } from '../../contracts/bot-protocol.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import type { Currency } from '../../domain/instrument/instrument.ts'
import { holdingValueMinor } from '../../domain/position/position.ts'
import type { GroupOf } from '../../domain/risk/correlation-groups.ts'
import { usesOf } from '../../domain/risk/portfolio/exposure.ts'
import { limitsPortfolio, type PortfolioLimits } from '../../domain/risk/portfolio/portfolio-share.ts'
import { epochMs, ticks, type EpochMs } from '../../domain/units/units.ts'
import {
  shareUserPortfolio,
  type ShareEcho,
  type StoppedExposure,
  type UserPortfolio,
} from '../../engine/portfolio/share-portfolio.ts'
import { portfolioLimits } from '../bot/account-risk.ts'
import type { SupervisedBot } from './supervised-bot.ts'

export type PortfolioDeskContext = Readonly<{
  layout: HomeLayout
  /** Every account of the home. */
  accounts: () => readonly AccountEntry[]
  bot: (id: AccountId) => Pick<SupervisedBot, 'view' | 'share'>
  currencyOf: (symbol: string) => Currency
  now: () => EpochMs
  log: Log
}>

export type PortfolioDesk = Readonly<{
  /** One round: hears what bots say of themselves, and tells each its part. */
  round(): Promise<void>
  close(): void
}>

/** Milliseconds. Bots make no entries on a word older than fifteen seconds. */
const ROUND_MS = 1_000
const ANSWER_MS = 5_000
const DAY_MS = 86_400_000

type Seat = {
  userId: string
  /** The bot that was last heard; undefined: none runs. */
  instanceId: string | undefined
  /** It has answered us: from then on only its answers count, what it pushed before may be older. */
  hasAnswered: boolean
  isAsked: boolean
  /** What its state says could not be read: it is looked at again until it can. */
  isUnread: boolean
}

/**
 * Tells each bot what the accounts of its user do together, one user at a time: what is known of one user is told to no
 * bot of another, nor are two users ever added up.
 */
export function openPortfolioDesk(ctx: PortfolioDeskContext): PortfolioDesk {
  const users = new Map<string, UserPortfolio>()
  const seats = new Map<AccountId, Seat>()
  // Rises with every launcher of the home: the clock goes on, and a bot that knows of a greater one says so.
  const epoch = ctx.now()
  const warned = new Map<AccountId, string>()
  /** Accounts that may be anybody's: their settings name no user, and they have run. */
  let strays: readonly AccountId[] = []

  function portfolioOf(userId: string): UserPortfolio {
    const known = users.get(userId)
    if (known) return known
    const opened = shareUserPortfolio(epoch, ctx.now)
    users.set(userId, opened)
    return opened
  }

  function seatOf({ accountId, userId }: Known): Seat {
    const known = seats.get(accountId)
    if (known?.userId === userId) return known
    if (known) users.get(known.userId)?.drop(accountId)
    const taken: Seat = { userId, instanceId: undefined, hasAnswered: false, isAsked: false, isUnread: false }
    seats.set(accountId, taken)
    countStopped(accountId, taken)
    return taken
  }

  function countStopped(accountId: AccountId, seat: Seat): void {
    const told = exposureOfStopped(accountId)
    seat.isUnread = told === 'unknown'
    portfolioOf(seat.userId).stopped(accountId, told)
  }

  function hear(known: Known): void {
    const { accountId, settings } = known
    const isNew = !seats.has(accountId)
    const seat = seatOf(known)
    const portfolio = portfolioOf(seat.userId)
    const limits = settings && limitsOf(settings, ctx.currencyOf)
    // Settings that have become unreadable leave the limits they had, for its bot goes on with those.
    if (settings || isNew) portfolio.put(accountId, limits, settings && currencyOf(settings))
    const { phase } = ctx.bot(accountId).view()
    if (phase.kind === 'attached') {
      const { status } = phase
      if (seat.instanceId !== status.instanceId) {
        countStopped(accountId, seat)
        Object.assign(seat, { instanceId: status.instanceId, hasAnswered: false })
      }
      const echo = echoOf(status)
      if (echo && (!seat.hasAnswered || limits === undefined)) {
        seat.isUnread = false
        portfolio.heard(accountId, echo)
      }
    } else if (phase.kind !== 'silent' && phase.kind !== 'starting' && seat.instanceId !== undefined) {
      // A silent bot may still act on what it was told; only one that is gone holds nothing.
      countStopped(accountId, seat)
      Object.assign(seat, { instanceId: undefined, hasAnswered: false })
    } else if (phase.kind === 'silent' && seat.instanceId === undefined) {
      // We have never heard it, and it may still enter on what the launcher before us told it.
      countStopped(accountId, seat)
      portfolio.silent(accountId)
    } else if (seat.isUnread) countStopped(accountId, seat)
  }

  async function tell({ accountId, settings }: Known): Promise<void> {
    const seat = seats.get(accountId)
    if (!settings || !seat || seat.isAsked || seat.instanceId === undefined) return
    const portfolio = portfolioOf(settings.userId)
    const share = portfolio.shareFor(accountId, ctx.now())
    if (!share) return
    seat.isAsked = true
    try {
      const status = await ctx.bot(accountId).share(share, ANSWER_MS)
      const echo = status?.instanceId === seat.instanceId ? echoOf(status) : undefined
      if (!echo) return
      seat.hasAnswered = true
      portfolio.heard(accountId, echo)
    } catch (error) {
      // It is starting, ending or busy; what it was told counts as heard until it says otherwise.
      if (!(error instanceof Refused)) throw error
    } finally {
      seat.isAsked = false
    }
  }

  function exposureOfStopped(accountId: AccountId): StoppedExposure {
    try {
      const facts = readRiskFacts(ctx.layout, accountId)
      warned.delete(accountId)
      return facts ? exposureOf(facts, correlationGroups(ctx.layout), dayEndOf(ctx.layout, accountId)) : 'nothing'
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (warned.get(accountId) !== message)
        ctx.log.warn('exposure-unknown', `What ${accountId} holds is not known: ${message}`)
      warned.set(accountId, message)
      return 'unknown'
    }
  }

  function currencyOf({ symbol }: AccountSettings): string | undefined {
    try {
      return ctx.currencyOf(symbol).code
    } catch (error) {
      if (error instanceof Refused) return undefined
      throw error
    }
  }

  /** An account as the desk sees it; undefined where its settings can't be read and name no user. */
  function knownOf(entry: AccountEntry): Known | undefined {
    const { accountId } = entry
    if ('settings' in entry) return { accountId, userId: entry.settings.userId, settings: entry.settings }
    const userId = seats.get(accountId)?.userId ?? userNamedIn(ctx.layout, accountId)
    return userId === undefined ? undefined : { accountId, userId, settings: undefined }
  }

  /** Whoever they belong to: nobody enters beside an account that may be his and hold something. */
  function countStrays(found: readonly AccountId[]): void {
    for (const [userId, portfolio] of users)
      for (const id of strays) if (!found.includes(id) && seats.get(id)?.userId !== userId) portfolio.drop(id)
    strays = found
    for (const portfolio of users.values())
      for (const id of found) {
        portfolio.put(id, undefined, undefined)
        portfolio.stopped(id, 'unknown')
      }
  }

  async function round(): Promise<void> {
    const entries = ctx.accounts()
    const known = entries.flatMap((entry) => knownOf(entry) ?? [])
    for (const [id, { userId }] of seats)
      if (!entries.some(({ accountId }) => accountId === id)) {
        users.get(userId)?.drop(id)
        seats.delete(id)
      }
    for (const entry of known) hear(entry)
    const nobodys = entries.flatMap(({ accountId }) => (seats.has(accountId) ? [] : [accountId]))
    countStrays(nobodys.filter((id) => exposureOfStopped(id) !== 'nothing'))
    await Promise.all(known.map((entry) => tell(entry)))
  }

  let isRunning = false
  const timer = setInterval(() => {
    if (isRunning) return
    isRunning = true
    round()
      .catch((error: unknown) => ctx.log.error('portfolio-failed', 'Bots could not be told of one another', { error }))
      .finally(() => (isRunning = false))
  }, ROUND_MS).unref()
  return { round, close: () => clearInterval(timer) }
}

/** `settings` is undefined where they can't be read. */
type Known = Readonly<{ accountId: AccountId; userId: string; settings: AccountSettings | undefined }>

function limitsOf(
  { risk, symbol }: AccountSettings,
  currencyOf: (symbol: string) => Currency,
): PortfolioLimits | undefined {
  try {
    const limits = portfolioLimits(risk, currencyOf(symbol).digits)
    return limitsPortfolio(limits) ? limits : undefined
  } catch (error) {
    // Its bot refuses to start with them.
    if (error instanceof Refused) return undefined
    throw error
  }
}

function echoOf({ portfolio }: BotStatus): ShareEcho | undefined {
  if (!portfolio) return undefined
  const { currency, uses, unitMinor, dayResultMinor, dayEnd, epoch, seq, wants } = portfolio
  return { exposure: { currency, uses, unitMinor, dayResultMinor, dayEnd: epochMs(dayEnd) }, epoch, seq, wants }
}

/** What a stopped account holds, at the last prices its bot has seen. */
function exposureOf(facts: RiskFacts, groupOf: GroupOf, dayEnd: EpochMs | undefined): StoppedExposure {
  const { state, positions, working, instruments, lastBars } = facts
  if (
    positions.length + working.length > 0 &&
    [...positions, ...working].some(({ symbol }) => !instruments.has(symbol))
  )
    return 'unknown'
  const currency = [...instruments.values()][0]?.currency
  if (!currency) return 'nothing'
  const symbols = new Set([...positions, ...working].map(({ symbol }) => symbol))
  const holdings = [...symbols].flatMap((symbol) => {
    const instrument = instruments.get(symbol)
    if (!instrument) return []
    const position = positions.find((one) => one.symbol === symbol)
    const sum = (side: 'buy' | 'sell') =>
      working.reduce((lots, one) => lots + (one.symbol === symbol && one.side === side ? one.lots : 0), 0)
    const px = lastBars.get(symbol)?.close ?? ticks(position ? Math.round(position.cost / position.quantity) : 0)
    return [{ instrument, px, quantity: position?.quantity ?? 0, workingBuys: sum('buy'), workingSells: sum('sell') }]
  })
  let equity = facts.ledger('cash', currency.code)
  for (const position of positions) {
    const holding = holdings.find(({ instrument }) => instrument.symbol === position.symbol)
    if (holding) equity += holdingValueMinor(position, holding.px, holding.instrument)
  }
  return {
    currency: currency.code,
    uses: usesOf(holdings, [], groupOf),
    unitMinor: 0,
    dayResultMinor: state ? equity - state.dayStartBalanceMinor : 0,
    dayEnd: dayEnd ?? epochMs(state ? state.dayStart + DAY_MS : 0),
  }
}

function dayEndOf(layout: HomeLayout, accountId: AccountId): EpochMs | undefined {
  const end = readLastExit(layout, accountId)?.status?.portfolio?.dayEnd
  return end === undefined ? undefined : epochMs(end)
}
