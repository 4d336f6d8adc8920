import type { VenueAccount } from '../broker/venue-account.ts'
import type { Decision } from '../decision/decision.ts'
import type { TradeEntry } from '../experience/experience.ts'
import type { HeldTrade } from '../experience/held-trade.ts'
import type { Instrument } from '../instrument/instrument.ts'
import type { BookedMovement } from '../ledger/cash-movement.ts'
import type { LedgerAccount, Posting } from '../ledger/ledger.ts'
import type { Bar } from '../market/bar.ts'
import type { ClientOrderId, Fill, FillId } from '../order/order.ts'
import type { ToldFill } from '../order/told-fill.ts'
import type { OrderRecord } from '../order/order-record.ts'
import type { OrderStatus } from '../order/order-status.ts'
import type { TradeStore } from '../order/trade-store.ts'
import type { Breach } from '../risk/judge-worth.ts'
import type { RiskState } from '../risk/risk-state.ts'
import type { Trade } from '../position/trade.ts'
import type { EpochMs, Lots, MinorUnits } from '../units/units.ts'

/** Where the bot is in its feed, and what its strategy knew there. */
export type Checkpoint = Readonly<{
  /** Series the place belongs to: symbol and timeframe. */
  series: string
  bar: Readonly<Bar>
  sessionDate: string | undefined
  /** Which strategy with which parameters took the snapshot; a different one cannot use it. */
  strategyKey: string
  snapshot: unknown
  /** How the open trade in the series' instrument has gone up to this bar. */
  held?: Readonly<HeldTrade> | undefined
  /**
   * The bot has run since without this series: the account's time went on, so nothing can go on from here. Its bar still
   * tells a time that has passed.
   */
  parked: boolean
}>

/** One session's count and result of one of the bot's instruments (and the options on it), net of fees. */
export type DayRecord = Readonly<{
  symbol: string
  sessionDate: string
  tradesOpened: number
  realizedMinor: MinorUnits
}>

/** A closed trade as it is kept, with what was thought of its entry and the session it ended in. */
export type TradeRecord = Trade & Readonly<{ confidence: number; sessionDate: string }>

/** One line of the position journal, in the shape the original system kept. */
export type PositionAction = Readonly<{
  date: EpochMs
  actionType: 'buy' | 'sell' | 'no_trade'
  symbol: string
  amount: Lots
  positions: Readonly<Record<string, number>>
  cashMinor: MinorUnits
}>

/** What a reconciliation found and did, readable line by line. */
export type ReconciliationReport = Readonly<{
  at: EpochMs
  agrees: boolean
  lines: readonly Readonly<{ code: string; text: string }>[]
}>

/** Names one row of the outbox; `seq` is its place. */
export type OutboxKey = Readonly<{ seq: number; kind: string; key: string }>

/** One row of the outbox with what it says, JSON. */
export type OutboxEntry = OutboxKey & Readonly<{ payload: string }>

/**
 * Everything one bot knows, durable. All calls are synchronous.
 *
 * Writes are only allowed inside `transact`, which commits them together (fsync'd) or not at all, and throws
 * `Refused('fenced')` when a newer holder has taken the account; the few that say so are a commit of their own.
 */
export interface AccountStore extends TradeStore {
  readonly generation: number
  transact<T>(work: () => T): T

  /** The place in each series that was ever followed. */
  checkpoints(): readonly Checkpoint[]
  saveCheckpoint(checkpoint: Omit<Checkpoint, 'parked'>): void
  /** Parks every place but those in the given series. */
  parkCheckpoints(following: readonly string[]): void

  /** Remembers how the instrument counts, so that old rows stay readable when settings change. */
  saveInstrument(instrument: Instrument): void
  /** The instrument as it was last saved. */
  instrument(symbol: string): Instrument | undefined

  /** Which account of the venue the books are about; undefined while that is not known. */
  venueAccount(): VenueAccount | undefined
  saveVenueAccount(account: VenueAccount): void

  openOrders(): readonly OrderRecord[]
  order(id: ClientOrderId): OrderRecord | undefined
  insertOrder(record: OrderRecord): void
  updateOrder(record: OrderRecord, note: string): void
  /**
   * Makes it durable, in a commit of its own, that an order is about to leave.
   *
   * @throws {Refused} as `transact`
   */
  markSent(id: ClientOrderId, at: EpochMs): void
  /**
   * Writes what has become of an order whose terms are what they were: status, lots filled, the venue's name for it, why.
   * Part of the transaction that is open, else a commit of its own.
   *
   * @throws {Refused} as `transact`
   */
  moveOrder(record: OrderRecord, note: string): void
  orderStatusCounts(): ReadonlyMap<OrderStatus, number>

  /** @returns false when the fill is already known (its id is unique), in which case nothing was written */
  insertFill(fill: Fill, sessionDate: string): boolean
  /** Lots that the broker counted as filled beyond the fills that were booked, by order; below 0 where it is behind. */
  owedFills(): ReadonlyMap<ClientOrderId, number>
  /**
   * Keeps a fill of a market that nobody here can count, by its id.
   *
   * @returns false when it was kept or booked before
   */
  keepForeignFill(told: ToldFill): boolean
  /** The kept ones, in the order in which they were told. */
  foreignFills(): readonly ToldFill[]
  forgetForeignFill(id: FillId): void
  fillCursor(): string | undefined
  saveFillCursor(cursor: string): void

  /** Position state as the position arithmetic keeps it, JSON. */
  position(symbol: string): unknown
  savePosition(symbol: string, state: unknown): void
  openPositionSymbols(): readonly string[]

  /** Confidence recorded with the latest entry order in a symbol; 0.5 when there is none. */
  entryConfidence(symbol: string): number

  insertTrade(trade: TradeRecord): void
  /**
   * How the entry of a trade came about.
   *
   * @param openedBy the fill that opened it
   * @returns undefined where no entry order of ours with a decision did
   */
  tradeEntry(openedBy: FillId, symbol: string): TradeEntry | undefined
  insertDecision(decision: Decision): void
  appendPositionAction(action: PositionAction): void
  /** @param reference what the entry books (a fill id): booked once, ever */
  postLedger(at: EpochMs, kind: string, reference: string, postings: readonly Posting[]): void
  /** Sum of all postings of one ledger account. */
  ledgerBalance(account: LedgerAccount, currency: string): MinorUnits
  /** Books money that moved without a fill: its ledger entry, and what was said of it. A name that is known books nothing. */
  bookCashMovement(movement: BookedMovement): void
  cashMovement(requestId: string): BookedMovement | undefined
  day(symbol: string, sessionDate: string): DayRecord
  saveDay(day: DayRecord): void

  /**
   * What the limits remember; undefined for an account they have never looked at. Entries decided by calls after it was
   * saved are counted in.
   */
  risk(): RiskState | undefined
  saveRisk(state: RiskState): void
  /** Breaches that no person has cleared and whose time was not over at `now`, oldest first. */
  standingBreaches(now: EpochMs): readonly Breach[]
  insertBreach(breach: Omit<Breach, 'id'>): Breach
  /** Records that a person has cleared a breach, and when. */
  clearBreach(id: number, at: EpochMs): void

  /** Why the account is to be flat, if somebody wanted that and it is not yet; outlives the bot. */
  flattenWish(): string | undefined
  saveFlattenWish(reason: string, at: EpochMs): void
  endFlattenWish(): void

  /**
   * Keeps a report. One that says the same as the last is counted there instead of written again, and of those that say
   * nothing but "agrees" only the first in a row is kept; the newest 1,000 stay.
   *
   * @returns false when it was the same as the last
   */
  appendReconciliation(report: ReconciliationReport): boolean
  /** Queues what must reach the cloud; the key makes a second delivery harmless. */
  enqueueOutbox(kind: string, key: string, payload: unknown, at: EpochMs): void
  /** Rows that wait in the outbox, in the order they were written: those behind `after`, at most so many. */
  outboxAfter(after: number, most: number): readonly OutboxEntry[]
  /** Forgets rows that were delivered. */
  forgetOutbox(rows: readonly OutboxKey[]): void
}
