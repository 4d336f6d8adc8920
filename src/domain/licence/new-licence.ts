import type { EpochMs } from '../units/units.ts'
import type { PlanName } from './lease.ts'
import type { LicenceTerms } from './judge-licence.ts'
import { PLANS } from './plans.ts'

const DAY_MS = 86_400_000

/** Terms of a licence that is made now: what is left out is the plan's. */
export function newTerms(
  asked: Readonly<{
    userId: string
    plan: PlanName
    accounts?: number | undefined
    devices?: number | undefined
    /** Whole days from now; left out: without end. */
    days?: number | undefined
  }>,
  now: EpochMs,
): LicenceTerms {
  const { userId, plan, days } = asked
  return {
    userId,
    plan,
    accounts: asked.accounts ?? PLANS[plan].accounts,
    devices: asked.devices ?? PLANS[plan].devices,
    expiresAt: days === undefined ? null : ((now + days * DAY_MS) as EpochMs),
    revokedAt: null,
  }
}
