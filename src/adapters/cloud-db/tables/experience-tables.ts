import type { Generated } from 'kysely'

export interface ExperienceTables {
  /** The pool. `seq` is what instances follow it by. */
  experiences: {
    seq: Generated<number>
    /** signal or exit. */
    kind: string
    /** For attribution; never answered to others. */
    user_id: string
    /** Licence id, or `user:` and the user id of who has none, or `seed:` and a run. */
    contributor: string
    idempotency_key: string
    /** SHA-256 of the body: the same key with another body is refused. */
    body_hash: string
    symbol: string
    /** Cell: class of the symbol, side and strategy. */
    symbol_class: string
    side: string
    strategy: string
    timeframe: string
    source: string
    /** JSON, by name. */
    features: string
    outcome: string
    r: number
    day: string
    stored_at: number
    /** used, or why it counts for nothing (domain/pool/judge-contribution.ts). */
    status: string
    /** 0..1, by who vouched for its contributor when it was stored. */
    weight: Generated<number>
  }
  /** Stored on one UTC day by those whose number has an end; giver '' for all of whom nothing proves who they are. */
  gifts_of_day: { day: string; giver: string; given: number }
  /** At most one row; none is epoch 0. */
  pool_state: {
    id: number
    /** Rises when rows that were there count otherwise than before: every instance then reads all anew. */
    epoch: number
    /** Which seed was put in. */
    seed: string | null
  }
}
