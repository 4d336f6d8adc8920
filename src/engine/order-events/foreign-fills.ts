import { countFill, type ToldFill } from '../../domain/order/told-fill.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { applyLoneFill } from './apply-execution.ts'

/**
 * Keeps a fill of a market that nobody here can count, by its id: the broker tells of it once, and the market may be known
 * one day.
 *
 * @returns false when it was kept or booked before
 */
export function keepForeignFill(ctx: BotContext, told: ToldFill): boolean {
  if (!ctx.store.transact(() => ctx.store.keepForeignFill(told))) return false
  ctx.log.warn(
    'fill-foreign',
    `The broker reports a fill of a market nobody here knows: ${describeTold(told)}. It is kept, and booked once the market is described in instruments.json and the bot started again`,
    { ...told },
  )
  return true
}

/**
 * Books the kept fills of markets that are known by now, in the order in which they were told. To be called before the
 * broker's reports are listened to: what comes after them must find them booked.
 */
export function bookKeptFills(ctx: BotContext, book: BotBook): void {
  for (const told of ctx.store.foreignFills()) {
    const instrument = ctx.instrumentOf(told.symbol)
    const fill = instrument && countFill(told, instrument)
    if (!fill) continue
    ctx.store.transact(() => {
      applyLoneFill(ctx, book, fill)
      ctx.store.forgetForeignFill(told.fillId)
    })
    ctx.log.info('fill-recovered', `${describeTold(told)} was kept until its market was known, and is booked now`)
  }
}

/** Symbols of which fills are kept unbooked. */
export function foreignSymbols({ store }: BotContext): readonly string[] {
  return [...new Set(store.foreignFills().map(({ symbol }) => symbol))].sort()
}

export function describeTold({ side, quantity, symbol, price, fillId }: ToldFill): string {
  return `${side} ${quantity} ${symbol} at ${price} (fill ${fillId})`
}
