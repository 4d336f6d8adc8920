import { z } from 'zod'
import { AdminRoleName, IsGone, LicenceDetails } from './admin.ts'
import { cloudRoute } from './route.ts'
import { DeviceId, Iso, UserId } from './words.ts'

/** Must come with every call of the pages: no form and no simple request of another site can send it. */
export const PAGE_HEADER = 'x-slipway-page'

/** Who is signed in at a page of the cloud: an admin, or the user of a licence. */
export const PageSession = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('admin'),
    label: z.string(),
    role: AdminRoleName,
    expires_at: Iso,
  }),
  z.object({ kind: z.literal('user'), user_id: UserId, licence_id: z.string(), expires_at: Iso }),
])
export type PageSession = z.output<typeof PageSession>

export const signIn = cloudRoute({
  method: 'POST',
  path: '/api/page/sign_in',
  summary: 'Open a page with an admin key or a licence key; the session is an HttpOnly cookie',
  access: 'open',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({ key: z.string().trim().min(8).max(128) }),
  output: PageSession,
})

export const readPageSession = cloudRoute({
  method: 'GET',
  path: '/api/page/session',
  summary: 'Who is signed in',
  access: 'open',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({}),
  output: z.object({ session: PageSession.nullable() }),
})

export const signOut = cloudRoute({
  method: 'POST',
  path: '/api/page/sign_out',
  summary: 'End the session of this page',
  access: 'open',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({}),
  output: z.object({ signed_out: z.boolean() }),
})

/** What a user may see of the own licence and contributions. */
export const MyPage = z.object({
  licence: LicenceDetails.omit({ events: true }),
  contributions: z.object({
    total: z.int(),
    signal: z.int(),
    exit: z.int(),
    /** Kept and not counted, with the reason. */
    not_counted: z.array(z.object({ reason: z.string(), count: z.int() })),
    last_day: z.iso.date().nullable(),
  }),
})
export type MyPage = z.output<typeof MyPage>

export const readMine = cloudRoute({
  method: 'GET',
  path: '/api/me',
  summary: 'Own licence, devices, accounts and contributions; for a signed-in page',
  access: 'user',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({ user_id: UserId }),
  output: MyPage,
})

export const forgetMyDevice = cloudRoute({
  method: 'POST',
  path: '/api/me/forget_device',
  summary: 'Free the seat of a device that is no longer used',
  access: 'user',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({ user_id: UserId, device_id: DeviceId, is_gone: IsGone }),
  output: z.object({ forgotten: z.boolean() }),
})

/** The pool as an admin watches it. */
export const readPoolHealth = cloudRoute({
  method: 'GET',
  path: '/api/admin/pool',
  summary: 'The pool of experiences: how much, from how many, what is not counted, how fresh',
  access: 'admin',
  limit: 'admin',
  repeatable: true,
  input: z.strictObject({}),
  output: z.object({
    total: z.int(),
    seeded: z.int(),
    contributors: z.int(),
    by_status: z.array(z.object({ status: z.string(), count: z.int() })),
    last_day: z.iso.date().nullable(),
  }),
})
