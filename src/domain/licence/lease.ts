/** What a plan is called; what it gives is in plans.ts. */
export type PlanName = 'starter' | 'pro' | 'team'

/**
 * What the server signs: a licence, bound to one device and one account. The same words as on the wire, since a signature
 * covers bytes and a second set of names would be one more way to err.
 *
 * `iat`, `exp` and `grace_until` are epoch seconds: made, fresh until, and no entries from (grace-ladder.ts).
 */
export type Lease = Readonly<{
  v: 1
  licence_id: string
  user_id: string
  device_id: string
  account_id: string
  plan: PlanName
  accounts: number
  devices: number
  threshold: number
  /** Rises with every new holder of the account; 0 for a paper account, which nobody holds. */
  fence: number
  jti: string
  /** Of the question that it answers: who asked knows by it that this was made just now. */
  nonce?: string | undefined
  iat: number
  exp: number
  grace_until: number
}>
