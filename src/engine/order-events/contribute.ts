import type { TradeRecord } from '../../domain/account/account-store.ts'
import { experiencesOf, type ExperienceSource } from '../../domain/experience/experience.ts'
import { TIMEFRAMES, type Timeframe } from '../../domain/market/bar.ts'
import { openingFill, type RoundTrip } from '../../domain/position/position.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { instrumentOrThrow, marketNow, type BotContext } from '../bot/bot-context.ts'

/**
 * Writes what a closed trade teaches into the outbox: inside the transaction that books the trade, so that neither is
 * there without the other.
 *
 * @param ctx of the lane that the instrument belongs to
 */
export function contribute(ctx: BotContext, book: BotBook, trip: RoundTrip, trade: TradeRecord): void {
  const { store, instrument } = ctx
  const entry = store.tradeEntry(openingFill(trip), trade.symbol)
  const timeframe = TIMEFRAME_NAMES.get(ctx.timeframeMs)
  if (!entry || timeframe === undefined) return
  const { held } = book.lanes[ctx.lane]!
  const isWatched = held?.tradeId === trip.tradeId
  const experiences = experiencesOf({
    userId: ctx.trading.userId,
    trip,
    instrument: trade.symbol === instrument.symbol ? instrument : instrumentOrThrow(ctx, trade.symbol),
    net: trade.net,
    exitReason: trade.exitReason,
    entry,
    held: isWatched ? held : undefined,
    strategyId: isWatched ? held.strategyId : ctx.strategyId,
    source: sourceOf(ctx),
    timeframe,
  })
  const at = marketNow(ctx, book.lastBar)
  for (const experience of experiences) store.enqueueOutbox(experience.kind, trade.tradeId, experience, at)
}

function sourceOf({ replaying, source, trading }: BotContext): ExperienceSource {
  return replaying ? 'replay' : (source ?? trading.mode)
}

const TIMEFRAME_NAMES: ReadonlyMap<number, Timeframe> = new Map(
  (Object.entries(TIMEFRAMES) as [Timeframe, number][]).map(([name, ms]) => [ms, name]),
)
