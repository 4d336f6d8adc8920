/**
 * Schema of paper.db, one text per version. Times are UTC epoch ms, prices ticks, money minor units.
 * A landed version never changes; the next one is appended.
 *
 * Few pages change in a commit, because each costs time: nothing is stored that follows from another row, and open
 * orders are found by reading all of them, once, at the start.
 */
export const PAPER_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE account (
    id INTEGER PRIMARY KEY CHECK (id = 1), currency TEXT NOT NULL, starting_cash INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE markets (
    symbol TEXT PRIMARY KEY, quantity INTEGER NOT NULL, cost INTEGER NOT NULL, cash INTEGER NOT NULL, settled INTEGER NOT NULL,
    clock INTEGER, session TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE orders (
    seq INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL UNIQUE, parent TEXT, symbol TEXT NOT NULL, side TEXT NOT NULL,
    kind TEXT NOT NULL, stop_px INTEGER NOT NULL, limit_px INTEGER NOT NULL, time_in_force TEXT NOT NULL, purpose TEXT NOT NULL,
    quantity INTEGER NOT NULL, cum_qty INTEGER NOT NULL CHECK (cum_qty >= 0), status TEXT NOT NULL, held INTEGER NOT NULL,
    elected INTEGER NOT NULL, session TEXT, reason TEXT NOT NULL, at INTEGER NOT NULL,
    CHECK (cum_qty <= quantity OR status = 'rejected')
  ) STRICT;
  -- The id of a fill is its number with a letter before it, and symbol and side are its order's.
  CREATE TABLE fills (
    seq INTEGER PRIMARY KEY, order_seq INTEGER NOT NULL REFERENCES orders (seq), quantity INTEGER NOT NULL CHECK (quantity > 0),
    price INTEGER NOT NULL, commission INTEGER NOT NULL CHECK (commission >= 0), at INTEGER NOT NULL
  ) STRICT;
  `,
  // Stops that trail, pairs that cancel one another, combos, and the price at which options expire.
  `
  ALTER TABLE orders ADD COLUMN trail_by TEXT;
  ALTER TABLE orders ADD COLUMN trail INTEGER;
  ALTER TABLE orders ADD COLUMN best_px INTEGER;
  ALTER TABLE orders ADD COLUMN oco TEXT;
  ALTER TABLE orders ADD COLUMN combo TEXT;
  ALTER TABLE orders ADD COLUMN combo_limit INTEGER;
  ALTER TABLE markets ADD COLUMN last_px INTEGER;
  `,
  // A pair is found from either side. The index costs nothing for orders without an other, which are nearly all.
  'CREATE INDEX orders_oco ON orders (oco) WHERE oco IS NOT NULL;',
]
