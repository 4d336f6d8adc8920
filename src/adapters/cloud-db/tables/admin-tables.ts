import type { Generated } from 'kysely'

export interface AdminTables {
  admin_keys: {
    id: string
    key_hash: string
    label: string
    role: string
    created_at: number
    last_used_at: number | null
    revoked_at: number | null
  }
  /** Every use of an admin key; rows are added and never changed. */
  admin_audit: {
    seq: Generated<number>
    at: number
    key_id: string
    action: string
    target: string
    detail: string
    request_id: string
  }
  /** Sessions of the pages, by the SHA-256 of their cookie. */
  page_sessions: { token_hash: string; kind: string; subject: string; created_at: number; expires_at: number }
}
