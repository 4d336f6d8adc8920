import { z } from 'zod'
import { LicenceKey, PlanName } from './licence.ts'
import { cloudRoute } from './route.ts'
import { Iso, UserId } from './words.ts'

/** What a mail's link carries behind its `#`: a licence, and the proof that this server has named it. */
export const ClaimText = z.string().regex(/^lic_[0-9a-f]{20}\.[A-Za-z0-9_-]{43}$/, 'must be a claim of a mail')

export const claimLicence = cloudRoute({
  method: 'POST',
  path: '/api/license/claim',
  summary: 'The key of a licence that was bought: made at this moment, shown this once',
  access: 'open',
  limit: 'user',
  repeatable: false,
  input: z.strictObject({ claim: ClaimText }),
  output: z.object({ license_key: LicenceKey, user_id: UserId, plan: PlanName, expires_at: Iso.nullable() }),
})

export const readClaimPage = cloudRoute({
  method: 'GET',
  path: '/claim',
  summary: 'Page on which the buyer of a licence is shown its key',
  access: 'open',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({}),
  output: z.string(),
})
