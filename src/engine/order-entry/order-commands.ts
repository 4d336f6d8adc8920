import { SIZE_CUT, type Reason } from '../../domain/decision/decision.ts'
import { isListedOption } from '../../domain/options/option-market.ts'
import { opposite, type NewOrder, type OrderType, type Side, type TimeInForce } from '../../domain/order/order.ts'
import { protectiveUnits, totalCover } from '../../domain/order/protection.ts'
import type { OrderCommand, TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import { lots, type Lots, type Ticks } from '../../domain/units/units.ts'
import { freeToClose, heldOf, opensOf, reduces, targetLots, workingEntries, workingExits } from './account-view.ts'
import { checkOptionEntry } from './check-option-entry.ts'
import { countEntry, deny, judgeEntry } from './judge-entry.ts'
import { intentOf, orderIdOf, refused, sendOne, typed, writeCall, type TradeCall } from './trade-call.ts'
import { refuseUnfollowed } from './unfollowed.ts'

type Of<Kind extends OrderCommand['kind']> = Extract<OrderCommand, { kind: Kind }>

/** Opens or enlarges a long position; refused while short. */
export function buy(call: TradeCall, { symbol, quantity, limitPx }: Of<'buy'>): Promise<TradeOutcome> {
  if (heldOf(call.book, symbol) < 0) return refusal(wrongSide(call, symbol, 'buy', 'cover-short'))
  return enter(call, { symbol, side: 'buy', quantity, ...atBest(limitPx) })
}

/** Reduces or closes a long position; refused beyond it. */
export function sell(call: TradeCall, { symbol, quantity, limitPx }: Of<'sell'>): Promise<TradeOutcome> {
  if (heldOf(call.book, symbol) <= 0) return refusal(nothingHeld(call, symbol, 'sell', 'long', 'short-sell'))
  return reduce(call, { symbol, side: 'sell', quantity, ...atBest(limitPx) })
}

/** Opens or enlarges a short position; refused while long. */
export function shortSell(call: TradeCall, { symbol, quantity, limitPx }: Of<'short-sell'>): Promise<TradeOutcome> {
  if (heldOf(call.book, symbol) > 0) return refusal(wrongSide(call, symbol, 'short-sell', 'sell'))
  return enter(call, { symbol, side: 'sell', quantity, ...atBest(limitPx) })
}

/** Reduces or closes a short position; refused beyond it. */
export function coverShort(call: TradeCall, { symbol, quantity, limitPx }: Of<'cover-short'>): Promise<TradeOutcome> {
  if (heldOf(call.book, symbol) >= 0) return refusal(nothingHeld(call, symbol, 'cover-short', 'short', 'buy'))
  return reduce(call, { symbol, side: 'buy', quantity, ...atBest(limitPx) })
}

/** Opens, enlarges, reduces or closes at the market, whichever the side means for the position. */
export function marketOrder(call: TradeCall, { symbol, side, quantity }: Of<'market-order'>): Promise<TradeOutcome> {
  return either(call, { symbol, side, quantity, type: { kind: 'market' }, timeInForce: 'day' })
}

export function limitOrder(call: TradeCall, command: Of<'limit-order'>): Promise<TradeOutcome> {
  const { symbol, side, quantity, limitPx, timeInForce = 'day' } = command
  return either(call, { symbol, side, quantity, type: { kind: 'limit', limitPx }, timeInForce })
}

/** As a protective order where its side reduces the position, else as an entry on a breakout. */
export function stopLimit(call: TradeCall, command: Of<'stop-limit'>): Promise<TradeOutcome> {
  const { symbol, side, quantity, stopPx, limitPx, timeInForce = 'gtc' } = command
  return either(call, { symbol, side, quantity, type: { kind: 'stop-limit', stopPx, limitPx }, timeInForce })
}

/** An entry with its stop and target; the venue keeps them where it can, else we place them as the entry fills. */
export function bracketOrder(call: TradeCall, command: Of<'bracket-order'>): Promise<TradeOutcome> {
  const { symbol, side, stopPx, targetPx, limitPx, quantity } = command
  const wrong = wrongBracket(call, command)
  if (wrong) return refusal(wrong)
  return enter(call, { symbol, side, quantity, ...atBest(limitPx), bracket: { stopPx, targetPx } })
}

type Wanted = Readonly<{
  symbol: string
  side: Side
  quantity: Lots
  type: OrderType
  timeInForce: TimeInForce
  bracket?: Readonly<{ stopPx: Ticks; targetPx: Ticks }>
}>

function either(call: TradeCall, wanted: Wanted): Promise<TradeOutcome> {
  return reduces(heldOf(call.book, wanted.symbol), wanted.side) ? reduce(call, wanted) : enter(call, wanted)
}

/** Opens lots: judged, written, sent. */
export async function enter(call: TradeCall, wanted: Wanted): Promise<TradeOutcome> {
  const { ctx, book } = call
  const { symbol, side, type, timeInForce, bracket } = wanted
  const unpriced = refuseUnfollowed(ctx, symbol)
  if (unpriced) return unpriced
  if (workingEntries(book, symbol, opposite(side)) > 0) return opposed(call, symbol, side)
  const limitPx = 'limitPx' in type ? type.limitPx : undefined
  const contract = ctx.instrumentOf(symbol)
  const found =
    contract && isListedOption(contract)
      ? await checkOptionEntry(call, contract, { side, quantity: wanted.quantity, limitPx })
      : []
  if ('kind' in found) return found
  const judged = judgeEntry(call, {
    symbol,
    side,
    quantity: wanted.quantity,
    limitPx,
    stopPx: bracket?.stopPx ?? ('stopPx' in type ? type.stopPx : undefined),
    targetPx: bracket?.targetPx,
  })
  if (judged.kind === 'denied') return deny(call, wanted, judged.reasons)
  const { quantity, notes, markPx } = judged
  const clientOrderId = orderIdOf(call, 'entry')
  const legs = bracket ? bracketLegs(call, wanted, quantity) : []
  const [stop, target] = legs
  const entry: NewOrder = {
    ...{ clientOrderId, symbol, side, quantity, type, timeInForce, purpose: 'entry' },
    ...(bracket && stop && target && ctx.broker.capabilities.bracket
      ? {
          bracket: {
            stop: { clientOrderId: stop.clientOrderId, stopPx: bracket.stopPx },
            target: { clientOrderId: target.clientOrderId, limitPx: bracket.targetPx },
          },
        }
      : {}),
  }
  const records = [
    intentOf(call, entry, { reason: call.command.kind }),
    ...legs.map((leg) => intentOf(call, leg, { reason: leg.purpose, parent: clientOrderId })),
  ]
  const reasons = [asked(call), ...cut(wanted.quantity, quantity), ...found, ...notes]
  countEntry(call, judged.instrument, quantity)
  const decision = { action: 'enter', symbol, side, quantity, price: markPx } as const
  const isMarked = writeCall(call, { records, decision, reasons, leaves: true })
  ctx.log.info('decision-enter', `${side} ${quantity} ${symbol}`, { clientOrderId, signalId: call.ref.signalId })
  return sendOne(call, clientOrderId, reasons, isMarked)
}

/** Closes lots: never judged, never more than is held and not being closed already. */
export async function reduce(call: TradeCall, wanted: Wanted): Promise<TradeOutcome> {
  const { ctx, book } = call
  const { symbol, side, quantity, type, timeInForce } = wanted
  const most = freeToClose(book, symbol)
  if (quantity > most) return tooMany(call, wanted, most)
  const crowded = besideProtection(call, wanted)
  if (crowded) return crowded
  const clientOrderId = orderIdOf(call, 'exit')
  // A stop-limit on the closing side protects what is held; anything else is somebody leaving.
  const purpose = type.kind === 'stop-limit' ? 'stop' : 'exit'
  const order: NewOrder = { clientOrderId, symbol, side, quantity, type, timeInForce, purpose }
  const reasons = [asked(call)]
  const isMarked = writeCall(call, {
    records: [intentOf(call, order, { reason: call.command.kind, confidence: book.entryConfidence(symbol) })],
    decision: { action: 'exit', symbol, side, quantity, price: ctx.markOf(symbol) },
    reasons,
    leaves: true,
  })
  ctx.log.info('decision-exit', `${side} ${quantity} ${symbol}`, { clientOrderId, signalId: call.ref.signalId })
  return sendOne(call, clientOrderId, reasons, isMarked)
}

/** Who asked for what, as the first reason of every decision the service makes. */
export function asked({ context, command }: TradeCall): { code: string; text: string } {
  return { code: command.kind, text: `${command.kind} asked for by ${context.signature || 'a person'}` }
}

/** Fewer lots than were asked for is the first thing to know of an order; the limits that made it so come after it. */
function cut(wanted: Lots, ordered: Lots): readonly Reason[] {
  return ordered < wanted ? [{ code: SIZE_CUT, text: `${ordered} of ${wanted} lots were ordered` }] : []
}

function bracketLegs(call: TradeCall, wanted: Wanted, quantity: Lots): readonly NewOrder[] {
  const { symbol, bracket } = wanted
  if (!bracket) return []
  const leg = { symbol, side: opposite(wanted.side), quantity, timeInForce: 'gtc' as const }
  const [stopId, targetId] = [orderIdOf(call, 'stop'), orderIdOf(call, 'target')]
  return [
    {
      ...{ ...leg, clientOrderId: stopId, type: { kind: 'stop', stopPx: bracket.stopPx } as const },
      ...{ purpose: 'stop', oco: targetId },
    },
    {
      ...{ ...leg, clientOrderId: targetId, type: { kind: 'limit', limitPx: bracket.targetPx } as const },
      ...{ purpose: 'target', oco: stopId },
    },
  ]
}

function atBest(limitPx: Ticks | undefined): Pick<Wanted, 'type' | 'timeInForce'> {
  return limitPx === undefined
    ? { type: { kind: 'market' }, timeInForce: 'day' }
    : { type: { kind: 'limit', limitPx }, timeInForce: 'day' }
}

function refusal(outcome: TradeOutcome): Promise<TradeOutcome> {
  return Promise.resolve(outcome)
}

function wrongBracket({ ctx }: TradeCall, command: Of<'bracket-order'>): TradeOutcome | undefined {
  const { symbol, side, stopPx, targetPx } = command
  const base = command.limitPx ?? ctx.markOf(symbol)
  if (base === undefined) return undefined
  const sign = side === 'buy' ? 1 : -1
  if (sign * (base - stopPx) > 0 && sign * (targetPx - base) > 0) return undefined
  const [below, above] = side === 'buy' ? ['stop', 'target'] : ['target', 'stop']
  return refused(
    'trade-invalid',
    `Stop and target do not enclose the entry: to ${side} ${symbol}, the ${below} is below the price and the ${above} above it.`,
    'Give a stop on the losing side and a target on the winning side.',
  )
}

function wrongSide(call: TradeCall, symbol: string, kind: string, instead: TradeCommand['kind']): TradeOutcome {
  const held = heldOf(call.book, symbol)
  return refused(
    'trade-invalid',
    `${symbol} is ${held > 0 ? 'long' : 'short'} ${lotsText(Math.abs(held))}: ${kind} opens the other side only.`,
    `Close it first: ${typed(call, instead, symbol, String(Math.abs(held)))}. Or turn it: ${typed(call, 'reverse-position', symbol)}`,
  )
}

function nothingHeld(
  call: TradeCall,
  symbol: string,
  kind: string,
  side: string,
  instead: TradeCommand['kind'],
): TradeOutcome {
  const held = heldOf(call.book, symbol)
  const is = held === 0 ? 'is flat' : `is ${held > 0 ? 'long' : 'short'} ${lotsText(Math.abs(held))}`
  return refused(
    'trade-invalid',
    `${symbol} ${is}: there is nothing ${side} that ${kind} could reduce.`,
    held === 0
      ? `To open a position: ${typed(call, instead, symbol, 'LOTS')}`
      : `See what is held: slipway status ${call.context.accountId}`,
  )
}

function tooMany(call: TradeCall, { symbol, quantity }: Wanted, most: Lots): TradeOutcome {
  const held = lots(Math.abs(heldOf(call.book, symbol)))
  const closing = most < held ? `, of which ${held - most} are being closed already` : ''
  return refused(
    'trade-invalid',
    `quantity ${quantity} is more than can be closed of ${symbol}: ${lotsText(held)} held${closing}; 1 to ${most} is possible.`,
    `Ask for fewer lots, or turn the position: ${typed(call, 'reverse-position', symbol)}`,
  )
}

/**
 * An order that waits for its price may not close more than is held together with those that wait on the same side of
 * the market: a limit with targets, a stop-limit with stops. One move of the price could fill them all.
 */
function besideProtection(call: TradeCall, { symbol, quantity, type }: Wanted): TradeOutcome | undefined {
  if (type.kind !== 'limit' && type.kind !== 'stop-limit') return undefined
  const { ctx, book } = call
  const held = Math.abs(heldOf(book, symbol))
  const closing = opensOf(book, symbol).filter(({ order }) => reduces(heldOf(book, symbol), order.side))
  const [what, taken, change] =
    type.kind === 'limit'
      ? ['targets', targetLots(ctx, book, symbol) + workingExits(book, symbol), 'Move the target with modify-order']
      : [
          'protective orders',
          totalCover(protectiveUnits(closing, symbol, book.known, ctx.broker.capabilities)),
          'Change the stop with modify-order',
        ]
  const room = Math.max(0, held - taken)
  if (quantity <= room) return undefined
  return refused(
    'trade-invalid',
    `quantity ${quantity} beside the ${what} that work for ${symbol} could close more than the ${lotsText(held)} held: ${room === 0 ? 'there is no room left' : `1 to ${room} is possible`}.`,
    `${change}, cancel it first, or close at the market.`,
  )
}

function opposed(call: TradeCall, symbol: string, side: Side): TradeOutcome {
  return refused(
    'trade-invalid',
    `An entry to ${opposite(side)} ${symbol} is still working; one to ${side} would trade against it.`,
    `Cancel it first: ${typed(call, 'cancel-all', '--symbol', symbol)}`,
  )
}

export function lotsText(quantity: number): string {
  return `${quantity} ${quantity === 1 ? 'lot' : 'lots'}`
}
