import type { BotStatus } from '../../contracts/bot-protocol.ts'
import type { BotState } from '../../domain/bot/bot.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { lossUsed } from '../../domain/risk/loss-used.ts'
import { isFresh, type PortfolioShare } from '../../domain/risk/portfolio/portfolio-share.ts'
import type { LicenceView } from '../../domain/licence/licence-standing.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { accountEquity, holdings, openPnl, realizedPnl } from '../../engine/bot/account-equity.ts'
import type { BotBook } from '../../engine/bot/bot-book.ts'
import type { BotContext } from '../../engine/bot/bot-context.ts'
import { standingBlocks } from '../../engine/bot/entry-blocks.ts'
import { bookExposure, presentWants } from '../../engine/bot/watch-portfolio.ts'

/** What the process knows of itself beside the book. */
export type Life = {
  phase: 'starting' | 'reconciling' | 'trading' | 'stopping' | 'stopped' | 'crashed'
  reason: string | null
  /** Set while the feed is silent although it should not be. */
  blind: string | undefined
  /** What is held without a price; undefined: nothing. */
  unpriced?: string | undefined
  lastError: string | null
  /** Why option decisions are held; undefined while they are not. */
  pricingTrouble?: () => string | undefined
  /** Where the licence of a live account stands. */
  licence?: () => LicenceView | undefined
  /** The logs it writes, which count what they had to say. */
  logs?: readonly Readonly<{ warnings: number; errors: number }>[]
}

export type Identity = Readonly<{ instanceId: string; accountId: string; startedAt: EpochMs; instrument: Instrument }>

/**
 * A bot's account of itself, as users see it.
 *
 * @param trading undefined until the account's state is open
 */
export function botStatus(
  who: Identity,
  life: Life,
  trading: Readonly<{ ctx: BotContext; book: BotBook }> | undefined,
): BotStatus {
  const { state, stateReason } = stateOf(life, trading)
  const book = trading?.book
  return {
    instanceId: who.instanceId,
    accountId: who.accountId,
    pid: process.pid,
    state,
    stateReason,
    startedAt: who.startedAt,
    lastBarAt: book?.lastBar?.time ?? null,
    position: book?.position.quantity ?? 0,
    holdings: trading ? holdings(trading.ctx, trading.book) : [],
    agreedAt: book?.agreedAt ?? null,
    cash: cashOf(book),
    realizedPnlMinor: trading ? realizedPnl(trading.ctx) : 0,
    unrealizedPnlMinor: trading ? openPnl(trading.ctx, trading.book) : 0,
    ...worthOf(trading),
    ...saidOf(life),
    currency: who.instrument.currency.code,
    currencyDigits: who.instrument.currency.digits,
    tradesToday: book?.lanes.reduce((sum, { day }) => sum + day.tradesOpened, 0) ?? 0,
    openOrders: book?.opens.size ?? 0,
    lastError: life.lastError,
    generation: trading?.ctx.store.generation ?? 0,
    portfolio: trading ? portfolioOf(trading.ctx, trading.book) : null,
    ...licenceIn(life),
  }
}

function licenceIn({ licence }: Life): Pick<BotStatus, 'licence'> {
  const view = licence?.()
  return view
    ? { licence: { rung: view.rung, code: view.code, until: view.until ?? null, text: view.text, isSaid: view.isSaid } }
    : {}
}

/** What the account is worth, what its day has made of that, and how near its limit on losses is. */
function worthOf(trading: Readonly<{ ctx: BotContext; book: BotBook }> | undefined): Partial<BotStatus> {
  if (!trading) return {}
  const { ctx, book } = trading
  const equityMinor = accountEquity(ctx, book)
  return {
    equityMinor,
    todayPnlMinor: equityMinor - book.risk.dayStartEquityMinor,
    lossUsed: lossUsed(book.risk, equityMinor, ctx.risk.limits) ?? null,
  }
}

function cashOf(book: BotBook | undefined): BotStatus['cash'] {
  const { cashSeen } = book ?? {}
  return cashSeen ? { oursMinor: cashSeen.oursMinor, theirsMinor: cashSeen.theirsMinor, askedAt: cashSeen.at } : null
}

function saidOf({ logs = [] }: Life): Partial<BotStatus> {
  let warnings = 0
  let errors = 0
  for (const log of logs) {
    warnings += log.warnings
    errors += log.errors
  }
  return { warnings, errors }
}

function toldOf({ asOf, accounts, unknown, used, ceilings, dayResultMinor }: PortfolioShare) {
  return { asOf, accounts, unknown: [...unknown], used, ceilings, dayResultMinor }
}

function portfolioOf(ctx: BotContext, book: BotBook): BotStatus['portfolio'] {
  const share = ctx.outside?.portfolio.share
  return {
    ...bookExposure(ctx, book),
    epoch: share?.epoch ?? 0,
    seq: share?.seq ?? 0,
    wants: presentWants(ctx),
    told: share && isFresh(share, ctx.now()) ? toldOf(share) : null,
  }
}

function stateOf(
  life: Life,
  trading: Readonly<{ ctx: BotContext; book: BotBook }> | undefined,
): { state: BotState; stateReason: string | null } {
  if (life.phase !== 'trading' || !trading)
    return { state: life.phase === 'trading' ? 'starting' : life.phase, stateReason: life.reason }
  if (trading.book.stop) return { state: 'stopping', stateReason: life.reason }
  // Blind comes first: a bot that sees no prices also protects nothing it would have to close itself.
  if (life.blind !== undefined) return { state: 'blind', stateReason: life.unpriced ?? life.blind }
  const blocks = standingBlocks(trading.ctx, trading.book)
  if (blocks.length > 0)
    return {
      state: 'blocked',
      stateReason: [life.unpriced, ...blocks.map((block) => block.text)]
        .filter((text) => text !== undefined)
        .join('; '),
    }
  return { state: 'trading', stateReason: life.unpriced ?? life.pricingTrouble?.() ?? licenceNotice(life) }
}

function licenceNotice({ licence }: Life): string | null {
  const view = licence?.()
  return view?.isSaid === true ? view.text : null
}
