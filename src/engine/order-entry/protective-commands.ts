import type { NewOrder, OrderType, Side, Trail } from '../../domain/order/order.ts'
import { formatPrice } from '../../domain/instrument/instrument.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { protectiveUnits, totalCover } from '../../domain/order/protection.ts'
import type { OrderCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import { trailedStop } from '../../domain/order/trail-stop.ts'
import { lots, type Lots, type Ticks } from '../../domain/units/units.ts'
import { heldOf, restingExits, targetLots } from './account-view.ts'
import { asked, lotsText } from './order-commands.ts'
import { submitOrder, type SubmitOutcome } from './submit-order.ts'
import { intentOf, orderIdOf, outcomeOf, refused, sendOne, typed, writeCall, type TradeCall } from './trade-call.ts'
import { refuseUnfollowed, unknownSymbol } from './unfollowed.ts'

type Of<Kind extends OrderCommand['kind']> = Extract<OrderCommand, { kind: Kind }>

/** A stop on the open position, all of it unless a quantity is given. */
export async function stopLoss(call: TradeCall, command: Of<'stop-loss'>): Promise<TradeOutcome> {
  const { symbol, stopPx } = command
  const cover = coverWanted(call, command)
  if ('kind' in cover) return cover
  const wrong = wrongSideOfMarket(call, symbol, cover.side, stopPx)
  return wrong ?? protect(call, symbol, cover, { kind: 'stop', stopPx })
}

/** A stop that follows the best price; moved by us where the venue does not trail. */
export async function trailingStop(call: TradeCall, command: Of<'trailing-stop'>): Promise<TradeOutcome> {
  const { symbol, trail } = command
  const cover = coverWanted(call, command)
  if ('kind' in cover) return cover
  if (call.ctx.broker.capabilities.trailingStop) return protect(call, symbol, cover, { kind: 'trailing-stop', trail })
  const markPx = call.ctx.markOf(symbol)
  if (markPx === undefined) return refuseUnfollowed(call.ctx, symbol) ?? noPrice(symbol)
  const stopPx = trailedStop(cover.side, markPx, trail)
  if (stopPx < 1)
    return refused('trade-invalid', `The trail is wider than the price of ${symbol}.`, 'Give a shorter distance.')
  return protect(call, symbol, cover, { kind: 'stop', stopPx }, trail)
}

/** Stop and target of the open position, one cancels the other. */
export async function ocoOrder(call: TradeCall, command: Of<'oco-order'>): Promise<TradeOutcome> {
  const { symbol, stopPx, targetPx } = command
  const cover = coverWanted(call, command)
  if ('kind' in cover) return cover
  const { side, quantity } = cover
  const wrong = wrongSideOfMarket(call, symbol, side, stopPx) ?? wrongTarget(call, symbol, side, stopPx, targetPx)
  if (wrong) return wrong
  const { ctx, book } = call
  const leaving = restingExits(book, symbol)
  const room = Math.abs(heldOf(book, symbol)) - leaving - targetLots(ctx, book, symbol)
  if (quantity > room)
    return refused(
      'trade-invalid',
      `A target for ${lotsText(quantity)} of ${symbol} beside the exits that wait for their price (${lotsText(leaving)}) could close more than is held.`,
      room > 0
        ? `Ask for at most ${room}, or cancel those exits first.`
        : 'Cancel those exits first, or use stop-loss.',
    )
  const [stopId, targetId] = [orderIdOf(call, 'stop'), orderIdOf(call, 'target')]
  const both = { symbol, side, quantity, timeInForce: 'gtc' as const }
  const stop: NewOrder = {
    ...{ ...both, clientOrderId: stopId, type: { kind: 'stop', stopPx }, purpose: 'stop', oco: targetId },
  }
  const target: NewOrder = {
    ...{ ...both, clientOrderId: targetId, type: { kind: 'limit', limitPx: targetPx }, purpose: 'target', oco: stopId },
  }
  const confidence = book.entryConfidence(symbol)
  const records = [
    intentOf(call, stop, { reason: 'stop', confidence }),
    intentOf(call, target, { reason: 'target', confidence }),
  ]
  const reasons = [asked(call)]
  writeCall(call, { records, reasons })
  const first = await submitOrder(ctx, book, stopId)
  // Without its stop a target alone would not be what was asked for.
  if (first.kind !== 'acknowledged') return abandonRest(call, records, first, reasons)
  return outcomeOf(await submitOrder(ctx, book, targetId), [stopId, targetId], reasons)
}

type Cover = Readonly<{ side: Side; quantity: Lots }>

/** What of the position is to be protected: no more than is held and has no protection yet. */
function coverWanted(
  call: TradeCall,
  { symbol, quantity }: Readonly<{ symbol: string; quantity?: Lots }>,
): Cover | TradeOutcome {
  const { ctx, book } = call
  if (!ctx.instrumentOf(symbol)) return unknownSymbol(ctx, symbol)
  const held = heldOf(book, symbol)
  if (held === 0)
    return refused('trade-invalid', `${symbol} is flat: there is nothing to protect.`, 'Open a position first.')
  const side: Side = held > 0 ? 'sell' : 'buy'
  const closing = [...book.opens.values()].filter(({ order }) => order.side === side)
  const covered = totalCover(protectiveUnits(closing, symbol, book.known, ctx.broker.capabilities))
  const free = Math.max(0, Math.abs(held) - covered)
  const wanted = quantity ?? free
  if (wanted > 0 && wanted <= free) return { side, quantity: lots(wanted) }
  return refused(
    'trade-invalid',
    free === 0
      ? `All ${lotsText(Math.abs(held))} of ${symbol} are protected already: more orders could close more than is held.`
      : `quantity ${wanted} is more than can be protected of ${symbol}: ${lotsText(Math.abs(held))} held, ${covered} protected already; 1 to ${free} is possible.`,
    `Change the order that is there with modify-order, or cancel it first. They are listed by: slipway orders ${call.context.accountId}`,
  )
}

async function protect(
  call: TradeCall,
  symbol: string,
  { side, quantity }: Cover,
  type: OrderType,
  trail?: Trail,
): Promise<TradeOutcome> {
  const clientOrderId = orderIdOf(call, 'stop')
  const order: NewOrder = { clientOrderId, symbol, side, quantity, type, timeInForce: 'gtc', purpose: 'stop' }
  const intent = intentOf(call, order, { reason: 'stop', confidence: call.book.entryConfidence(symbol) })
  const reasons = [asked(call)]
  writeCall(call, { records: [trail ? { ...intent, trail } : intent], reasons })
  call.ctx.log.info('protect', `${type.kind} for ${quantity} ${symbol}`, { clientOrderId, signalId: call.ref.signalId })
  return sendOne(call, clientOrderId, reasons)
}

function abandonRest(
  { ctx, book }: TradeCall,
  records: readonly OrderRecord[],
  first: SubmitOutcome,
  reasons: readonly { code: string; text: string }[],
): TradeOutcome {
  const ids = records.map(({ order }) => order.clientOrderId)
  if (first.kind === 'rejected')
    ctx.store.transact(() => {
      for (const id of ids) {
        const record = book.orderOrThrow(id)
        if (record.status !== 'intent') continue
        const ended: OrderRecord = { ...record, status: 'abandoned' }
        ctx.store.updateOrder(ended, 'the other of its pair was rejected')
        book.remember(ended)
      }
    })
  return outcomeOf(first, ids, reasons)
}

function wrongSideOfMarket(call: TradeCall, symbol: string, side: Side, stopPx: Ticks): TradeOutcome | undefined {
  const markPx = call.ctx.markOf(symbol)
  const instrument = call.ctx.instrumentOf(symbol)
  if (markPx === undefined || !instrument) return undefined
  if (side === 'sell' ? stopPx < markPx : stopPx > markPx) return undefined
  return refused(
    'trade-invalid',
    `stop price ${formatPrice(instrument, stopPx)} would be hit at once: ${symbol} is at ${formatPrice(instrument, markPx)}, so a stop to ${side} must be ${side === 'sell' ? 'below' : 'above'} it.`,
    `Correct the price, or close the position: ${typed(call, 'close-position', symbol)}`,
  )
}

function wrongTarget(
  { ctx }: TradeCall,
  symbol: string,
  side: Side,
  stopPx: Ticks,
  targetPx: Ticks,
): TradeOutcome | undefined {
  if (side === 'sell' ? targetPx > stopPx : targetPx < stopPx) return undefined
  const instrument = ctx.instrumentOf(symbol)
  const text = (px: Ticks) => (instrument ? formatPrice(instrument, px) : String(px))
  return refused(
    'trade-invalid',
    `target price ${text(targetPx)} is on the losing side of stop price ${text(stopPx)}.`,
    'Give a target on the winning side of the stop.',
  )
}

function noPrice(symbol: string): TradeOutcome {
  return refused('trade-invalid', `No price of ${symbol} has been seen yet.`, 'Wait for the next bar and ask again.')
}
