import type { AccountEntry } from '../../adapters/account-registry/account-entries.ts'
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
import { usesOf, type AccountExposure } from '../../domain/risk/portfolio/exposure.ts'
import { limitsPortfolio, type PortfolioLimits } from '../../domain/risk/portfolio/portfolio-share.ts'
import { epochMs, ticks, type EpochMs } from '../../domain/units/units.ts'
import { shareUserPortfolio, type ShareEcho, type UserPortfolio } from '../../engine/portfolio/share-portfolio.ts'
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
  let warned: string | undefined

  function portfolioOf(userId: string): UserPortfolio {
    const known = users.get(userId)
    if (known) return known
    const opened = shareUserPortfolio(epoch, ctx.now)
    users.set(userId, opened)
    return opened
  }

  function seatOf(accountId: AccountId, { userId }: AccountSettings): Seat {
    const known = seats.get(accountId)
    if (known?.userId === userId) return known
    if (known) users.get(known.userId)?.drop(accountId)
    const taken: Seat = { userId, instanceId: undefined, hasAnswered: false, isAsked: false }
    seats.set(accountId, taken)
    portfolioOf(userId).stopped(accountId, exposureOfStopped(accountId))
    return taken
  }

  function hear({ accountId, settings }: Known): void {
    const seat = seatOf(accountId, settings)
    const portfolio = portfolioOf(settings.userId)
    const limits = limitsOf(settings, ctx.currencyOf)
    portfolio.put(accountId, limits)
    const { phase } = ctx.bot(accountId).view()
    if (phase.kind === 'attached') {
      const { status } = phase
      if (seat.instanceId !== status.instanceId) {
        portfolio.stopped(accountId, exposureOfStopped(accountId))
        Object.assign(seat, { instanceId: status.instanceId, hasAnswered: false })
      }
      const echo = echoOf(status)
      if (echo && (!seat.hasAnswered || limits === undefined)) portfolio.heard(accountId, echo)
    } else if (phase.kind !== 'silent' && phase.kind !== 'starting' && seat.instanceId !== undefined) {
      // A silent bot may still act on what it was told; only one that is gone holds nothing.
      portfolio.stopped(accountId, exposureOfStopped(accountId))
      Object.assign(seat, { instanceId: undefined, hasAnswered: false })
    }
  }

  async function tell({ accountId, settings }: Known): Promise<void> {
    const seat = seats.get(accountId)
    if (!seat || seat.isAsked || seat.instanceId === undefined) return
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

  function exposureOfStopped(accountId: AccountId): AccountExposure | undefined {
    try {
      const facts = readRiskFacts(ctx.layout, accountId)
      return facts && exposureOf(facts, correlationGroups(ctx.layout), dayEndOf(ctx.layout, accountId))
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (warned !== message) ctx.log.warn('exposure-unknown', `What ${accountId} holds is not known: ${message}`)
      warned = message
      return undefined
    }
  }

  async function round(): Promise<void> {
    const entries = ctx.accounts()
    // An account whose settings have become unreadable keeps its seat: its bot goes on.
    const known = entries.flatMap((entry) => ('settings' in entry ? [entry] : []))
    for (const [id, { userId }] of seats)
      if (!entries.some(({ accountId }) => accountId === id)) {
        users.get(userId)?.drop(id)
        seats.delete(id)
      }
    for (const entry of known) hear(entry)
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

type Known = Extract<AccountEntry, { settings: AccountSettings }>

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
function exposureOf(facts: RiskFacts, groupOf: GroupOf, dayEnd: EpochMs | undefined): AccountExposure | undefined {
  const { state, positions, working, instruments, lastBars } = facts
  const currency = [...instruments.values()][0]?.currency
  if (!currency) return undefined
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
