import { findLicence, insertLicence } from '../../src/adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { CloudRefused, type CloudCall } from '../../src/apps/cloud/cloud-call.ts'
import { standingLicences } from '../../src/apps/cloud/licence/standing-licences.ts'
import { pushHandlers } from '../../src/apps/cloud/push/push-handlers.ts'
import type { LeaseClaims } from '../../src/contracts/cloud/licence.ts'
import { readPushes, shareSignal } from '../../src/contracts/cloud/push.ts'
import { newTerms } from '../../src/domain/licence/new-licence.ts'
import { NOON, pushDeskOf } from './push-rig.ts'

export const USER = 'aaaaaaaaaaaa'
export const OTHER = 'bbbbbbbbbbbb'
export const LICENCE = `lic_${USER}`
export const SIGNAL = {
  user_id: USER,
  symbol_class: 'us-equity-index',
  side: 'buy',
  strategy: 'vwap-bounce',
  confidence: 0.7,
}

export function leaseOf(change: Partial<LeaseClaims> = {}): LeaseClaims {
  const now = NOON / 1000
  return {
    ...{ v: 1, licence_id: LICENCE, user_id: USER, device_id: 'device-1', account_id: '0'.repeat(32), plan: 'pro' },
    ...{ accounts: 1, devices: 1, threshold: 0.5, fence: 1, jti: '0'.repeat(16) },
    ...{ iat: now, exp: now + 86_400, grace_until: now + 604_800 },
    ...change,
  }
}

export function callOf(change: Partial<CloudCall> = {}, headers: Record<string, string> = {}): CloudCall {
  return {
    ...{ requestId: 'request-1', now: NOON, address: '192.0.2.7', userId: USER, deviceId: undefined },
    ...{ lease: undefined, admin: undefined, signal: new AbortController().signal, rawBody: '' },
    header: (name) => headers[name.toLowerCase()],
    ...change,
  }
}

export const BY = { actor: 'cli', at: NOON }

/** The licences of the two users: lic_aaaaaaaaaaaa and lic_bbbbbbbbbbbb. */
async function licencesIn(db: CloudDb) {
  if (await findLicence(db, LICENCE)) return
  for (const userId of [USER, OTHER]) {
    const terms = newTerms({ userId, plan: 'pro' }, NOON)
    const made = { id: `lic_${userId}`, keyHash: userId, keyHint: '', email: null, source: 'cli', subscriptionId: null }
    await insertLicence(db, { ...terms, ...made } as Parameters<typeof insertLicence>[1], BY)
  }
}

export async function serverOf(db: CloudDb, deployment: 'embedded' | 'hosted' = 'hosted') {
  await licencesIn(db)
  const { desk, clock } = await pushDeskOf(db)
  const passed = { elapsed: 0 }
  const now = () => clock.now
  const parts = { desk, deployment, licenceSince: standingLicences(db, now), now, elapsed: () => passed.elapsed }
  const handlers = pushHandlers({ ...parts, heartbeatMs: 20 })
  const of = (path: string) => handlers.find(({ route }) => route.path === path)!
  return {
    ...{ desk, clock, passed },
    async listen(call: CloudCall, topics?: string) {
      const input = readPushes.input.parse({ user_id: call.userId, ...(topics === undefined ? {} : { topics }) })
      return (await of('/api/push').answer(call, input as never)) as Response
    },
    share: async (call: CloudCall, body: object = SIGNAL) =>
      (await of('/api/signals').answer(call, shareSignal.input.parse(body) as never)) as { seq: number },
  }
}

export const codeOf = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work()
    return 'none'
  } catch (error) {
    return error instanceof CloudRefused ? error.code : String(error)
  }
}
