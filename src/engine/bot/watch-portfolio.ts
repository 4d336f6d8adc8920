import type { Reason } from '../../domain/decision/decision.ts'
import type { EntryVerdict } from '../../domain/risk/assess-entry.ts'
import type { Trip } from '../../domain/risk/judge-worth.ts'
import {
  lotWorth,
  usesOf,
  type AccountExposure,
  type Holding,
  type Uses,
} from '../../domain/risk/portfolio/exposure.ts'
import {
  dailyLossText,
  isFresh,
  isNewer,
  limitsPortfolio,
  PORTFOLIO_UNKNOWN,
  unknownAccounts,
  type PortfolioShare,
  type PortfolioStanding,
} from '../../domain/risk/portfolio/portfolio-share.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import { epochMs, ticks } from '../../domain/units/units.ts'
import { accountWorth } from './account-equity.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import type { PortfolioDesk } from './outside-word.ts'

/** A wish for room is told for so long, milliseconds. */
const WISH_MS = 120_000

/** Takes the launcher's word; an older one than the last is not heard. */
export function takeShare(ctx: BotContext, book: BotBook, share: PortfolioShare): void {
  const desk = ctx.outside?.portfolio
  if (!desk || !isNewer(share, desk.share)) return
  const before = blindTo(freshShare(ctx, desk))
  desk.share = share
  if (lossTrips(ctx).length > 0) book.riskDue = true
  if (limitsPortfolio(ctx.risk.portfolio) && before?.text !== blindTo(share)?.text) ctx.changed()
}

/** What the account uses of limits across accounts, for the launcher. */
export function bookExposure(ctx: BotContext, book: BotBook): AccountExposure {
  const { code } = ctx.instrument.currency
  const { equityMinor } = accountWorth(ctx, book)
  let unitMinor = 0
  for (const { instrument, markOf } of ctx.lanes) {
    const px = markOf(instrument.symbol)
    if (px !== undefined) unitMinor = Math.max(unitMinor, lotWorth(instrument, px))
  }
  return {
    currency: code,
    uses: ownUses(ctx, book),
    unitMinor,
    dayResultMinor: equityMinor - book.risk.dayStartBalanceMinor,
    dayEnd: epochMs(Math.max(0, book.riskDayCheck)),
  }
}

function ownUses(ctx: BotContext, book: BotBook, but?: ClientOrderId): Uses {
  const desk = ctx.outside?.portfolio
  if (!desk) return {}
  const { groupOf } = desk
  const holdings = new Map<string, { -readonly [K in keyof Holding]: Holding[K] }>()
  const of = (symbol: string) => {
    const known = holdings.get(symbol)
    if (known) return known
    const instrument = ctx.instrumentOf(symbol)
    // Nobody can say what it is worth: reconciliation already refuses entries because of it.
    if (!instrument) return undefined
    const px = ctx.markOf(symbol) ?? averagePx(book, symbol)
    const fresh = { instrument, px, quantity: 0, workingBuys: 0, workingSells: 0 }
    holdings.set(symbol, fresh)
    return fresh
  }
  for (const { symbol, quantity } of book.positions.values()) {
    const holding = of(symbol)
    if (holding) holding.quantity = quantity
  }
  for (const { order, cumQty } of book.opens.values()) {
    if (order.purpose !== 'entry' || order.clientOrderId === but) continue
    const holding = of(order.symbol)
    if (!holding) continue
    if (order.side === 'buy') holding.workingBuys += order.quantity - cumQty
    else holding.workingSells += order.quantity - cumQty
  }
  const groups = new Set(ctx.lanes.map(({ instrument }) => groupOf(instrument)))
  return usesOf([...holdings.values()], [...groups], groupOf)
}

function averagePx(book: BotBook, symbol: string) {
  const { cost, quantity } = book.positionOf(symbol)
  return ticks(quantity === 0 ? 0 : Math.round(cost / quantity))
}

/**
 * What limits across accounts are judged by; undefined where the account sets none.
 *
 * @param but an entry that is not counted
 */
export function portfolioStanding(ctx: BotContext, book: BotBook, but?: ClientOrderId): PortfolioStanding | undefined {
  const limits = ctx.risk.portfolio
  if (!limitsPortfolio(limits)) return undefined
  const desk = ctx.outside?.portfolio
  const groupOf = desk?.groupOf ?? (({ root }) => root)
  return { limits, share: desk && freshShare(ctx, desk), own: ownUses(ctx, book, but), groupOf }
}

/**
 * Entry orders that nothing has filled yet.
 *
 * @param but one that is not counted
 */
export function waitingEntries(book: BotBook, but?: ClientOrderId): number {
  let waiting = 0
  for (const { order, cumQty } of book.opens.values())
    if (order.purpose === 'entry' && cumQty === 0 && order.clientOrderId !== but) waiting++
  return waiting
}

/** Remembers what an entry lacked room for, so that the launcher is asked for it. */
export function rememberWants(ctx: BotContext, { lacking }: Pick<EntryVerdict, 'lacking'>): void {
  const desk = ctx.outside?.portfolio
  if (!desk) return
  desk.wants = lacking && Object.keys(lacking).length > 0 ? { uses: lacking, at: ctx.now() } : undefined
  if (desk.wants) ctx.changed()
}

/** What the launcher is asked for now. */
export function presentWants(ctx: BotContext): Uses {
  const wants = ctx.outside?.portfolio.wants
  return wants && ctx.now() - wants.at < WISH_MS ? wants.uses : {}
}

/** Why nothing is entered whatever the setup, as far as it is decided outside the bot. */
export function outsideBlocks(ctx: BotContext): readonly Reason[] {
  const { outside } = ctx
  if (!outside) return []
  const killed = outside.killed()
  const blind = limitsPortfolio(ctx.risk.portfolio) ? blindTo(freshShare(ctx, outside.portfolio)) : undefined
  if (!killed && !blind) return []
  return [...(killed ? [killed] : []), ...(blind ? [blind] : [])]
}

/** Why the user's other accounts are not known; undefined: they are. */
function blindTo(share: PortfolioShare | undefined): Reason | undefined {
  return share ? unknownAccounts(share) : PORTFOLIO_UNKNOWN
}

/** The loss of the day over all accounts, where it has reached this account's limit. */
export function lossTrips(ctx: BotContext): readonly Trip[] {
  const desk = ctx.outside?.portfolio
  const limits = ctx.risk.portfolio
  if (!desk || limits.maxDailyLossMinor === 0) return []
  const share = freshShare(ctx, desk)
  if (!share || share.dayResultMinor > -limits.maxDailyLossMinor) return []
  return [{ rule: 'portfolio-daily-loss', text: dailyLossText(ctx.instrument.currency, limits, share) }]
}

/** Wall time, in replays too: what other accounts do now has nothing to do with the time of a bar. */
function freshShare(ctx: BotContext, { share }: PortfolioDesk): PortfolioShare | undefined {
  return share && share.currency === ctx.instrument.currency.code && isFresh(share, ctx.now()) ? share : undefined
}
