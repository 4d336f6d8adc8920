import type { AccountStore } from '../../domain/account/account-store.ts'
import type { Reason } from '../../domain/decision/decision.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { CashMovement } from '../../domain/ledger/cash-movement.ts'
import { capitalOf, resultOf, type LedgerAccount } from '../../domain/ledger/ledger.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import type { TradePlan } from '../../domain/order/trade-plan.ts'
import type { TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import { flatPosition, type Position } from '../../domain/position/position.ts'
import type { Breach } from '../../domain/risk/judge-worth.ts'
import { freshRiskState, type RiskState } from '../../domain/risk/risk-state.ts'
import { epochMs, minorUnits, type EpochMs, type MinorUnits, type Ticks } from '../../domain/units/units.ts'
import type { CashOutcome } from './cash-outcome.ts'
import { openOwedFills, type OwedFills } from './owed-fills.ts'
import { openRefusedExits, type RefusedExits } from './refused-exits.ts'
import { latest, loadLane, type LaneBook, type Watched } from './lane-book.ts'

/** What a bot asked to end does first. */
export type StopRequest = Readonly<{ flatten: boolean; keepOrders: boolean }>

/** Something asked of the trading service from outside, and where its outcome goes. */
export type TradeRequest = Readonly<{
  command: TradeCommand
  /** The asker's name for it: the same one again is the same order, not another. */
  signalId: string
  settle: (outcome: TradeOutcome) => void
  /** What only a bug or a lost state can do: the asker is told, the bot ends. */
  fail: (error: unknown) => void
}>

/** Money that moved without a fill, to be booked, and where the outcome goes. */
export type CashRequest = Readonly<{
  movement: CashMovement
  settle: (outcome: CashOutcome) => void
  fail: (error: unknown) => void
}>

/** What the broker said the cash is, and what the books said then, minor units. */
export type CashSeen = Readonly<{ at: EpochMs; oursMinor: MinorUnits; theirsMinor: MinorUnits }>

/**
 * What one bot holds in memory: a copy of its durable state, loaded at start and changed only together with it.
 *
 * Orders that can no longer fill are forgotten here; state.db keeps them.
 */
export type BotBook = {
  /** One for each instrument the bot watches, in the order of its settings; the first is the primary. */
  readonly lanes: readonly LaneBook[]
  /** What is held, by symbol; nothing that is flat. */
  readonly positions: ReadonlyMap<string, Position>
  /** True when anything is held. */
  readonly holding: boolean
  /** The position in the primary instrument. */
  readonly position: Position
  positionOf(symbol: string): Position
  setPosition(position: Position): void
  /** Copy of the newest bar that any lane has seen: where the account is in time. Prices are asked of `markOf`. */
  readonly lastBar: Readonly<Bar> | undefined
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
  /** True when everything up to the last bar of every lane is durable. */
  checkpointed: boolean
  barsSinceCheckpoint: number
  /** Entries wait until this is empty: why the books may differ from the broker's. */
  readonly unreconciled: readonly string[]
  /** True once the broker has answered this process: before, nobody knows what it can do and what it has kept. */
  brokerAnswered: boolean
  /** When our books and the broker's were last found to agree, wall time; undefined: not since the start. */
  agreedAt: EpochMs | undefined
  /** Cash when books were last compared; undefined: the broker has not said it since the start. */
  cashSeen: CashSeen | undefined
  /** Why no new entries are made, beside reconciliation; empty when they are. */
  blocks: readonly Reason[]
  stop: StopRequest | undefined
  /** Why positions are being closed; `wantFlat` makes it durable too. */
  flattening: string | undefined
  /** Orders that follow one another and are not done, by the signal they belong to. */
  readonly plans: Map<string, TradePlan>
  /** Calls of the trading service that have begun and have no outcome yet, by the signal they answer. */
  readonly calls: Map<string, Readonly<{ command: TradeCommand; outcome: Promise<TradeOutcome> }>>
  /** Symbols of which a stop ended unasked: what it protected is looked at before anything else is done. */
  readonly lapsed: Map<string, 'told' | 'asked'>
  /** When an order of ours was first not found at the broker by this process, wall time. */
  readonly missedSince: Map<ClientOrderId, EpochMs>
  /**
   * Orders of unknown outcome of which this process knows that no attempt to send them has reached the broker. Forgotten with
   * the process: then they may have left, for all that anybody knows.
   */
  readonly neverLeft: Set<ClientOrderId>
  /** Orders that the broker had and does not know any more: what all else it shows says of them, and since when, wall time. */
  readonly forgotten: Map<ClientOrderId, Readonly<{ kind: 'gone' | 'doubt'; since: EpochMs }>>
  /** Asked from outside and not yet begun, oldest first. */
  readonly requests: (TradeRequest | CashRequest)[]
  readonly opens: ReadonlyMap<ClientOrderId, OrderRecord>
  readonly owedFills: OwedFills
  readonly refusedExits: RefusedExits
  /** The last fill of each symbol that this process has booked: until a bar comes, the newest price there is. */
  readonly fillPrices: Map<string, Readonly<{ px: Ticks; at: EpochMs }>>
  known(id: ClientOrderId): OrderRecord | undefined
  orderOrThrow(id: ClientOrderId): OrderRecord
  legsOf(entry: ClientOrderId): readonly OrderRecord[]
  remember(record: OrderRecord): void
  mustReconcile(why: string): void
  reconciled(): void
  /** Lots of entry orders that may still fill, of one symbol or of all. */
  workingEntryLots(symbol?: string): number
  /** What the pool said when the open position was entered; neutral when flat. */
  entryConfidence(symbol: string): number
}

/**
 * The book as the account's durable state has it.
 *
 * @param watched what the bot watches, the primary first
 */
export function loadBook(store: AccountStore, watched: readonly Watched[]): BotBook {
  const places = store.checkpoints()
  let newest: LaneBook | undefined
  let onSeen = (_lane: LaneBook): void => undefined
  const lanes = watched.map((_, index) => loadLane(store, watched, index, places, (lane) => onSeen(lane)))
  const isNewer = (lane: LaneBook) => !newest || (lane.lastBar?.time ?? 0) >= (newest.lastBar?.time ?? 0)
  for (const lane of lanes) if (lane.lastBar && isNewer(lane)) newest = lane
  const { instrument } = lanes[0]!
  const opens = new Map<ClientOrderId, OrderRecord>()
  for (const record of store.openOrders()) opens.set(record.order.clientOrderId, record)
  const positions = new Map<string, Position>()
  for (const symbol of store.openPositionSymbols()) positions.set(symbol, store.position(symbol) as Position)
  const flat = new Map<string, Position>()
  const positionOf = (symbol: string) => {
    const held = positions.get(symbol) ?? flat.get(symbol)
    if (held) return held
    const none = flatPosition(symbol)
    flat.set(symbol, none)
    return none
  }
  const unreconciled: string[] = ['the bot has just started']
  const known = store.risk()
  // Fields and no accessors, which would make V8 keep it as a dictionary: every bar reads it many times.
  const book: { -readonly [Field in keyof BotBook]: BotBook[Field] } = {
    lanes,
    positions,
    holding: positions.size > 0,
    position: positionOf(instrument.symbol),
    positionOf,
    setPosition: (position) => {
      if (position.quantity === 0) positions.delete(position.symbol)
      else positions.set(position.symbol, position)
      if (position.symbol === instrument.symbol) book.position = position
      book.holding = positions.size > 0
    },
    lastBar: newest?.lastBar,
    risk: known ?? firstRiskState(store, instrument),
    riskChanged: known === undefined,
    riskDue: true,
    riskDayCheck: Number.NEGATIVE_INFINITY,
    breaches: store.standingBreaches(latest(places) ?? epochMs(0)),
    checkpointed: true,
    barsSinceCheckpoint: 0,
    unreconciled,
    brokerAnswered: false,
    agreedAt: undefined,
    cashSeen: undefined,
    blocks: [],
    stop: undefined,
    flattening: store.flattenWish(),
    plans: new Map(store.openTradePlans().map((plan) => [plan.signalId, plan])),
    calls: new Map(),
    lapsed: new Map(),
    missedSince: new Map(),
    neverLeft: new Set(),
    forgotten: new Map(),
    requests: [],
    opens,
    owedFills: openOwedFills(store.owedFills()),
    refusedExits: openRefusedExits(),
    fillPrices: new Map(),
    known: (id) => opens.get(id) ?? store.order(id),
    orderOrThrow: (id) => {
      const record = book.known(id)
      if (!record) throw new Error(`order ${id} was never written down`)
      return record
    },
    legsOf: (entry) => [...opens.values()].filter((record) => record.parent === entry),
    remember: (record) => {
      const { clientOrderId: id } = record.order
      if (isOpen(record.status)) opens.set(id, record)
      else opens.delete(id)
      if (!isOpen(record.status)) book.neverLeft.delete(id)
    },
    // Told once however often it is tried: a broker may be out of reach for days.
    mustReconcile: (why) => {
      if (!unreconciled.includes(why)) unreconciled.push(why)
    },
    reconciled: () => void (unreconciled.length = 0),
    workingEntryLots: (symbol) => {
      let working = 0
      for (const { order, cumQty } of opens.values())
        if (order.purpose === 'entry' && (symbol === undefined || order.symbol === symbol))
          working += order.quantity - cumQty
      return working
    },
    entryConfidence: (symbol) => store.entryConfidence(symbol),
  }
  onSeen = (lane) => {
    if (!isNewer(lane)) return
    newest = lane
    book.lastBar = lane.lastBar
  }
  return book
}

function firstRiskState(store: AccountStore, { currency }: Instrument): RiskState {
  const sum = (account: LedgerAccount) => store.ledgerBalance(account, currency.code)
  const capital = capitalOf(sum)
  return freshRiskState(capital, minorUnits(capital + resultOf(sum)))
}

/** True while the venue may do something to this account: then every bar is made durable before the next. */
export function isExposed(book: BotBook): boolean {
  return book.holding || book.opens.size > 0
}
