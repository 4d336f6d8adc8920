import {
  betterMinor,
  isWorking,
  leavesOf,
  minorOf,
  settle,
  type BookFill,
  type BookOrder,
  type BookPosition,
} from './books.ts'
import type { Chance } from './chance.ts'
import { judgeOrder, reducible } from './judge-order.ts'
import { legsOfBracket, orderOf } from './make-order.ts'
import { follow, isStop, metAt, netOf } from './met-at.ts'
import { priceTicks, ticksOf, VenueRefusal, type ChangeInput, type ComboInput, type OrderInput } from './order-input.ts'
import type { TimeLine } from './time-line.ts'
import type { VenueSettings } from './venue-settings.ts'
import { fillToWire, orderToWire, type WireFillOut, type WireOrderOut } from './wire-out.ts'

/** A report as it was made: what the stream tells, and what queries show once it is old enough. */
export type VenueReport = Readonly<{
  seq: number
  /** The venue's monotonic clock, milliseconds. */
  elapsed: number
  order: WireOrderOut
  fill?: WireFillOut
  /** The books' own, for positions as they were. */
  bookFill?: BookFill
}>

export type ExchangeContext = Readonly<{
  chance: Chance
  timeLine: TimeLine
  settings: () => VenueSettings
  elapsed: () => number
  /** Runs work later, unless the venue is reset before. */
  later: (ms: number, work: () => void) => void
  onReport: (report: VenueReport) => void
}>

export type Taken = Readonly<{ isFirst: boolean; order: BookOrder }>

/** The books and the market of one account: what is true, whatever anybody was told. */
export class Exchange {
  readonly orders: BookOrder[] = []
  readonly fills: BookFill[] = []
  readonly reports: VenueReport[] = []
  readonly positions = new Map<string, BookPosition>()
  readonly refusals = new Map<string, VenueRefusal>()
  readonly combos = new Map<string, readonly BookOrder[]>()
  /** Venue ids of orders that no question and no change finds any more, whether they work or not. */
  readonly forgotten = new Set<string>()
  /** Last price of each symbol, ticks. */
  readonly last = new Map<string, number>()
  cash: number
  /** Money that moved without a fill, minor units, and when by the monotonic clock. */
  readonly moved: Readonly<{ elapsed: number; minor: number }>[] = []
  /** Time of the last bar that told one; the wall clock rules until then. */
  private barTime: number | undefined
  private readonly ctx: ExchangeContext

  constructor(ctx: ExchangeContext) {
    this.ctx = ctx
    const { cash, currencyDigits } = ctx.settings().account
    this.cash = minorOf(cash, currencyDigits)
  }

  /** A deposit, a withdrawal, a fee: nobody is told, and cash is another. */
  moveCash(text: string): void {
    const minor = minorOf(text, this.ctx.settings().account.currencyDigits)
    this.cash += minor
    this.moved.push({ elapsed: this.ctx.elapsed(), minor })
    this.ctx.timeLine.note('cash', { moved: text })
  }

  now(): number {
    return this.barTime ?? Date.now()
  }

  /** The first order of an id, or the one with this venue id after `~`. */
  find(name: string): BookOrder | undefined {
    if (name.startsWith('~')) return this.orders.find(({ venueOrderId }) => venueOrderId === name.slice(1))
    return this.orders.find(({ clientOrderId }) => clientOrderId === name)
  }

  /** As `find`, for whoever asks by the protocol. */
  shown(name: string): BookOrder | undefined {
    const order = this.find(name)
    return order && this.forgotten.has(order.venueOrderId) ? undefined : order
  }

  /** Loses an order without a word to anybody; one that lives on fills as before, and its fills are told. */
  forget(order: BookOrder, livesOn: boolean): void {
    this.forgotten.add(order.venueOrderId)
    if (!livesOn) order.status = 'canceled'
    const { symbol } = order.instrument
    this.ctx.timeLine.note('exposure', { symbol, ...this.exposure(symbol) })
  }

  /** @throws {VenueRefusal} */
  submit(input: OrderInput): Taken {
    const { dedupe, capabilities } = this.ctx.settings()
    const earlier = dedupe ? this.find(input.clientOrderId) : undefined
    if (earlier) return { isFirst: false, order: earlier }
    const refused = dedupe ? this.refusals.get(input.clientOrderId) : undefined
    if (refused) throw refused
    try {
      return { isFirst: true, order: this.place(input, undefined) }
    } catch (error) {
      if (error instanceof VenueRefusal) {
        this.refusals.set(input.clientOrderId, error)
        this.ctx.timeLine.note('refused', { clientOrderId: input.clientOrderId, code: error.code, capabilities })
      }
      throw error
    }
  }

  /** @throws {VenueRefusal} nothing of the combo was taken then */
  combo(input: ComboInput): Readonly<{ isFirst: boolean; orders: readonly BookOrder[] }> {
    if (!this.ctx.settings().capabilities.combo) throw new VenueRefusal('not-supported', 'no combos are taken here')
    const earlier = this.ctx.settings().dedupe ? this.combos.get(input.comboId) : undefined
    if (earlier) return { isFirst: false, orders: earlier }
    // Every leg is judged before the first is taken.
    for (const leg of input.legs) judgeOrder(leg, this.ctx.settings().capabilities, this.positions)
    const net = netOf(input.legs, this.last)
    if (input.netLimit !== undefined && net > minorOf(input.netLimit, this.ctx.settings().account.currencyDigits))
      throw new VenueRefusal('net-limit', `the legs cost ${net} minor units now`)
    const orders = input.legs.map((leg) => this.place({ ...leg, type: 'market' }, input.comboId))
    this.combos.set(input.comboId, orders)
    return { isFirst: true, orders }
  }

  /** @returns the order as it then stands */
  cancel(order: BookOrder, reason: string): BookOrder {
    if (!isWorking(order)) return order
    this.end(order, 'canceled', reason)
    return order
  }

  /** @throws {VenueRefusal} */
  replace(order: BookOrder, change: ChangeInput): BookOrder {
    if (!this.ctx.settings().capabilities.replace)
      throw new VenueRefusal('not-supported', 'orders are not changed here')
    if (!isWorking(order)) return order
    const { instrument } = order
    if (change.quantity !== undefined && change.quantity < order.cumQty)
      throw new VenueRefusal('quantity-filled', `${order.cumQty} lots have filled already`)
    const limit = priceTicks(instrument, change.limitPrice)
    const stop = priceTicks(instrument, change.stopPrice)
    const trail = change.trailAmount === undefined ? undefined : ticksOf(instrument, change.trailAmount)
    if (limit !== undefined) order.limit = limit
    if (stop !== undefined) order.stop = stop
    if (trail !== undefined) order.trailAmount = trail
    if (change.trailBps !== undefined) order.trailBps = change.trailBps
    if (change.quantity !== undefined) order.quantity = change.quantity
    if (order.quantity === order.cumQty) order.status = 'filled'
    this.report(order)
    this.touch(order)
    return order
  }

  /** Lets the market trade from a bar's open to its close, for the worse first. */
  bar(symbol: string, [open, high, low, close]: readonly [number, number, number, number], time?: number): void {
    if (time !== undefined) this.barTime = time
    const seen = () => this.orders.filter((order) => isWorking(order) && order.instrument.symbol === symbol)
    this.last.set(symbol, open)
    for (const order of seen()) this.meet(order, open, open)
    for (const order of seen()) if (order.purpose === 'entry') this.meet(order, low, high)
    for (const order of seen())
      if (order.stop !== undefined || order.type === 'trailing-stop') this.meet(order, low, high)
    for (const order of seen()) this.meet(order, low, high)
    this.last.set(symbol, close)
    for (const order of seen()) if (order.type === 'trailing-stop') follow(order, low, high)
  }

  /** Day orders die. */
  endSession(): void {
    for (const order of [...this.orders])
      if (isWorking(order) && order.timeInForce === 'day') this.end(order, 'expired', 'the session ended')
  }

  /** An order placed by hand: no client order id, nobody told why. */
  manual(input: Omit<OrderInput, 'clientOrderId'>): BookOrder {
    return this.place({ ...input, clientOrderId: 'by-hand' }, undefined, true)
  }

  /** Fills an order now, as if somebody had met it at its price, whatever the market says. */
  force(order: BookOrder, quantity: number | undefined, evenIfCanceled: boolean): void {
    if (order.status === 'canceled' && evenIfCanceled && order.cumQty < order.quantity)
      order.status = order.cumQty > 0 ? 'partially-filled' : 'acknowledged'
    const lots = Math.min(quantity ?? order.quantity, leavesOf(order))
    const price = order.limit ?? order.stop ?? this.last.get(order.instrument.symbol)
    if (lots > 0 && price !== undefined) this.fill(order, lots, price)
    if (evenIfCanceled && isWorking(order)) this.end(order, 'canceled', 'the rest stays canceled')
  }

  exposure(symbol: string): { position: number; stopLots: number } {
    const position = this.positions.get(symbol)?.quantity ?? 0
    const closes = position > 0 ? 'sell' : 'buy'
    const stops = this.orders.filter(
      (order) => order.instrument.symbol === symbol && order.side === closes && isStop(order),
    )
    return { position, stopLots: stops.reduce((sum, order) => sum + leavesOf(order), 0) }
  }

  private place(input: OrderInput, combo: string | undefined, byHand = false): BookOrder {
    const { capabilities } = this.ctx.settings()
    const instrument = judgeOrder(input, capabilities, this.positions)
    const serial = { now: this.now(), combo, next: () => `V${this.orders.length + 1}` }
    const order = orderOf(input, instrument, serial, byHand)
    const twin = input.oco === undefined ? undefined : this.find(input.oco)
    const legs = input.bracket ? legsOfBracket(order, input.bracket, serial, capabilities.reduceOnly) : []
    for (const leg of legs) {
      const id = leg.clientOrderId!
      if (this.ctx.settings().dedupe && this.find(id))
        throw new VenueRefusal('leg-known', `the id ${id} of a leg is in use`)
    }
    for (const one of [order, ...legs]) {
      this.orders.push(one)
      this.report(one)
    }
    if (twin) {
      order.twin = twin
      twin.twin = order
    }
    this.touch(order)
    return order
  }

  /** A new or changed order meets the market as it stands. */
  private touch(order: BookOrder): void {
    if (this.ctx.settings().marketFill === 'next-bar') return
    const last = this.last.get(order.instrument.symbol)
    if (last !== undefined) this.meet(order, last, last)
  }

  private meet(order: BookOrder, low: number, high: number): void {
    const price = leavesOf(order) > 0 ? metAt(order, low, high, this.ctx.settings().slippageTicks) : undefined
    if (price !== undefined) this.fillSome(order, price)
  }

  private fillSome(order: BookOrder, price: number): void {
    const { partial, restMs } = this.ctx.settings()
    const leaves = leavesOf(order)
    const isPart = leaves > 1 && this.ctx.chance.happens(partial)
    this.fill(order, isPart ? this.ctx.chance.between(1, leaves - 1) : leaves, price)
    if (isPart) this.ctx.later(restMs, () => leavesOf(order) > 0 && this.fillSome(order, price))
  }

  /** What only reduces fills what is there to close, and has nothing left to wait for then. */
  private fill(order: BookOrder, wanted: number, price: number): void {
    const { instrument, side, reduceOnly } = order
    const quantity = reduceOnly ? Math.min(wanted, reducible(this.positions, instrument.symbol, side)) : wanted
    if (quantity > 0) this.trade(order, quantity, price)
    if (quantity === wanted || !isWorking(order)) return
    order.reasonCode = 'nothing-to-reduce'
    this.end(order, 'canceled', 'there is nothing left to reduce')
  }

  private trade(order: BookOrder, quantity: number, price: number): void {
    const commission = minorOf(this.ctx.settings().commission, order.instrument.currency.digits) * quantity
    const better = betterMinor(order.instrument, this.ctx.settings().improvement) * quantity
    order.cumQty += quantity
    order.status = order.cumQty === order.quantity ? 'filled' : 'partially-filled'
    order.at = this.now()
    const fill: BookFill = {
      fillId: `F${this.fills.length + 1}`,
      order,
      quantity,
      price,
      better,
      commission,
      at: order.at,
    }
    const { symbol } = order.instrument
    const { after, cash } = settle(this.positions.get(symbol), fill)
    this.fills.push(fill)
    this.positions.set(symbol, after)
    this.cash += cash
    this.report(order, fill)
    this.settleFamily(order, quantity)
  }

  /** What a fill does to the orders of the same bracket or pair. */
  private settleFamily(order: BookOrder, quantity: number): void {
    for (const leg of this.orders) {
      if (leg.parent !== order || !isWorking(leg)) continue
      leg.quantity += quantity
      this.report(leg)
    }
    const { twin, parent } = order
    if (twin && isWorking(twin)) {
      twin.quantity = Math.max(twin.cumQty, twin.quantity - quantity)
      const mayGrow = twin.parent !== undefined && isWorking(twin.parent)
      if (twin.quantity === twin.cumQty && !mayGrow) this.end(twin, 'canceled', 'its other order filled')
      else this.report(twin)
    }
    if (parent && isWorking(parent)) this.end(parent, 'canceled', 'its bracket began to close')
  }

  private end(order: BookOrder, status: 'canceled' | 'expired', reason: string): void {
    order.status = status
    order.reason = reason
    order.at = this.now()
    this.report(order)
    // Legs of an entry that never filled have nothing to wait for.
    for (const leg of this.orders)
      if (leg.parent === order && isWorking(leg) && leavesOf(leg) === 0) this.end(leg, 'canceled', 'its entry ended')
  }

  private report(order: BookOrder, fill?: BookFill): void {
    const report: VenueReport = {
      seq: this.reports.length + 1,
      elapsed: this.ctx.elapsed(),
      order: orderToWire(order),
      ...(fill === undefined ? {} : { fill: fillToWire(fill), bookFill: fill }),
    }
    this.reports.push(report)
    const { symbol } = order.instrument
    this.ctx.timeLine.note(fill ? 'fill' : 'order', { ...report.order, ...(fill ? { fill: report.fill } : {}) })
    this.ctx.timeLine.note('exposure', { symbol, ...this.exposure(symbol) })
    this.ctx.onReport(report)
  }
}
