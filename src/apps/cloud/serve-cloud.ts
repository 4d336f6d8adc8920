import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { openCloudDb, type CloudDbOptions } from '../../adapters/cloud-db/open-cloud-db.ts'
import { openLeaseSigner } from '../../adapters/lease-keys/lease-signer.ts'
import { listenLocally } from '../../adapters/local-socket/listen-locally.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { callerAddress } from './caller-address.ts'
import type { CloudAnswerer } from './cloud-fetch.ts'
import { cloudListener } from './cloud-listener.ts'
import type { CloudSettings, Deployment } from './cloud-parts.ts'
import { openCloud } from './open-cloud.ts'
import { openCloudBus } from './push/open-cloud-bus.ts'
import { openPushDesk } from './push/push-desk.ts'
import { servePages } from './serve-pages.ts'

export type ServeCloudOptions = Readonly<{
  deployment: Deployment
  database: CloudDbOptions
  /** undefined: this instance is the only one. */
  redisUrl: string | undefined
  listen: Readonly<{ endpoint: string }> | Readonly<{ host: string; port: number }>
  /** Folder of the keys that leases are signed with. */
  keys: string
  /** Only then X-Forwarded-For is believed. */
  behindProxy: boolean
  /** Folder of the built pages. */
  pages: string
  settings: CloudSettings
  instance: string
  version: string
  log: Log
  now: () => EpochMs
  elapsed: () => number
}>

export type ServedCloud = Readonly<{
  /** http://host:port, or the socket's path. */
  address: string
  /** Takes no more requests, finishes those under way, and lets go of everything. */
  close(): Promise<void>
}>

/** Milliseconds. Requests under way get `lastWords`; a caller that reads slowly does not keep an instance alive. */
const TIMES = { lastWords: 10_000, sweep: 20, headers: 10_000, request: 30_000, keepAlive: 65_000 } as const

/**
 * Opens the cloud and its door.
 *
 * @throws {Refused} as openCloudDb and openLeaseSigner, or bad-usage when the port is taken
 */
export async function serveCloud(options: ServeCloudOptions): Promise<ServedCloud> {
  const { log, instance, now, elapsed, version, deployment, settings } = options
  const closers: (() => Promise<void> | void)[] = []
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse())
      await Promise.resolve(close()).catch((error: unknown) =>
        log.warn('close-failed', 'Not closed cleanly', { error }),
      )
  }
  try {
    const signer = openLeaseSigner(options.keys, now())
    const database = await openCloudDb(withTrouble(options.database, log))
    closers.push(database.close)
    const redis = options.redisUrl === undefined ? undefined : await openRedis(options.redisUrl, log)
    if (redis) closers.push(redis.close)
    const bus = await openCloudBus({ instance, redis })
    closers.push(bus.close)
    const onTrouble = (error: unknown) => log.warn('push-trouble', 'Pushes can not be read or written', { error })
    const push = await openPushDesk({ db: database.db, bus, now, onTrouble })
    closers.push(() => push.close())
    const parts = { deployment, settings, database, redis, bus, push, signer, instance, version, log, now, elapsed }
    const cloud = await openCloud(parts, servePages(options.pages))
    closers.push(cloud.close)
    const door = openDoor(cloud.answer, options)
    await listen(door.server, options.listen)
    const address = addressOf(door.server, options.listen)
    log.info('cloud-ready', `Cloud ${version} ready`, { address, database: database.kind, redis: redis !== undefined })
    let closing: Promise<void> | undefined
    const close = async () => {
      log.info('cloud-ending', 'Taking no more requests')
      cloud.drain()
      // Streams first: they would be waited for in vain.
      const streamsEnded = push.close()
      await door.close()
      await streamsEnded
      await closeAll()
      log.info('cloud-ended', 'Ended')
    }
    return { address, close: () => (closing ??= close()) }
  } catch (error) {
    await closeAll()
    throw error
  }
}

function withTrouble(database: CloudDbOptions, log: Log): CloudDbOptions {
  if (database.kind === 'sqlite') return database
  const onTrouble = (error: Error) => log.warn('database-trouble', 'A connection to PostgreSQL broke', { error })
  return { ...database, onTrouble }
}

/** Loaded where it is used: the local cloud does without. */
async function openRedis(url: string, log: Log) {
  const { openCloudRedis } = await import('../../adapters/cloud-redis/open-cloud-redis.ts')
  return openCloudRedis({
    url,
    onChange: ({ up, problem }) =>
      up
        ? log.info('redis-up', 'Redis is connected')
        : log.warn('redis-down', 'Redis is gone: each instance counts for itself', { problem }),
  })
}

function openDoor(answerer: CloudAnswerer, options: ServeCloudOptions) {
  const { behindProxy, log } = options
  const isSocket = 'endpoint' in options.listen
  let closing = false
  const addressOf = (incoming: IncomingMessage) => {
    const forwarded = behindProxy ? incoming.headersDistinct['x-forwarded-for']?.join(',') : undefined
    return callerAddress(isSocket ? undefined : (incoming.socket.remoteAddress ?? 'unknown'), forwarded)
  }
  const listener = cloudListener(answerer, addressOf, (error) =>
    log.error('request-failed', 'A request could not be answered', { error }),
  )
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (closing) response.setHeader('connection', 'close')
    void listener(request, response)
  }
  const server = createServer(
    { requestTimeout: TIMES.request, headersTimeout: TIMES.headers, keepAliveTimeout: TIMES.keepAlive },
    answer,
  )
  return {
    server,
    async close() {
      closing = true
      const closed = new Promise((resolve) => server.close(resolve))
      // A connection whose answer was under way is idle afterwards, and would be kept for the next request.
      const sweep = setInterval(() => server.closeIdleConnections(), TIMES.sweep)
      await Promise.race([closed, delay(TIMES.lastWords, undefined, { ref: false })])
      clearInterval(sweep)
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: Server, where: ServeCloudOptions['listen']): Promise<void> {
  if ('endpoint' in where) return await listenLocally(server, where.endpoint)
  server.listen(where.port, where.host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(code)) throw error
    refuse(
      'bad-usage',
      `The cloud can't listen on ${where.host} port ${where.port} (${code}).`,
      'Choose another one with --host and --port.',
    )
  }
}

function addressOf(server: Server, where: ServeCloudOptions['listen']): string {
  if ('endpoint' in where) return where.endpoint
  const { address, port, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
