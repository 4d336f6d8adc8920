import type { AccountStore, Checkpoint, OutboxEntry } from '../../domain/account/account-store.ts'
import type { HeldTrade } from '../../domain/experience/held-trade.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { minorUnits } from '../../domain/units/units.ts'
import type { Statements } from '../sqlite/late-statements.ts'
import type { ReadBefore } from './read-before.ts'

type RecordQueries = Pick<
  AccountStore,
  | 'checkpoints'
  | 'saveCheckpoint'
  | 'parkCheckpoints'
  | 'saveInstrument'
  | 'instrument'
  | 'position'
  | 'savePosition'
  | 'openPositionSymbols'
  | 'insertTrade'
  | 'insertDecision'
  | 'appendPositionAction'
  | 'day'
  | 'saveDay'
  | 'enqueueOutbox'
  | 'outboxAfter'
  | 'forgetOutbox'
>

type CheckpointRow = {
  series: string
  bar: string
  session_date: string | null
  strategy_key: string
  snapshot: string
  parked: number
  held: string | null
}
type DayRow = { trades_opened: number; realized: number }

/** Everything the bot records beside orders and the ledger. */
export function recordQueries(db: Statements, { instruments }: ReadBefore): RecordQueries {
  const checkpoints = db.prepare('SELECT * FROM checkpoints ORDER BY series')
  const saveCheckpoint = db.prepare(
    `INSERT INTO checkpoints (series, bar, session_date, strategy_key, snapshot, held, parked) VALUES (?, ?, ?, ?, ?, ?, 0)
     ON CONFLICT (series) DO UPDATE SET bar = excluded.bar, session_date = excluded.session_date,
       strategy_key = excluded.strategy_key, snapshot = excluded.snapshot, held = excluded.held, parked = 0`,
  )
  const park = db.prepare('UPDATE checkpoints SET parked = 1 WHERE series NOT IN (SELECT value FROM json_each(?))')
  const saveInstrument = db.prepare(
    'INSERT INTO instruments (symbol, spec) VALUES (?, ?) ON CONFLICT (symbol) DO UPDATE SET spec = excluded.spec',
  )
  const instrument = db.prepare('SELECT spec FROM instruments WHERE symbol = ?').pluck()
  const position = db.prepare('SELECT state FROM positions WHERE symbol = ?').pluck()
  const savePosition = db.prepare(
    `INSERT INTO positions (symbol, quantity, state) VALUES (?, ?, ?)
     ON CONFLICT (symbol) DO UPDATE SET quantity = excluded.quantity, state = excluded.state`,
  )
  const openSymbols = db.prepare('SELECT symbol FROM positions WHERE quantity <> 0').pluck()
  const insertTrade = db.prepare(
    `INSERT INTO trades (trade_id, symbol, side, quantity, entry_time, entry_price, exit_time, exit_price, gross, fees, net,
       exit_reason, confidence, session_date)
     VALUES (@tradeId, @symbol, @side, @quantity, @entryTime, @entryPrice, @exitTime, @exitPrice, @gross, @fees, @net,
       @exitReason, @confidence, @sessionDate)`,
  )
  const insertDecision = db.prepare(
    `INSERT INTO decisions (decision_id, at, bar_time, symbol, action, side, quantity, price, confidence, reasons, features)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (decision_id) DO NOTHING`,
  )
  const appendAction = db.prepare(
    'INSERT INTO position_actions (date, action_type, symbol, amount, positions, cash) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const day = db.prepare('SELECT trades_opened, realized FROM lane_days WHERE symbol = ? AND session_date = ?')
  const saveDay = db.prepare(
    `INSERT INTO lane_days (symbol, session_date, trades_opened, realized) VALUES (?, ?, ?, ?)
     ON CONFLICT (symbol, session_date) DO UPDATE SET trades_opened = excluded.trades_opened, realized = excluded.realized`,
  )
  const enqueue = db.prepare(
    'INSERT INTO outbox (kind, key, payload, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (kind, key) DO NOTHING',
  )
  const outboxAfter = db.prepare('SELECT seq, kind, key, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?')
  const forgetOutbox = db.prepare('DELETE FROM outbox WHERE seq = ? AND kind = ? AND key = ?')
  return {
    checkpoints: () => (checkpoints.all() as CheckpointRow[]).map(checkpointFrom),
    saveCheckpoint: (c) =>
      void saveCheckpoint.run(
        c.series,
        JSON.stringify(c.bar),
        c.sessionDate ?? null,
        c.strategyKey,
        JSON.stringify(c.snapshot),
        c.held === undefined ? null : JSON.stringify(c.held),
      ),
    parkCheckpoints: (following) => void park.run(JSON.stringify(following)),
    saveInstrument: (instrument) => {
      instruments.delete(instrument.symbol)
      saveInstrument.run(instrument.symbol, JSON.stringify(instrument))
    },
    instrument: (symbol) => {
      const before = instruments.get(symbol)
      if (before) return before
      const spec = instrument.get(symbol) as string | undefined
      if (spec === undefined) return undefined
      const found = JSON.parse(spec) as Instrument
      instruments.set(symbol, found)
      return found
    },
    position: (symbol) => {
      const text = position.get(symbol) as string | undefined
      return text === undefined ? undefined : (JSON.parse(text) as unknown)
    },
    savePosition: (symbol, state) => void savePosition.run(symbol, quantityOf(state), JSON.stringify(state)),
    openPositionSymbols: () => openSymbols.all() as string[],
    insertTrade: (trade) => void insertTrade.run(trade),
    insertDecision: (d) =>
      void insertDecision.run(
        d.decisionId,
        d.at,
        d.barTime,
        d.symbol,
        d.action,
        d.side ?? null,
        d.quantity,
        d.price,
        d.confidence,
        JSON.stringify(d.reasons),
        JSON.stringify(d.features),
      ),
    appendPositionAction: (a) =>
      void appendAction.run(a.date, a.actionType, a.symbol, a.amount, JSON.stringify(a.positions), a.cashMinor),
    day: (symbol, sessionDate) => {
      const row = day.get(symbol, sessionDate) as DayRow | undefined
      return {
        symbol,
        sessionDate,
        tradesOpened: row?.trades_opened ?? 0,
        realizedMinor: minorUnits(row?.realized ?? 0),
      }
    },
    saveDay: (d) => void saveDay.run(d.symbol, d.sessionDate, d.tradesOpened, d.realizedMinor),
    enqueueOutbox: (kind, key, payload, at) => void enqueue.run(kind, key, JSON.stringify(payload), at),
    outboxAfter: (after, most) => outboxAfter.all(after, most) as OutboxEntry[],
    forgetOutbox: (rows) => {
      for (const { seq, kind, key } of rows) forgetOutbox.run(seq, kind, key)
    },
  }
}

function checkpointFrom(row: CheckpointRow): Checkpoint {
  return {
    series: row.series,
    bar: JSON.parse(row.bar) as Bar,
    sessionDate: row.session_date ?? undefined,
    strategyKey: row.strategy_key,
    snapshot: JSON.parse(row.snapshot) as unknown,
    held: row.held === null ? undefined : (JSON.parse(row.held) as HeldTrade),
    parked: row.parked === 1,
  }
}

function quantityOf(state: unknown): number {
  return (state as { quantity: number }).quantity
}
