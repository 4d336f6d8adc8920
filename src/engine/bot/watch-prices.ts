import type { Reason } from '../../domain/decision/decision.ts'
import { judgeFreshness } from '../../domain/feed/judge-freshness.ts'
import { formatPrice } from '../../domain/instrument/instrument.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'

/** Something held whose price is older than it should be, and why. */
type StaleHolding = Readonly<{ symbol: string; quantity: number; lane: number; why: string }>

/** Tells a person of what is held without a price: once for each silence, and when it is over. */
export type PriceWatch = Readonly<{
  /** Looks, and logs what is new. @returns what is held without a price now, as a person reads it; undefined: nothing */
  look(): string | undefined
}>

const NONE: readonly StaleHolding[] = []

/** @param since when the feed was started: before, no bar could come */
export function openPriceWatch(ctx: BotContext, book: BotBook, since: EpochMs): PriceWatch {
  let told: ReadonlySet<string> = new Set()
  return {
    look: () => {
      const stale = staleHoldings(ctx, book, since)
      for (const one of stale) if (!told.has(one.symbol)) tell(ctx, book, one)
      for (const symbol of told)
        if (book.positions.has(symbol) && !stale.some((one) => one.symbol === symbol))
          ctx.laneOf(symbol).log.info('held-price-back', `Prices of ${symbol}, which is held, come again`)
      if (stale.length > 0 || told.size > 0) told = new Set(stale.map(({ symbol }) => symbol))
      return stale.length === 0 ? undefined : stale.map(textOf).join('; ')
    },
  }
}

/** Why nothing is entered in the market of a lane: something of it is held, and nobody knows at what price. */
export function stalePriceReasons(ctx: BotContext, book: BotBook): readonly Reason[] {
  return staleHoldings(ctx, book, epochMs(0))
    .filter(({ lane }) => lane === ctx.lane)
    .map((one) => ({ code: 'stale-price', text: textOf(one) }))
}

function textOf({ symbol, quantity, why }: StaleHolding): string {
  return `${quantity} ${symbol} held without a current price (${why})`
}

function staleHoldings(ctx: BotContext, book: BotBook, since: EpochMs): readonly StaleHolding[] {
  // A replay's clock stands still between its bars.
  if (ctx.replaying || !book.holding) return NONE
  const now = ctx.now()
  const found: StaleHolding[] = []
  for (const { symbol, quantity } of book.positions.values()) {
    const lane = ctx.laneOf(symbol)
    const why = whyStale(lane, book, symbol, now, since)
    if (why !== undefined) found.push({ symbol, quantity, lane: lane.lane, why })
  }
  return found.length < 2 ? found : found.sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
}

/** @param ctx of the lane that a held symbol belongs to */
function whyStale(
  ctx: BotContext,
  book: BotBook,
  symbol: string,
  now: EpochMs,
  feedStartedAt: EpochMs,
): string | undefined {
  const followed = ctx.instrument.symbol
  if (symbol !== followed && ctx.instrumentOf(symbol)?.option?.underlying !== followed)
    return ctx.markOf(symbol) === undefined ? 'this bot follows no prices of it' : undefined
  const verdict = judgeFreshness({
    now,
    lastBarAt: book.lanes[ctx.lane]!.lastBar?.time,
    timeframeMs: ctx.timeframeMs,
    session: ctx.sessions.sessionAt(now),
    feedStartedAt,
    replaying: false,
    barsLate: ctx.risk.limits.stalePriceBars,
  })
  return verdict.kind === 'blind' ? verdict.text : undefined
}

function tell(ctx: BotContext, book: BotBook, { symbol, quantity, why }: StaleHolding): void {
  const { log, instrumentOf } = ctx.laneOf(symbol)
  const instrument = instrumentOf(symbol)
  const px = ctx.markOf(symbol)
  const counted = px === undefined || !instrument ? 'at its cost' : `at ${formatPrice(instrument, px)}`
  log.error(
    'held-without-price',
    `${quantity} ${symbol} are held without a current price: ${why}. Limits on losses count them ${counted} and can't see what ` +
      `they lose now. ${stopText(book, symbol, Math.abs(quantity))}; nothing is entered beside them. Look at them at your ` +
      `broker; "slipway flatten ${ctx.trading.accountId}" closes everything`,
    { symbol, quantity },
  )
}

function stopText(book: BotBook, symbol: string, held: number): string {
  let covered = 0
  for (const { order, status, cumQty } of book.opens.values())
    if (
      order.symbol === symbol &&
      order.purpose === 'stop' &&
      (status === 'acknowledged' || status === 'partially-filled')
    )
      covered += order.quantity - cumQty
  if (covered === 0) return 'No stop of theirs is at the broker'
  return covered >= held ? 'Their stop stays at the broker' : `A stop for ${covered} of ${held} stays at the broker`
}
