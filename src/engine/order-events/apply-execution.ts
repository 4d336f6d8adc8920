import type { TradeRecord } from '../../domain/account/account-store.ts'
import type { ExecutionReport, OrderReport } from '../../domain/broker/broker.ts'
import { postFill, realizedMinor } from '../../domain/ledger/post-fill.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { ClientOrderId, Fill } from '../../domain/order/order.ts'
import { settlementOf } from '../../domain/order/settlement.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen, mayFollow } from '../../domain/order/order-status.ts'
import { applyFill as changePosition, type Position, type RoundTrip } from '../../domain/position/position.ts'
import { afterFill } from '../../domain/risk/risk-state.ts'
import { tradeOf } from '../../domain/position/trade.ts'
import { epochMs, lots, minorUnits } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { contribute } from './contribute.ts'
import { marketNow, rememberInstrument, type BotContext } from '../bot/bot-context.ts'
import { describeWish, filledAt, moneyText } from '../reconciliation/report-line.ts'
import { noteNothingLeft } from './nothing-left.ts'
import { takeBackLateFill } from '../order-entry/keep-plan.ts'
import { noteLapse } from '../order-entry/lapsed-stop.ts'
import { withDayOf } from '../bot/watch-risk.ts'

/**
 * Takes in what the broker says happened: the fill, if any, and the order's new status, durable together.
 *
 * Reports may come twice, late or out of order: a fill counts once by its id, and a status that cannot follow the one
 * we have is old news.
 */
export function applyExecution(ctx: BotContext, book: BotBook, report: ExecutionReport): void {
  const { order, fill } = report
  // What a plain order has come to is one row, and so a commit of its own.
  if (!fill && movesAlone(book, order.clientOrderId)) applyStatus(ctx, book, order)
  else
    ctx.store.transact(() => {
      if (fill) applyFill(ctx, book, fill)
      applyStatus(ctx, book, order)
      if (fill) countBooked(ctx, book, fill.clientOrderId)
    })
  ctx.changed()
}

/** True for an order whose end changes no other's: it has no legs, and no stop's place is empty after it. */
function movesAlone(book: BotBook, id: ClientOrderId): boolean {
  const record = book.known(id)
  // What fills after it had ended may have to be taken back, together with its trade.
  if (!record || !isOpen(record.status)) return false
  const { purpose } = record.order
  return (purpose === 'entry' || purpose === 'exit') && book.legsOf(id).length === 0
}

/**
 * Books a fill that the broker tells without its order.
 *
 * @returns false when it was known already
 */
export function applyLoneFill(ctx: BotContext, book: BotBook, fill: Fill): boolean {
  return ctx.store.transact(() => {
    if (!applyFill(ctx, book, fill)) return false
    countBooked(ctx, book, fill.clientOrderId)
    sawAlive(book, fill.clientOrderId)
    return true
  })
}

/**
 * An order counts what was booked of it, also before its status tells, and where that never will because it had ended
 * here: a stop is placed for what an entry counts, and an exit that counts too little would be made too small.
 */
function countBooked(ctx: BotContext, book: BotBook, id: ClientOrderId): void {
  if (!book.owedFills.isUncounted(id)) return
  const record = book.known(id)
  const cumQty = lots(ctx.store.bookedLots(id))
  if (!record || cumQty <= record.cumQty) return
  const isWhole = cumQty >= record.order.quantity && mayFollow(record.status, 'filled')
  const status = isWhole ? 'filled' : record.status
  const moved: OrderRecord = { ...record, status, cumQty, updatedAt: marketNow(ctx, book.lastBar) }
  ctx.store.updateOrder(moved, 'its fills tell more than its status')
  book.remember(moved)
  book.owedFills.counted(id, cumQty - record.cumQty, ctx.now())
  noteLateFill(ctx, book, record)
  if (!isOpen(record.status))
    ctx.log.warn('order-filled-late', `Filled after it was ${record.status} here: ${describeWish(ctx, record)}`, {
      clientOrderId: id,
      cumQty,
    })
}

/**
 * Books one fill: position, ledger, journal line, and the trade it completed, in one transaction.
 *
 * @returns false when the fill was known already and nothing was written
 */
export function applyFill(ctx: BotContext, book: BotBook, fill: Fill): boolean {
  const instrument = ctx.instrumentOf(fill.symbol)
  if (!instrument) {
    ctx.log.warn(
      'fill-foreign',
      `The broker reports a fill in ${fill.symbol}, which this account's books can't take in`,
      { ...fill },
    )
    return false
  }
  const lane = ctx.laneOf(fill.symbol)
  const booked = ctx.store.transact(() => bookFill(lane, book, fill, instrument))
  if (!booked) return false
  if (booked.isOurs) book.owedFills.booked(fill.clientOrderId, fill.quantity, ctx.now())
  book.setPosition(booked.position)
  book.refusedExits.filled(fill.symbol)
  // A venue's clock that is ahead of ours would make this price the newest for hours.
  book.fillPrices.set(fill.symbol, { px: fill.price, at: epochMs(Math.min(fill.at, ctx.now())) })
  if (booked.day) book.lanes[lane.lane]!.day = booked.day
  book.risk = booked.risk
  book.riskChanged = false
  book.riskDue = true
  const { symbol, side, quantity } = fill
  // To be believed and closed when the books are known to agree: close-overshot.ts.
  if (booked.hasOvershot) book.mustReconcile(`more than one order seems to have closed ${symbol}`)
  lane.log.info('fill', `${side} ${quantity} ${symbol} filled ${filledAt(instrument, fill)}`, { ...fill })
  if (booked.trade)
    lane.log.info(
      'trade-closed',
      `${booked.trade.side} ${booked.trade.quantity} ${symbol} closed: ${booked.trade.exitReason}, net ${moneyText(instrument.currency, booked.trade.net)}`,
      { ...booked.trade },
    )
  ctx.changed()
  return true
}

/** @param ctx of the lane that the instrument belongs to */
function bookFill(ctx: BotContext, book: BotBook, fill: Fill, instrument: Instrument) {
  const { store } = ctx
  const lane = book.lanes[ctx.lane]!
  const held = book.positionOf(fill.symbol)
  // The venue's time decides the session, so that a fill learnt of late counts on its own day.
  const sessionDate = ctx.sessions.sessionAt(fill.at)?.date ?? lane.sessionDate ?? ''
  if (!store.insertFill(fill, sessionDate)) return undefined
  // Before anything of the fill is booked: a day begins with what the account was worth without it.
  const today = fill.at >= book.riskDayCheck ? withDayOf(ctx, book, fill.at) : book.risk
  const record = book.known(fill.clientOrderId)
  if (held.quantity === 0) rememberInstrument(ctx, fill.symbol)
  const { position, step, completed } = changePosition(held, fill)
  store.savePosition(fill.symbol, position)
  store.postLedger(fill.at, 'fill', fill.fillId, postFill(instrument, held, step, fill.commission))
  const opened = step.opened > 0 && (held.quantity === 0 || completed !== undefined)
  const trade = completed && tradeRecord(ctx, book, completed, record, fill.clientOrderId, instrument, sessionDate)
  if (trade) {
    store.insertTrade(trade)
    contribute(ctx, book, completed, trade)
  }
  const { symbol } = lane.instrument
  const before = store.day(symbol, sessionDate)
  const made = minorUnits(realizedMinor(instrument, step) - fill.commission)
  const realized = minorUnits(before.realizedMinor + made)
  const day = { symbol, sessionDate, tradesOpened: before.tradesOpened + (opened ? 1 : 0), realizedMinor: realized }
  store.saveDay(day)
  const completedTrade = trade && { netMinor: trade.net, exitReason: trade.exitReason }
  const risk = afterFill(
    today,
    { at: fill.at, opened, realizedMinor: made, completed: completedTrade },
    ctx.risk.limits,
  )
  store.saveRisk(risk)
  store.appendPositionAction({
    date: fill.at,
    actionType: fill.side,
    symbol: fill.symbol,
    amount: fill.quantity,
    positions: quantitiesAfter(book, position),
    cashMinor: store.ledgerBalance('cash', instrument.currency.code),
  })
  return {
    isOurs: record !== undefined,
    hasOvershot: step.opened > 0 && record !== undefined && record.order.purpose !== 'entry',
    position,
    trade,
    risk,
    day: sessionDate === lane.sessionDate ? day : undefined,
  }
}

/** What is held with this position changed; in the order of the symbols, because a restart loads them in another. */
function quantitiesAfter(book: BotBook, changed: Position): Record<string, number> {
  const held = new Map([...book.positions.values(), changed].map(({ symbol, quantity }) => [symbol, quantity]))
  return Object.fromEntries([...held].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function tradeRecord(
  ctx: BotContext,
  book: BotBook,
  completed: RoundTrip,
  closing: OrderRecord | undefined,
  closedBy: ClientOrderId,
  instrument: Instrument,
  sessionDate: string,
): TradeRecord {
  const trade = tradeOf(completed, instrument, exitReasonOf(closing, closedBy))
  return {
    ...trade,
    // Brokers number fills per account: our name for a trade must not meet another account's.
    tradeId: `${ctx.trading.accountId}/${trade.tradeId}`,
    confidence: book.entryConfidence(instrument.symbol),
    sessionDate,
  }
}

function exitReasonOf(closing: OrderRecord | undefined, id: ClientOrderId): string {
  if (!closing) return settlementOf(id) ?? 'external'
  const { purpose } = closing.order
  return purpose === 'stop' || purpose === 'target' ? purpose : closing.reason
}

function applyStatus(ctx: BotContext, book: BotBook, report: OrderReport): void {
  const record = book.known(report.clientOrderId)
  if (!record) {
    const settled = settlementOf(report.clientOrderId)
    if (settled) {
      ctx.log.info('option-settled', `${report.symbol} was settled by the venue (${settled})`, { ...report })
      return
    }
    ctx.log.warn('order-foreign', `The broker reports an order this bot never sent (${report.venueOrderId})`, {
      ...report,
    })
    return
  }
  // Old news too says that the broker has it.
  sawAlive(book, report.clientOrderId)
  const cumQty = lots(Math.max(record.cumQty, report.cumQty))
  if (record.status === report.status && record.cumQty === cumQty && record.venueOrderId === report.venueOrderId) return
  if (record.status !== report.status && !mayFollow(record.status, report.status)) return
  const moved: OrderRecord = {
    ...record,
    status: report.status,
    cumQty,
    venueOrderId: report.venueOrderId,
    reason: report.reason && report.status === 'rejected' ? report.reason : record.reason,
    updatedAt: marketNow(ctx, book.lastBar),
  }
  ctx.store.moveOrder(moved, report.reason ?? report.status)
  book.remember(moved)
  if (cumQty > record.cumQty) {
    book.owedFills.counted(report.clientOrderId, cumQty - record.cumQty, ctx.now())
    noteLateFill(ctx, book, record)
  }
  if (!isOpen(moved.status) && moved.cumQty === 0) endUnborn(ctx, book, moved)
  noteLapse(ctx.laneOf(report.symbol), book, record.status, moved)
  ctx.laneOf(report.symbol).log.info(`order-${report.status}`, `Order ${report.status}: ${describeWish(ctx, record)}`, {
    clientOrderId: report.clientOrderId,
    cumQty,
    purpose: record.order.purpose,
    ...(report.reason === undefined ? {} : { reason: report.reason }),
  })
  if (report.nothingToReduce && !isOpen(moved.status)) noteNothingLeft(ctx, book, moved)
}

/** An order that was not found is looked for anew. */
function sawAlive(book: BotBook, id: ClientOrderId): void {
  book.missedSince.delete(id)
  book.forgotten.delete(id)
}

/** What an entry fills after it had ended finds its legs ended with it: its stop is looked for before anything else. */
function noteLateFill(ctx: BotContext, book: BotBook, { order, status, signalId }: OrderRecord): void {
  if (order.purpose !== 'entry' || isOpen(status)) return
  book.lapsed.set(order.symbol, 'told')
  takeBackLateFill(ctx, book, signalId)
}

/** An entry that ended without a fill takes its legs with it: they were never working. */
function endUnborn(ctx: BotContext, book: BotBook, entry: OrderRecord): void {
  for (const leg of book.legsOf(entry.order.clientOrderId)) {
    const status = leg.status === 'intent' ? 'abandoned' : 'canceled'
    if (!mayFollow(leg.status, status)) continue
    const moved: OrderRecord = { ...leg, status, updatedAt: entry.updatedAt }
    ctx.store.updateOrder(moved, `the entry was ${entry.status}`)
    book.remember(moved)
  }
}
