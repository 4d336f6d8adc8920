import type { CloudDatabase } from '../../adapters/cloud-db/open-cloud-db.ts'
import type { CloudRedis } from '../../adapters/cloud-redis/open-cloud-redis.ts'
import type { LeaseSigner } from '../../adapters/lease-keys/lease-signer.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import type { Footing } from '../../contracts/cloud/health.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { CloudCall, CloudHandler } from './cloud-call.ts'
import type { Gauge } from './cloud-metrics.ts'
import type { CloudBus } from './push/cloud-bus.ts'
import type { PushDesk } from './push/push-desk.ts'

/** `embedded`: one user's own, behind a private socket. `hosted`: strangers can reach it, and there may be several. */
export type Deployment = 'embedded' | 'hosted'

/** What an operator says of this server beyond where it listens; read by the entry point. */
export type CloudSettings = Readonly<{
  smtpUrl: string | undefined
  /** Sender of mails. */
  mailFrom: string | undefined
  /** Secret of the endpoint at Stripe (`whsec_…`). */
  stripeSecret: string | undefined
  /** Where people reach the pages, without a slash at the end. */
  publicUrl: string | undefined
  /** Home of a Slipway whose bars tell what a market did on a day; contributions are held against them. */
  marketHome?: string | undefined
  /** `none`: the public pages of the Fed and the BLS are not read. */
  calendarPages?: 'none' | undefined
}>

/** What a concept of the server works with. */
export type CloudParts = Readonly<{
  deployment: Deployment
  settings: CloudSettings
  database: CloudDatabase
  redis: CloudRedis | undefined
  bus: CloudBus
  push: PushDesk
  signer: LeaseSigner
  /** Names this process among all instances. */
  instance: string
  version: string
  log: Log
  now: () => EpochMs
  /** Monotonic, milliseconds. */
  elapsed: () => number
}>

/** One concept of the server, opened: what it answers, and what there is to know of it. */
export type CloudConcept = Readonly<{
  handlers: readonly CloudHandler[]
  gauges?: () => readonly Gauge[]
  /** For /ready. */
  pool?: () => Footing
  /** Another way to prove to be an admin than a key. */
  findAdmin?: (header: CloudCall['header'], now: EpochMs) => Promise<CloudCall['admin']>
  /** Ends its timers and streams; what is under way may finish. */
  close?: () => Promise<void>
}>
