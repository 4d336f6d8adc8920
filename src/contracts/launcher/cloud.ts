import { z } from 'zod'
import { RefusalShape } from '../bot-protocol.ts'
import { CloudChoice, CloudUrl } from '../cloud/choice.ts'
import { LeaseKeys, LicenceKey } from '../cloud/licence.ts'
import { ParkedContribution } from './outbox.ts'
import { api, Iso } from './procedure.ts'

/** Where one account stands with what lies outside this computer. */
export const AccountCloud = z.object({
  accountId: z.string(),
  mode: z.enum(['paper', 'live']).nullable(),
  /** Whether the licence lets it make entries; exits never ask. */
  licence: z
    .object({
      entries: z.enum(['allowed', 'refused']),
      code: z.string(),
      message: z.string(),
      /** Step of the grace ladder; null on paper, and where nothing is known. */
      rung: z.enum(['fresh', 'silent', 'warn', 'ended', 'refused', 'missing']).nullable(),
      /** When the next step begins. */
      until: Iso.nullable(),
    })
    .nullable(),
  /** What the shared experience may do to its entries. */
  confidence: z.enum(['shrink', 'veto', 'off']).nullable(),
  /** Closed trades written down for the shared pool and not delivered. */
  waiting: z.int(),
  oldestWaitingAt: Iso.nullable(),
  /** Put aside because the cloud would not take them; the newest of them are listed. */
  parked: z.int(),
  parkedRows: z.array(ParkedContribution),
  deliveredToday: z.int(),
  problem: RefusalShape.nullable(),
})
export type AccountCloud = z.output<typeof AccountCloud>

/** What an account that was removed has left to be contributed. */
export const RemovedCloud = AccountCloud.pick({
  accountId: true,
  waiting: true,
  parked: true,
  parkedRows: true,
  problem: true,
})
export type RemovedCloud = z.output<typeof RemovedCloud>

/** The cloud this installation works with, and how it has gone with it lately. */
export const CloudServerState = z.object({
  kind: z.enum(['local', 'team', 'none']),
  url: z.string().nullable(),
  /** Names of the keys its leases may be signed with. */
  keys: z.array(z.string()),
  /** `closed`: it is asked. `open`: it failed too often and is left alone. `trying`: whether it is back is tried next. */
  circuit: z.enum(['closed', 'open', 'trying']).nullable(),
  /** Until it is asked, or started, again, milliseconds. */
  restMs: z.number(),
  lastAnswerAt: Iso.nullable(),
  /** The process of this computer's own cloud; null where another is used, and where this launcher runs none. */
  local: z.enum(['starting', 'running', 'resting']).nullable(),
  /** Why the local cloud does not run, or the last failure until an answer comes, or why the choice can't be read. */
  problem: z.object({ message: z.string(), nextStep: z.string() }).nullable(),
})
export type CloudServerState = z.output<typeof CloudServerState>

/** A user of this computer, and whether a licence key is kept for him. */
export const LicensedUser = z.object({
  userId: z.string(),
  /** Names at the broker; none for a key whose accounts are gone. */
  users: z.array(z.string()),
  hasKey: z.boolean(),
  liveAccounts: z.int(),
})
export type LicensedUser = z.output<typeof LicensedUser>

export const CloudState = z.object({
  deviceId: z.string().nullable(),
  calendarAsOf: z.iso.date(),
  server: CloudServerState,
  users: z.array(LicensedUser),
  accounts: z.array(AccountCloud),
  /** Removed accounts that have something waiting or put aside, or whose data can't be read. */
  removed: z.array(RemovedCloud).default([]),
})
export type CloudState = z.output<typeof CloudState>

export const cloudProcedure = api
  .route({ method: 'GET', path: '/cloud', summary: 'Cloud, licences, and contributions that wait, of this computer' })
  .output(CloudState)

export const cloudServerProcedures = {
  look: api
    .route({ method: 'POST', path: '/cloud/look', summary: "A team cloud's keys, before anybody agrees to them" })
    .input(z.strictObject({ url: CloudUrl }))
    .output(
      z.object({
        url: z.string(),
        keys: LeaseKeys.shape.keys,
        /** How new the list is, to be given back with it: no older one is taken after it. */
        keysVersion: z.int().optional(),
        keysToldAt: z.int().optional(),
      }),
    ),
  use: api
    .route({ method: 'POST', path: '/cloud/use', summary: 'Choose the cloud: the local one, a team’s, or none' })
    .input(CloudChoice)
    .output(CloudServerState),
  check: api
    .route({ method: 'POST', path: '/cloud/check', summary: 'Ask the cloud now whether it answers' })
    .output(CloudServerState),
}

/** What its owner may see of a licence; the key is not in it. */
export const OwnLicence = z.object({
  userId: z.string(),
  id: z.string(),
  keyHint: z.string(),
  plan: z.string(),
  state: z.enum(['active', 'expired', 'revoked']),
  expiresAt: Iso.nullable(),
  accounts: z.object({ used: z.int(), most: z.int() }),
  devices: z.object({ used: z.int(), most: z.int() }),
})
export type OwnLicence = z.output<typeof OwnLicence>

const OfUser = z.strictObject({
  /** User name at the broker; may be left out where this computer has accounts of one user only. */
  user: z.string().trim().min(1).max(128).optional(),
})

export const licenceProcedures = {
  set: api
    .route({ method: 'POST', path: '/licence', summary: 'Keep a licence key in the vault, once the cloud knows it' })
    .input(OfUser.extend({ key: LicenceKey }))
    .output(OwnLicence),
  show: api
    .route({ method: 'GET', path: '/licence', summary: 'The licence whose key is kept, as the cloud has it' })
    .input(OfUser)
    .output(OwnLicence),
  forget: api
    .route({ method: 'DELETE', path: '/licence', summary: 'Take the licence key out of the vault' })
    .input(OfUser)
    .output(z.object({ userId: z.string(), forgotten: z.boolean() })),
  takeOver: api
    .route({
      method: 'POST',
      path: '/accounts/{id}/take-over',
      summary: 'Take a live account over from another device, whose bot then makes no entries',
    })
    .input(z.object({ id: z.string() }))
    .output(z.object({ accountId: z.string(), fence: z.int() })),
}
