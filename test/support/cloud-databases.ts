import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { createClient } from 'redis'
import { afterAll, describe, inject, onTestFinished } from 'vitest'
import { openCloudDb, type CloudDatabase, type CloudDbOptions } from '../../src/adapters/cloud-db/open-cloud-db.ts'

/** An empty database of its own with all tables; closed and gone when the test, or else the suite, is. */
export type OpenedCloud = CloudDatabase &
  Readonly<{
    /** For another process: how it opens this database. */
    options: CloudDbOptions
    /** Another instance's connection to the same database. */
    again(): Promise<CloudDatabase>
  }>

export type OpenCloud = () => Promise<OpenedCloud>

/**
 * One suite for both databases: what holds on SQLite holds on PostgreSQL.
 *
 * Where PostgreSQL can't be had its half is skipped and says why; with CI set it fails.
 */
export function describeOnBothDatabases(title: string, body: (open: OpenCloud, kind: CloudDbOptions['kind']) => void) {
  describe(`${title} (SQLite)`, () => {
    body(keeping(openTemporarySqlite), 'sqlite')
  })
  describeWithPostgres(`${title} (PostgreSQL)`, (open) => body(open, 'postgres'))
}

/** A suite that only PostgreSQL can pass. */
export function describeWithPostgres(title: string, body: (open: OpenCloud) => void): void {
  withServer(title, 'postgres', (url) => body(keeping(() => openFreshPostgres(url))))
}

/** A suite with a Redis; `url` is of a server that other suites use too, so prefix your keys or take a database number. */
export function describeWithRedis(title: string, body: (url: string) => void): void {
  withServer(title, 'redis', body)
}

/** The shared PostgreSQL and Redis of this run, where a suite needs both: processes of the cloud, for instance. */
export function describeWithServers(title: string, body: (urls: { postgres: string; redis: string }) => void): void {
  withServer(title, 'postgres', (postgres) => withServer('with Redis', 'redis', (redis) => body({ postgres, redis })))
}

/** A new empty database on a PostgreSQL; the address to give a process as DATABASE_URL. */
export async function freshDatabaseOn(url: string): Promise<string> {
  const name = `t_${randomBytes(8).toString('hex')}`
  await administer(url, `CREATE DATABASE ${name}`)
  const fresh = new URL(url)
  fresh.pathname = `/${name}`
  return fresh.href
}

/** A connected client of Redis that is closed with the test; `select` a database number to be alone. */
export async function redisForTests(url: string) {
  const client = createClient({ url })
  client.on('error', () => undefined)
  await client.connect()
  onTestFinished(() => client.destroy())
  return client
}

function withServer(title: string, name: 'postgres' | 'redis', body: (url: string) => void): void {
  // Asked for while tests are collected: only then can a suite still be skipped.
  const answer = shared(name)
  if (!answer.url && process.env.CI) throw new Error(`CI must have ${name}: ${answer.missing}`)
  if (!answer.url) console.warn(`skipped: ${title}: ${answer.missing}`)
  describe.skipIf(!answer.url)(title, () => {
    body(answer.url ?? '')
  })
}

const asked = new Map<string, { url?: string; missing?: string }>()
const shared = (name: string) => asked.get(name) ?? { missing: 'not asked for' }
// Both at once, when a file that imports this begins; the second file of a run finds them started.
for (const name of ['postgres', 'redis']) asked.set(name, await askFor(name))

async function askFor(name: string): Promise<{ url?: string; missing?: string }> {
  const socket = connect(inject('cloudServers'))
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString()))
  socket.write(`${name}\n`)
  await once(socket, 'close')
  return JSON.parse(text || '{"missing":"the run has ended"}') as { url?: string; missing?: string }
}

async function openTemporarySqlite(): Promise<OpenedCloud> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-cloud-'))
  const options = { kind: 'sqlite', file: join(folder, 'cloud.db') } as const
  return await opened(options, async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
}

async function openFreshPostgres(url: string): Promise<OpenedCloud> {
  const fresh = await freshDatabaseOn(url)
  const name = new URL(fresh).pathname.slice(1)
  const drop = () => administer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  return await opened({ kind: 'postgres', url: fresh, connections: 8 }, drop)
}

async function opened(options: CloudDbOptions, drop: () => Promise<void>): Promise<OpenedCloud> {
  const database = await openCloudDb(options)
  const others: CloudDatabase[] = []
  return {
    ...database,
    options,
    async again() {
      const other = await openCloudDb(options)
      others.push(other)
      return other
    },
    async close() {
      for (const one of [database, ...others.splice(0)]) await one.close().catch(() => undefined)
      await drop()
    },
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const { Kysely, PostgresDialect } = await import('kysely')
  const { default: pg } = await import('pg')
  const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }) })
  try {
    await sql.raw(statement).execute(db)
  } finally {
    await db.destroy()
  }
}

/** Closes what a test has opened with the test, what a hook has opened with the suite. */
function keeping(open: OpenCloud): OpenCloud {
  const ofSuite: OpenedCloud[] = []
  afterAll(async () => {
    for (const one of ofSuite) await one.close()
  })
  return async () => {
    const database = await open()
    try {
      onTestFinished(() => database.close())
    } catch {
      ofSuite.push(database)
    }
    return database
  }
}
