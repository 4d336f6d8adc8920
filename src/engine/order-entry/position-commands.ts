import { contractShareOf } from '../../domain/instrument/contract-share.ts'
import { isListedOption } from '../../domain/options/option-market.ts'
import { opposite, type NewOrder, type Side } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import type { PositionCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import type { TradePlan } from '../../domain/order/trade-plan.ts'
import { lots, type Lots } from '../../domain/units/units.ts'
import { afterEntryOrder } from '../../domain/risk/risk-state.ts'
import { exitEverything } from '../bot/exit-position.ts'
import { keepRisk } from '../bot/watch-risk.ts'
import { freeToClose, heldOf, isResting, restingExits, workingEntries, workingExits } from './account-view.ts'
import { keepPlan, stepDeadline } from './keep-plan.ts'
import { checkOptionEntry } from './check-option-entry.ts'
import { cancelAndBook, sendExit } from './close-out.ts'
import { deny, judgeEntry } from './judge-entry.ts'
import { asked, enter, lotsText } from './order-commands.ts'
import { submitOrder, type SubmitOutcome } from './submit-order.ts'
import {
  accepted,
  intentOf,
  nothingToDo,
  orderIdOf,
  outcomeOf,
  refused,
  typed,
  writeCall,
  type TradeCall,
} from './trade-call.ts'
import { refuseUnfollowed, unknownSymbol } from './unfollowed.ts'

type Of<Kind extends PositionCommand['kind']> = Extract<PositionCommand, { kind: Kind }>

/** Closes a position at the market and cancels what could enlarge it; never blocked. */
export function closePosition(call: TradeCall, { symbol }: Of<'close-position'>): Promise<TradeOutcome> {
  if (!call.ctx.instrumentOf(symbol)) return Promise.resolve(unknownSymbol(call.ctx, symbol))
  return close(call, [symbol])
}

/** Closes every position; what was sold short is bought back first. */
export function closeAllPositions(call: TradeCall): Promise<TradeOutcome> {
  const { book } = call
  const entries = [...book.opens.values()].filter(({ order }) => order.purpose === 'entry')
  const symbols = new Set([...book.positions.keys(), ...entries.map(({ order }) => order.symbol)])
  return close(
    call,
    [...symbols].sort((a, b) => heldOf(book, a) - heldOf(book, b)),
  )
}

/** Takes a share off a position, rounded up to a whole lot. */
export async function reducePosition(
  call: TradeCall,
  { symbol, percent }: Of<'reduce-position'>,
): Promise<TradeOutcome> {
  const { book, ctx } = call
  const held = Math.abs(heldOf(book, symbol))
  if (held === 0) return nothingToDo(call, 'flat', `${symbol} is flat already`)
  const free = freeToClose(book, symbol)
  if (free === 0) return nothingToDo(call, 'closing', `all ${lotsText(held)} of ${symbol} are being closed already`)
  const quantity = lots(Math.min(free, Math.ceil((held * percent) / 100)))
  const intent = exitOf(call, symbol, quantity)
  const reasons = [asked(call)]
  const { side } = intent.order
  writeCall(call, {
    records: [intent],
    decision: { action: 'exit', symbol, side, quantity, price: ctx.markOf(symbol) },
    reasons,
  })
  const id = intent.order.clientOrderId
  return outcomeOf(await submitOrder(ctx, book, id), [id], reasons)
}

/** Closes, and once flat opens the same size on the other side; refused whole where the new half is. */
export async function reversePosition(call: TradeCall, { symbol }: Of<'reverse-position'>): Promise<TradeOutcome> {
  const { ctx, book } = call
  const unpriced = refuseUnfollowed(ctx, symbol)
  if (unpriced) return unpriced
  const held = heldOf(book, symbol)
  if (held === 0)
    return refused(
      'trade-invalid',
      `${symbol} is flat: there is nothing to reverse.`,
      `Open a position: ${typed(call, 'buy', symbol, 'LOTS')}`,
    )
  if (workingExits(book, symbol) > 0 || workingEntries(book, symbol) > 0)
    return refused(
      'trade-invalid',
      `Orders that change the position in ${symbol} are still working.`,
      `Cancel them, or wait for them to fill: ${typed(call, 'cancel-all', '--symbol', symbol)}`,
    )
  const quantity = lots(Math.abs(held))
  const side: Side = held > 0 ? 'sell' : 'buy'
  const contract = ctx.instrumentOf(symbol)
  const found = contract && isListedOption(contract) ? await checkOptionEntry(call, contract, { side, quantity }) : []
  if ('kind' in found) return found
  // Judged as if flat, for that is when it is sent; asked once more then.
  const judged = judgeEntry(call, { symbol, side, quantity }, { held: lots(0) })
  if (judged.kind === 'denied') return deny(call, { symbol, side }, judged.reasons)
  const exit = exitOf(call, symbol, quantity)
  const entry: NewOrder = {
    ...{ clientOrderId: orderIdOf(call, 'entry'), symbol, side, quantity: judged.quantity, type: { kind: 'market' } },
    ...{ timeInForce: 'day', purpose: 'entry' },
  }
  const reasons = [asked(call), ...found, ...judged.notes]
  const ids = [exit.order.clientOrderId, entry.clientOrderId]
  const plan: TradePlan = {
    signalId: call.ref.signalId,
    kind: 'reverse',
    steps: ids.map((clientOrderId, index) => ({
      ...{ clientOrderId, symbol, ratio: lots(1), unwindId: orderIdOf(call, `unwind-${index}`) },
    })),
    deadline: stepDeadline(ctx, book),
    state: 'opening',
    reason: '',
  }
  // The decision that is written is to exit, and counts no entry.
  keepRisk(book, afterEntryOrder(book.risk, call.at, judged.quantity * contractShareOf(judged.instrument)))
  writeCall(call, {
    records: [exit, intentOf(call, entry, { reason: 'reverse-position' })],
    decision: { action: 'exit', symbol, side, quantity, price: ctx.markOf(symbol) },
    ...{ reasons, plan },
  })
  keepPlan(ctx, book, plan)
  return outcomeOf(await submitOrder(ctx, book, exit.order.clientOrderId), ids, reasons)
}

/** Opens the opposite of a share of a position in another instrument, of the same worth; rounded down to whole lots. */
export async function hedgePosition(
  call: TradeCall,
  { symbol, with: other, percent }: Of<'hedge-position'>,
): Promise<TradeOutcome> {
  const { ctx, book } = call
  const [own, against] = [ctx.instrumentOf(symbol), ctx.instrumentOf(other)]
  const unpriced = refuseUnfollowed(ctx, symbol) ?? refuseUnfollowed(ctx, other)
  if (unpriced || !own || !against) return unpriced ?? unknownSymbol(ctx, own ? other : symbol)
  if (symbol === other)
    return refused(
      'trade-invalid',
      'A position is not hedged with itself.',
      `To make it smaller: ${typed(call, 'reduce-position', symbol, String(percent))}`,
    )
  const option = own.option ? symbol : against.option ? other : undefined
  if (option !== undefined)
    return refused(
      'trade-invalid',
      `${option} is an option: what it is worth says nothing of how much it hedges, nor on which side.`,
      `To hedge with options, buy puts or calls for the lots that are held: ${typed(call, 'buy-put', 'UNDERLYING', 'LOTS')}`,
    )
  const held = heldOf(book, symbol)
  if (held === 0)
    return refused('trade-invalid', `${symbol} is flat: there is nothing to hedge.`, 'Open a position first.')
  const [px, otherPx] = [ctx.markOf(symbol), ctx.markOf(other)]
  if (px === undefined || otherPx === undefined)
    return refused(
      'trade-invalid',
      `No price of ${px === undefined ? symbol : other} has been seen yet.`,
      'Wait for the next bar and ask again.',
    )
  const worth = (Math.abs(held) * Math.abs(px) * own.tickValue * percent) / 100
  const quantity = Math.floor(worth / (Math.abs(otherPx) * against.tickValue))
  if (!(quantity > 0))
    return refused(
      'trade-invalid',
      `${percent} % of ${lotsText(Math.abs(held))} ${symbol} is worth less than one lot of ${other}.`,
      'Hedge a larger share, or with a smaller instrument.',
    )
  const side: Side = held > 0 ? 'sell' : 'buy'
  if (heldOf(book, other) * (side === 'buy' ? 1 : -1) < 0)
    return refused(
      'trade-invalid',
      `${other} is held on the other side already: ${side} would reduce it.`,
      'Close that position first.',
    )
  return enter(call, { symbol: other, side, quantity: lots(quantity), type: { kind: 'market' }, timeInForce: 'day' })
}

/**
 * Cancels every entry, closes every position, then cancels what is left. The wish is durable: it is carried on until
 * the account is flat, across restarts.
 */
export async function flatten(call: TradeCall): Promise<TradeOutcome> {
  const { ctx, book } = call
  const before = new Set(book.opens.keys())
  const wanted = `flatten asked for by ${call.context.signature || 'a person'}`
  const reasons = [asked(call)]
  if (!book.holding && book.opens.size === 0) return nothingToDo(call, 'flat', 'nothing is held and no order is open')
  writeCall(call, {
    ...{ reasons, outcome: accepted([], reasons) },
    also: () => ctx.store.saveFlattenWish(wanted, ctx.now()),
  })
  book.flattening ??= wanted
  await exitEverything(ctx, book, 'flatten', [{ code: 'flatten', text: wanted }])
  const orders = [...book.opens.keys()].filter((id) => !before.has(id))
  const outcome = accepted(orders, reasons)
  ctx.store.transact(() => ctx.store.endTradeCall(call.ref.signalId, outcome))
  return outcome
}

async function close(call: TradeCall, symbols: readonly string[]): Promise<TradeOutcome> {
  const { ctx, book } = call
  // An exit that waits for its price may never fill: it does not close the position, and would be one too many beside
  // the one that does.
  const entries = [...book.opens.values()].filter(
    (record) => (record.order.purpose === 'entry' || isResting(record)) && symbols.includes(record.order.symbol),
  )
  const free = (symbol: string) =>
    lots(Math.min(Math.abs(heldOf(book, symbol)), freeToClose(book, symbol) + restingExits(book, symbol)))
  const closing = symbols.filter((symbol) => free(symbol) > 0)
  if (closing.length === 0 && entries.length === 0)
    return nothingToDo(call, 'flat', symbols.length === 1 ? `${symbols[0]} is flat or being closed` : 'nothing is held')
  const exits = closing.map((symbol, index) => exitOf(call, symbol, free(symbol), index))
  const reasons = [asked(call)]
  const first = exits[0]?.order
  writeCall(call, {
    records: exits,
    about: entries.map(({ order }) => order.clientOrderId),
    ...(first
      ? {
          decision: {
            ...{ action: 'exit', symbol: first.symbol, side: first.side, quantity: first.quantity },
            price: ctx.markOf(first.symbol),
          },
        }
      : {}),
    reasons,
  })
  await cancelAndBook(ctx, book, entries)
  // What filled on its way out is closed as well, where no exit was written for it or none is left that fits.
  const waits = ({ order }: OrderRecord) => book.opens.get(order.clientOrderId)?.status === 'intent'
  const late = symbols.filter(
    (symbol) => freeToClose(book, symbol) > 0 && !exits.some((exit) => exit.order.symbol === symbol && waits(exit)),
  )
  const more = late.map((symbol, index) => exitOf(call, symbol, freeToClose(book, symbol), exits.length + index))
  ctx.store.transact(() => {
    for (const record of more) ctx.store.insertOrder(record)
  })
  for (const record of more) book.remember(record)
  exits.push(...more)
  const ids = exits.map(({ order }) => order.clientOrderId)
  let worst: SubmitOutcome = { kind: 'acknowledged' }
  for (const { order } of exits) {
    const sent = await sendExit(ctx, book, order.clientOrderId)
    if (sent && (worst.kind === 'acknowledged' || sent.kind === 'unknown')) worst = sent
  }
  const outcome = outcomeOf(worst, ids, reasons)
  if (worst.kind !== 'unknown') ctx.store.transact(() => ctx.store.endTradeCall(call.ref.signalId, outcome))
  return outcome
}

function exitOf(call: TradeCall, symbol: string, quantity: Lots, index = 0): OrderRecord {
  const { book } = call
  const order: NewOrder = {
    clientOrderId: orderIdOf(call, 'exit', index + 1),
    symbol,
    side: opposite(heldOf(book, symbol) > 0 ? 'buy' : 'sell'),
    quantity,
    type: { kind: 'market' },
    timeInForce: 'day',
    purpose: 'exit',
  }
  return intentOf(call, order, { reason: call.command.kind, confidence: book.entryConfidence(symbol) })
}
