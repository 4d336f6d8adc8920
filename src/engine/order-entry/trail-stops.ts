import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isWorking } from '../../domain/order/protection.ts'
import { isBetterStop, trailedStop } from '../../domain/order/trail-stop.ts'
import type { Ticks } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { changeWorking } from './change-working.ts'

/** A stop that we trail, and where it should stand now. */
export type TrailStep = Readonly<{ record: OrderRecord; stopPx: Ticks }>

/** Stops whose best price has moved on since they were last moved. */
export function trailsDue(ctx: BotContext, book: BotBook): readonly TrailStep[] {
  const steps: TrailStep[] = []
  for (const record of book.opens.values()) {
    const { trail, order } = record
    if (!trail || order.type.kind !== 'stop' || !isWorking(record.status) || record.cancelReason) continue
    const best = bestPx(ctx, book, record)
    if (best === undefined) continue
    const stopPx = trailedStop(order.side, best, trail)
    if (!isBetterStop(order.side, order.type.stopPx, stopPx)) continue
    const refused = refusedPx(book, record)
    if (refused === undefined || isBetterStop(order.side, refused, stopPx)) steps.push({ record, stopPx })
  }
  return steps
}

export async function moveStop(ctx: BotContext, book: BotBook, { record, stopPx }: TrailStep): Promise<void> {
  await changeWorking(ctx, book, record, { stopPx }, 'a new best price')
}

/** Where the broker refused to have it: it is not asked for the same again. */
function refusedPx(book: BotBook, { replaces }: OrderRecord): Ticks | undefined {
  const before = replaces === undefined ? undefined : book.known(replaces)
  return before?.status === 'rejected' && before.order.type.kind === 'stop' ? before.order.type.stopPx : undefined
}

/** The extreme of the last bar, where the order worked all through it; else its close. */
function bestPx(ctx: BotContext, book: BotBook, { order, createdAt }: OrderRecord): Ticks | undefined {
  const lane = ctx.laneOf(order.symbol)
  const bar = lane.instrument.symbol === order.symbol ? book.lanes[lane.lane]?.lastBar : undefined
  if (!bar || bar.time < createdAt) return ctx.markOf(order.symbol)
  return order.side === 'sell' ? bar.high : bar.low
}
