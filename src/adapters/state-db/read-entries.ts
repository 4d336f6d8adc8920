import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Side } from '../../domain/order/order.ts'
import type { TradeCommand } from '../../domain/order/trade-command.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'
import { recordedInstruments, type StateView } from './read-only-state.ts'

/** A decision to enter, as its bot wrote it down before it sent anything. */
export type EntryRow = Readonly<{
  seq: number
  at: EpochMs
  /** What is traded, and which way. */
  symbol: string
  side: Side | undefined
  confidence: number
  features: Readonly<Record<string, number>>
  /** The call of the trading service that it was; undefined for a strategy's own bracketed entry. */
  command: TradeCommand | undefined
}>

export type EntriesBehind = Readonly<{
  /** The newest decision of any kind. */
  last: number
  rows: readonly EntryRow[]
  /** Of the bot that wrote last; undefined where that can't be told. */
  strategyId: string | undefined
  instruments: ReadonlyMap<string, Instrument>
}>

type Row = {
  seq: number
  at: number
  symbol: string
  side: Side | null
  confidence: number
  features: string
  command: string | null
}

/** Schema from which on a call is one row with its decision. */
const ONE_ROW = 7
const NOTHING = { last: 0, rows: [], strategyId: undefined, instruments: new Map<string, Instrument>() } as const

/** Decisions to enter behind a place, in the order they were written, at most so many. One read of one moment. */
export function entriesBehind(view: StateView, seq: number, most: number): EntriesBehind {
  const { db, version } = view
  if (version < ONE_ROW) return NOTHING
  return db.transaction((): EntriesBehind => {
    const last = lastDecision(view)
    if (last <= seq) return { ...NOTHING, last }
    const rows = db
      .prepare(
        `SELECT seq, at, symbol, side, confidence, features, command FROM decisions WHERE seq > ? AND action = 'enter'
         ORDER BY seq LIMIT ?`,
      )
      .all(seq, most) as Row[]
    if (rows.length === 0) return { ...NOTHING, last }
    const keys = db.prepare('SELECT strategy_key FROM checkpoints WHERE parked = 0').pluck().all() as string[]
    const strategies = new Set(keys.map((key) => (JSON.parse(key) as [string])[0]))
    const [strategyId] = strategies.size === 1 ? strategies : []
    return { last, rows: rows.map(entryOf), strategyId, instruments: recordedInstruments(view) }
  })()
}

/** The place behind everything that is decided by now. */
export function lastDecision({ db }: StateView): number {
  return db.prepare('SELECT coalesce(max(seq), 0) FROM decisions').pluck().get() as number
}

function entryOf({ seq, at, symbol, side, confidence, features, command }: Row): EntryRow {
  return {
    ...{ seq, at: epochMs(at), symbol, side: side ?? undefined, confidence },
    features: JSON.parse(features) as Record<string, number>,
    command: command === null ? undefined : (JSON.parse(command) as TradeCommand),
  }
}
