import { openLeaseSigner, type LeaseSigner } from '../../src/adapters/lease-keys/lease-signer.ts'
import { insertLicence } from '../../src/adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { newId, newSecretKey } from '../../src/adapters/cloud-db/secret-keys.ts'
import type { CloudRoute } from '../../src/contracts/cloud/route.ts'
import { CloudRefused, type CloudCall, type CloudHandler } from '../../src/apps/cloud/cloud-call.ts'
import { licenceHandlers } from '../../src/apps/cloud/licence/licence-handlers.ts'
import type { PlanName } from '../../src/domain/licence/lease.ts'
import { newTerms } from '../../src/domain/licence/new-licence.ts'
import { epochMs, type EpochMs } from '../../src/domain/units/units.ts'
import { tempHome } from './temp-home.ts'

export const LICENCE_NOW = epochMs(Date.UTC(2026, 10, 20, 12))
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const USER = '0123456789ab'
export const OTHER_USER = 'ba9876543210'
export const accountRef = (number: number) => number.toString(16).padStart(32, '0')
export const device = (number: number) => `device-${String(number).padStart(4, '0')}`

/** Puts a licence into a database. @returns its key and id */
export async function makeLicence(
  db: CloudDb,
  asked: Partial<{
    userId: string
    plan: PlanName
    accounts: number
    devices: number
    days: number
    email: string
  }> = {},
  at: EpochMs = LICENCE_NOW,
): Promise<{ key: string; id: string }> {
  const { userId = USER, plan = 'pro', email = null } = asked
  const { key, hash, hint } = newSecretKey('slw_')
  const terms = newTerms({ ...asked, userId, plan }, at)
  const made = { id: newId('lic_'), keyHash: hash, keyHint: hint, email, source: 'cli' as const, subscriptionId: null }
  const { id } = await insertLicence(db, { ...terms, ...made }, { actor: 'cli', at })
  return { key, id }
}

/** A call as the server hands it to a handler. */
export function cloudCall(more: Partial<CloudCall> & { headers?: Record<string, string> } = {}): CloudCall {
  const { headers = {}, ...call } = more
  return {
    requestId: 'request-0001',
    now: LICENCE_NOW,
    address: 'local',
    userId: '',
    deviceId: undefined,
    lease: undefined,
    admin: undefined,
    signal: new AbortController().signal,
    rawBody: '',
    header: (name) => headers[name.toLowerCase()],
    ...call,
  }
}

/** Asks a handler over its route's schemas, as the server does. @returns the answer, or the refusal's code */
export async function askHandler(
  handlers: readonly CloudHandler[],
  route: CloudRoute,
  input: unknown,
  call: Partial<CloudCall> & { headers?: Record<string, string> } = {},
): Promise<{ value: Record<string, unknown> } | { code: string; message: string }> {
  const { answer } = handlers.find((one) => one.route === route)!
  try {
    const value = await answer(cloudCall(call), route.input.parse(input) as never)
    return { value: route.output.parse(value) as Record<string, unknown> }
  } catch (error) {
    if (!(error instanceof CloudRefused)) throw error
    return { code: error.code, message: error.message }
  }
}

export type LicenceServer = Readonly<{
  handlers: CloudHandler[]
  signer: LeaseSigner
  /** What was pushed. */
  told: { topic: string; payload: unknown; audience: unknown }[]
}>

export function licenceServer(db: CloudDb): LicenceServer {
  const signer = openLeaseSigner(tempHome(), LICENCE_NOW)
  const told: LicenceServer['told'] = []
  const push = {
    async publish(topic: string, payload: unknown, audience: unknown) {
      told.push({ topic, payload, audience })
      return told.length
    },
  }
  return { handlers: licenceHandlers({ db, signer, push }), signer, told }
}
