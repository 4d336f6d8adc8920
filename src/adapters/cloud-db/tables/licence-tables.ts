import type { Generated } from 'kysely'

export interface LicenceTables {
  licences: {
    id: string
    key_hash: string
    /** First characters of the key, to tell keys apart. */
    key_hint: string
    user_id: string
    email: string | null
    plan: string
    accounts: number
    devices: number
    created_at: number
    expires_at: number | null
    revoked_at: number | null
    revoked_reason: string | null
    /** cli, admin or stripe. */
    source: string
    subscription_id: string | null
  }
  /** What happened to a licence; rows are added and never changed. */
  licence_events: {
    seq: Generated<number>
    licence_id: string
    at: number
    kind: string
    actor: string
    detail: string
  }
  licence_devices: { licence_id: string; device_id: string; first_at: number; last_at: number; app_version: string }
  licence_accounts: { licence_id: string; account_id: string; mode: string; first_at: number; last_at: number }
  /** Who may trade a live account. One row for an account, for good: the fence only rises. */
  account_leases: {
    account_id: string
    user_id: string
    licence_id: string
    device_id: string
    fence: number
    jti: string
    taken_at: number
    renewed_at: number
    expires_at: number
    released_at: number | null
  }
  users: { user_id: string; email: string | null; first_at: number; last_at: number; app_version: string | null }
  subscriptions: {
    id: string
    customer_id: string
    licence_id: string | null
    user_id: string | null
    plan: string | null
    status: string
    period_end: number | null
    /** `created` of the newest event that was applied: older ones come too late. */
    event_at: number
  }
  stripe_events: {
    id: string
    type: string
    created_at: number
    received_at: number
    payload: string
    /** Done with, or dismissed. */
    processed_at: number | null
    problem: string | null
    /** Tries that have failed. */
    attempts: Generated<number>
    /** It is not tried again unless a person says so. */
    parked_at: number | null
    /** A person has said that nothing needs to be done. */
    dismissed_at: number | null
  }
}
