import type { AccountStore, DayRecord } from '../../domain/account/account-store.ts'
import type { Reason } from '../../domain/decision/decision.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { LedgerAccount } from '../../domain/ledger/ledger.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import { flatPosition, type Position } from '../../domain/position/position.ts'
import type { Breach } from '../../domain/risk/judge-worth.ts'
import { freshRiskState, type RiskState } from '../../domain/risk/risk-state.ts'
import type { PositionView } from '../../domain/strategy/strategy.ts'
import { epochMs, lots, minorUnits } from '../../domain/units/units.ts'

/** What a bot asked to end does first. */
export type StopRequest = Readonly<{ flatten: boolean; keepOrders: boolean }>

/**
 * What one bot holds in memory: a copy of its durable state, loaded at start and changed only together with it.
 *
 * Orders that can no longer fill are forgotten here; state.db keeps them.
 */
export type BotBook = {
  position: Position
  day: DayRecord
  /** Copy of the last bar the strategy has seen; undefined before the first. */
  readonly lastBar: Readonly<Bar> | undefined
  sessionDate: string | undefined
  /** The venue had matched up to this bar when we began, epoch ms: what we see before it is its past. */
  venueWasAt: number
  /** What the limits remember. */
  risk: RiskState
  /** True when `risk` differs from what is durable. */
  riskChanged: boolean
  /** True when something has changed what the account is worth since limits last looked. */
  riskDue: boolean
  /** From this instant on another day may have begun, epoch ms. */
  riskDayCheck: number
  /** Limits that were reached and still stand. */
  breaches: readonly Breach[]
  /** True when everything up to `lastBar` is durable. */
  checkpointed: boolean
  barsSinceCheckpoint: number
  /** What the strategy is shown of the account; one object, refilled at every bar. */
  readonly view: { -readonly [K in keyof PositionView]: PositionView[K] }
  /** Entries wait until this is empty: why the books may differ from the broker's. */
  readonly unreconciled: readonly string[]
  /** Why no new entries are made, beside reconciliation; empty when they are. */
  blocks: readonly Reason[]
  stop: StopRequest | undefined
  flattening: string | undefined
  readonly opens: ReadonlyMap<ClientOrderId, OrderRecord>
  known(id: ClientOrderId): OrderRecord | undefined
  orderOrThrow(id: ClientOrderId): OrderRecord
  legsOf(entry: ClientOrderId): readonly OrderRecord[]
  remember(record: OrderRecord): void
  mustReconcile(why: string): void
  reconciled(): void
  /** Lots of entry orders that may still fill. */
  workingEntryLots(): number
  /** Takes a copy of a bar the strategy has now seen. */
  see(bar: Bar): void
  /** What the pool said when the open position was entered; neutral when flat. */
  entryConfidence(): number
}

/** The book as the account's durable state has it. */
export function loadBook(store: AccountStore, instrument: Instrument): BotBook {
  const opens = new Map<ClientOrderId, OrderRecord>()
  for (const record of store.openOrders()) opens.set(record.order.clientOrderId, record)
  const unreconciled: string[] = ['the bot has just started']
  const checkpoint = store.checkpoint()
  let lastBar: Bar | undefined = checkpoint && { ...checkpoint.bar }
  const book: BotBook = {
    position: (store.position(instrument.symbol) as Position | undefined) ?? flatPosition(instrument.symbol),
    day: store.day(checkpoint?.sessionDate ?? ''),
    get lastBar() {
      return lastBar
    },
    sessionDate: checkpoint?.sessionDate,
    venueWasAt: Number.NEGATIVE_INFINITY,
    risk: store.risk() ?? firstRiskState(store, instrument),
    riskChanged: false,
    riskDue: true,
    riskDayCheck: Number.NEGATIVE_INFINITY,
    breaches: store.standingBreaches(checkpoint?.bar.time ?? epochMs(0)),
    checkpointed: true,
    barsSinceCheckpoint: 0,
    view: { quantity: lots(0), avgPx: 0, openedAt: undefined, entryPending: false, tradesToday: 0 },
    unreconciled,
    blocks: [],
    stop: undefined,
    flattening: undefined,
    opens,
    known: (id) => opens.get(id) ?? store.order(id),
    orderOrThrow: (id) => {
      const record = book.known(id)
      if (!record) throw new Error(`order ${id} was never written down`)
      return record
    },
    legsOf: (entry) => [...opens.values()].filter((record) => record.parent === entry),
    remember: (record) => {
      if (isOpen(record.status)) opens.set(record.order.clientOrderId, record)
      else opens.delete(record.order.clientOrderId)
    },
    // Told once however often it is tried: a broker may be out of reach for days.
    mustReconcile: (why) => {
      if (!unreconciled.includes(why)) unreconciled.push(why)
    },
    reconciled: () => void (unreconciled.length = 0),
    workingEntryLots: () => {
      let working = 0
      for (const { order, cumQty } of opens.values()) if (order.purpose === 'entry') working += order.quantity - cumQty
      return working
    },
    see: (bar) => {
      if (lastBar) Object.assign(lastBar, bar)
      else lastBar = { ...bar }
    },
    entryConfidence: () => store.entryConfidence(instrument.symbol),
  }
  return book
}

function firstRiskState(store: AccountStore, { currency }: Instrument): RiskState {
  const sum = (account: LedgerAccount) => store.ledgerBalance(account, currency.code)
  const opening = -sum('opening-equity')
  return freshRiskState(minorUnits(opening), minorUnits(opening - sum('realized-pnl') - sum('commission')))
}

/** True while the venue may do something to this account: then every bar is made durable before the next. */
export function isExposed(book: BotBook): boolean {
  return book.position.quantity !== 0 || book.opens.size > 0
}
