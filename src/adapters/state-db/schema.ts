/**
 * Schema of state.db, one text per version. Times are UTC epoch ms, prices ticks, money minor units.
 * A landed version never changes; the next one is appended.
 */
export const STATE_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE holder (
    id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL, instance_id TEXT NOT NULL, taken_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY CHECK (id = 1), series TEXT NOT NULL, bar TEXT NOT NULL, session_date TEXT,
    strategy_key TEXT NOT NULL, snapshot TEXT NOT NULL
  ) STRICT;
  CREATE TABLE instruments (symbol TEXT PRIMARY KEY, spec TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE orders (
    seq INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL UNIQUE, parent TEXT, venue_order_id TEXT, symbol TEXT NOT NULL,
    side TEXT NOT NULL, quantity INTEGER NOT NULL CHECK (quantity > 0), type TEXT NOT NULL, limit_px INTEGER, stop_px INTEGER,
    time_in_force TEXT NOT NULL, purpose TEXT NOT NULL, bracket TEXT, status TEXT NOT NULL, cum_qty INTEGER NOT NULL,
    signal_id TEXT NOT NULL, decision_id TEXT NOT NULL, confidence REAL NOT NULL, reason TEXT NOT NULL, generation INTEGER NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX orders_open ON orders (status) WHERE status IN ('intent','sent','unknown','acknowledged','partially-filled');
  CREATE TABLE order_events (
    seq INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL REFERENCES orders (client_order_id), at INTEGER NOT NULL,
    status TEXT NOT NULL, cum_qty INTEGER NOT NULL, note TEXT NOT NULL
  ) STRICT;
  CREATE TABLE fills (
    seq INTEGER PRIMARY KEY, fill_id TEXT NOT NULL UNIQUE, client_order_id TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0), price INTEGER NOT NULL, commission INTEGER NOT NULL, at INTEGER NOT NULL,
    session_date TEXT NOT NULL
  ) STRICT;
  CREATE TABLE fill_cursor (id INTEGER PRIMARY KEY CHECK (id = 1), cursor TEXT NOT NULL) STRICT;
  CREATE TABLE positions (symbol TEXT PRIMARY KEY, quantity INTEGER NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE trades (
    seq INTEGER PRIMARY KEY, trade_id TEXT NOT NULL UNIQUE, symbol TEXT NOT NULL, side TEXT NOT NULL, quantity INTEGER NOT NULL,
    entry_time INTEGER NOT NULL, entry_price TEXT NOT NULL, exit_time INTEGER NOT NULL, exit_price TEXT NOT NULL,
    gross INTEGER NOT NULL, fees INTEGER NOT NULL, net INTEGER NOT NULL, exit_reason TEXT NOT NULL, confidence REAL NOT NULL,
    session_date TEXT NOT NULL
  ) STRICT;
  CREATE TABLE decisions (
    seq INTEGER PRIMARY KEY, decision_id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, bar_time INTEGER NOT NULL, symbol TEXT NOT NULL,
    action TEXT NOT NULL, side TEXT, quantity INTEGER NOT NULL, price INTEGER NOT NULL, confidence REAL NOT NULL,
    reasons TEXT NOT NULL, features TEXT NOT NULL
  ) STRICT;
  CREATE TABLE position_actions (
    action_id INTEGER PRIMARY KEY, date INTEGER NOT NULL, action_type TEXT NOT NULL, symbol TEXT NOT NULL, amount INTEGER NOT NULL,
    positions TEXT NOT NULL, cash INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE ledger_entries (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, reference TEXT NOT NULL, UNIQUE (kind, reference)
  ) STRICT;
  CREATE TABLE ledger_postings (
    entry INTEGER NOT NULL REFERENCES ledger_entries (seq), account TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL
  ) STRICT;
  CREATE INDEX ledger_by_account ON ledger_postings (account, currency);
  CREATE TABLE ledger_balances (
    account TEXT NOT NULL, currency TEXT NOT NULL, balance INTEGER NOT NULL, PRIMARY KEY (account, currency)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE days (session_date TEXT PRIMARY KEY, trades_opened INTEGER NOT NULL, realized INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE reconciliations (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, agrees INTEGER NOT NULL, lines TEXT NOT NULL) STRICT;
  CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (kind, key)
  ) STRICT;
  `,
  // What the account's limits remember, and every limit that was reached.
  `
  CREATE TABLE risk_state (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL) STRICT;
  CREATE TABLE risk_breaches (
    seq INTEGER PRIMARY KEY, rule TEXT NOT NULL, at INTEGER NOT NULL, bar_time INTEGER NOT NULL, until INTEGER,
    text TEXT NOT NULL, cleared_at INTEGER
  ) STRICT;
  `,
  // Orders that trail, that cancel one another, and that take another's place.
  `
  ALTER TABLE orders ADD COLUMN trail TEXT;
  ALTER TABLE orders ADD COLUMN oco TEXT;
  ALTER TABLE orders ADD COLUMN replaces TEXT;
  `,
  // A place in the feed and a count of trades for each instrument, a wish to be flat that outlives the bot, and reports
  // that are told once however often they come.
  `
  CREATE TABLE checkpoints (
    series TEXT PRIMARY KEY, bar TEXT NOT NULL, session_date TEXT, strategy_key TEXT NOT NULL, snapshot TEXT NOT NULL,
    parked INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO checkpoints SELECT series, bar, session_date, strategy_key, snapshot, 0 FROM checkpoint;
  CREATE TABLE lane_days (
    symbol TEXT NOT NULL, session_date TEXT NOT NULL, trades_opened INTEGER NOT NULL, realized INTEGER NOT NULL,
    PRIMARY KEY (symbol, session_date)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO lane_days
    SELECT substr(c.series, 1, instr(c.series, ':') - 1), d.session_date, d.trades_opened, d.realized FROM days d, checkpoint c;
  DROP TABLE days;
  DROP TABLE checkpoint;
  CREATE TABLE flatten_wish (id INTEGER PRIMARY KEY CHECK (id = 1), reason TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  ALTER TABLE reconciliations ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE reconciliations ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
  UPDATE reconciliations SET last_at = at;
  `,
  // Calls of the trading service, plans of several orders, and the cancels we asked for.
  `
  CREATE TABLE trade_calls (
    signal_id TEXT PRIMARY KEY, at INTEGER NOT NULL, account_id TEXT NOT NULL, user_id TEXT NOT NULL, signature TEXT NOT NULL,
    command TEXT NOT NULL, orders TEXT NOT NULL, reasons TEXT NOT NULL, outcome TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE trade_plans (
    seq INTEGER PRIMARY KEY, signal_id TEXT NOT NULL UNIQUE, plan TEXT NOT NULL, open INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX trade_plans_open ON trade_plans (seq) WHERE open = 1;
  CREATE INDEX fills_by_order ON fills (client_order_id);
  CREATE INDEX orders_by_parent ON orders (parent) WHERE parent IS NOT NULL;
  ALTER TABLE orders ADD COLUMN cancel_reason TEXT;
  `,
  // Where an order stood before its price was changed, and until when: a chart shows a stop as it moved. A trigger, so that
  // no way of changing an order can forget it, and one that keeps its price writes nothing.
  `
  CREATE TABLE order_moves (
    seq INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL, until INTEGER NOT NULL, limit_px INTEGER, stop_px INTEGER
  ) STRICT;
  CREATE INDEX order_moves_by_order ON order_moves (client_order_id);
  CREATE TRIGGER order_moved AFTER UPDATE OF limit_px, stop_px ON orders
    WHEN old.limit_px IS NOT new.limit_px OR old.stop_px IS NOT new.stop_px
    BEGIN
      INSERT INTO order_moves (client_order_id, until, limit_px, stop_px)
        VALUES (old.client_order_id, new.updated_at, old.limit_px, old.stop_px);
    END;
  `,
  // A call that decides something is one row with its decision; trade_calls keeps those that decide nothing. That an order
  // was sent is one statement of its own, and no index changes with it. The state of the limits says up to which decision
  // it has counted entries: those after it are counted when it is read.
  `
  ALTER TABLE decisions ADD COLUMN account_id TEXT;
  ALTER TABLE decisions ADD COLUMN user_id TEXT;
  ALTER TABLE decisions ADD COLUMN signature TEXT;
  ALTER TABLE decisions ADD COLUMN command TEXT;
  ALTER TABLE decisions ADD COLUMN orders TEXT;
  ALTER TABLE decisions ADD COLUMN call_reasons TEXT;
  ALTER TABLE decisions ADD COLUMN outcome TEXT;
  ALTER TABLE orders ADD COLUMN sent_at INTEGER;
  ALTER TABLE orders ADD COLUMN is_open INTEGER NOT NULL DEFAULT 1;
  UPDATE orders SET is_open = 0 WHERE status NOT IN ('intent','sent','unknown','acknowledged','partially-filled');
  DROP INDEX orders_open;
  CREATE INDEX orders_open ON orders (is_open) WHERE is_open = 1;
  CREATE TRIGGER order_sent AFTER UPDATE OF sent_at ON orders
    BEGIN
      INSERT INTO order_events (client_order_id, at, status, cum_qty, note)
        VALUES (new.client_order_id, new.sent_at, new.status, new.cum_qty, 'submitting');
    END;
  ALTER TABLE risk_state ADD COLUMN counted_to INTEGER NOT NULL DEFAULT 0;
  UPDATE risk_state SET counted_to = (SELECT coalesce(max(seq), 0) FROM decisions);
  `,
  // How the open trade has gone since it was opened, with the place in the feed.
  `
  ALTER TABLE checkpoints ADD COLUMN held TEXT;
  `,
  // Money by which a venue that filled between two ticks was better than the price written here, and fills of markets that
  // nobody here knew when they were told, as they were told: they are booked when somebody does.
  `
  ALTER TABLE fills ADD COLUMN credit INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE foreign_fills (
    seq INTEGER PRIMARY KEY, fill_id TEXT NOT NULL UNIQUE, symbol TEXT NOT NULL, told TEXT NOT NULL
  ) STRICT;
  `,
  // What becomes of an order is one statement: a trigger writes the line of its history, which no longer asks whether the
  // order is there. So is a call that decides on one plain order which leaves at once: written through a view, it is a row
  // in each table. When an order was sent is in its row.
  `
  DROP TRIGGER order_sent;
  ALTER TABLE order_events RENAME TO order_events_before;
  CREATE TABLE order_events (
    seq INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL, cum_qty INTEGER NOT NULL,
    note TEXT NOT NULL
  ) STRICT;
  INSERT INTO order_events SELECT seq, client_order_id, at, status, cum_qty, note FROM order_events_before;
  DROP TABLE order_events_before;
  ALTER TABLE orders ADD COLUMN note TEXT NOT NULL DEFAULT '';
  CREATE TRIGGER order_noted AFTER UPDATE OF note ON orders
    BEGIN
      INSERT INTO order_events (client_order_id, at, status, cum_qty, note)
        VALUES (new.client_order_id, new.updated_at, new.status, new.cum_qty, new.note);
    END;
  CREATE VIEW ordered_calls AS
    SELECT o.generation, d.decision_id, d.at, d.account_id, d.user_id, d.signature, d.command, d.bar_time, d.action, d.price, d.reasons,
      d.features, o.client_order_id, o.symbol, o.side, o.quantity, o.type, o.limit_px, o.stop_px, o.time_in_force, o.purpose,
      o.confidence, o.reason
    FROM decisions d JOIN orders o ON o.decision_id = d.decision_id;
  CREATE TRIGGER call_ordered INSTEAD OF INSERT ON ordered_calls
    BEGIN
      SELECT RAISE(ABORT, 'fenced') FROM holder WHERE generation <> new.generation;
      INSERT INTO decisions (decision_id, at, bar_time, symbol, action, side, quantity, price, confidence, reasons, features,
          account_id, user_id, signature, command, orders)
        VALUES (new.decision_id, new.at, new.bar_time, new.symbol, new.action, new.side, new.quantity, new.price, new.confidence,
          new.reasons, new.features, new.account_id, new.user_id, new.signature, new.command, json_array(new.client_order_id));
      INSERT INTO orders (client_order_id, symbol, side, quantity, type, limit_px, stop_px, time_in_force, purpose, status, cum_qty,
          signal_id, decision_id, confidence, reason, generation, created_at, updated_at, sent_at)
        VALUES (new.client_order_id, new.symbol, new.side, new.quantity, new.type, new.limit_px, new.stop_px, new.time_in_force,
          new.purpose, 'sent', 0, new.decision_id, new.decision_id, new.confidence, new.reason, new.generation, new.at, new.at,
          new.at);
    END;
  `,
  // Money that moved without a fill, as a person said it; its entry in the ledger bears the same name.
  `
  CREATE TABLE cash_movements (
    seq INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, kind TEXT NOT NULL,
    change INTEGER NOT NULL CHECK (change <> 0), currency TEXT NOT NULL, note TEXT NOT NULL
  ) STRICT;
  `,
  // Sizes of entries were lots of whatever was entered: they are told anew, in parts of a contract, from the decisions.
  `
  UPDATE risk_state SET state = json_remove(state, '$.sizes');
  `,
  // Which account of the venue the books are about, as the venue names it, and where the venue was then.
  `
  CREATE TABLE venue_account (
    id INTEGER PRIMARY KEY CHECK (id = 1), account_id TEXT NOT NULL, mode TEXT NOT NULL, identity TEXT, address TEXT NOT NULL
  ) STRICT;
  `,
]
