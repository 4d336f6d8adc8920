export interface MailTables {
  /** Mails to send; the id is natural (`expiry:lic_x:3:2026-12-31`), so that each is made once. */
  mails: {
    id: string
    to_address: string
    kind: string
    payload: string
    created_at: number
    sent_at: number | null
    attempts: number
    next_at: number
    /** Instance that sends it, until. */
    lease_owner: string | null
    lease_until: number | null
    problem: string | null
  }
}
