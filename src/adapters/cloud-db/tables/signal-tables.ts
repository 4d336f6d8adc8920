import type { Generated } from 'kysely'

export interface SignalTables {
  /** What was pushed to subscribers, so that one who was away can catch up. */
  pushes: {
    seq: Generated<number>
    at: number
    topic: string
    /** The one user whom it concerns; null: all. */
    audience: string | null
    /** JSON. */
    payload: string
  }
  /** Who was turned away for asking too often, by day. */
  rate_offences: { subject: string; day: string; count: number; last_at: number }
}
