import Database from 'better-sqlite3'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type Pg from 'pg'
import { Refused, refusal } from '../../domain/failure/refusal.ts'
import { checkIntegrity, configure, refusedBySqlite, type DatabaseRole } from '../sqlite/open-database.ts'
import type { CloudDb } from './cloud-db.ts'
import { CloudSqliteDialect } from './cloud-sqlite-dialect.ts'
import { migratePostgres, migrateSqlite } from './migrate.ts'
import type { CloudTables } from './tables/tables.ts'

export type { CloudDb }

export type CloudDbOptions =
  | Readonly<{ kind: 'sqlite'; file: string }>
  | Readonly<{
      kind: 'postgres'
      url: string
      /** Most connections of this instance; default 10. */
      connections?: number
      /** Longest wait for a connection and for a statement, milliseconds. */
      connectMs?: number
      statementMs?: number
      /** A connection that nobody used broke: worth a line in a log. */
      onTrouble?: (error: Error) => void
    }>

export type CloudDatabase = Readonly<{
  db: CloudDb
  kind: CloudDbOptions['kind']
  /** Asks the database something small. @throws it does not answer */
  ping(): Promise<void>
  /** Connections, and callers that wait for one. */
  connections(): Readonly<{ total: number; idle: number; waiting: number }>
  close(): Promise<void>
}>

const DEFAULTS = { connections: 10, connectMs: 3_000, statementMs: 10_000 } as const
const INT8 = 20
const NUMERIC = 1_700

/**
 * Opens the cloud's database with its tables up to date.
 *
 * @throws {Refused} 'state-newer' | 'server-unreachable' (PostgreSQL) | as openDurableDatabase (SQLite)
 */
export async function openCloudDb(options: CloudDbOptions): Promise<CloudDatabase> {
  return options.kind === 'sqlite' ? openSqlite(options.file) : await openPostgres(options)
}

function openSqlite(file: string): CloudDatabase {
  const role: DatabaseRole = {
    path: file,
    what: "The cloud's database",
    repair: 'Restore a backup of it (slipway cloud restore), or move the file away to begin with an empty one.',
  }
  let opened: Database.Database | undefined
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Nobody else's to read: it holds mail addresses. What SQLite puts beside it gets the same mode.
    closeSync(openSync(file, 'a', 0o600))
    const hasData = statSync(file).size > 0
    opened = new Database(file, { timeout: 10_000 })
    configure(opened)
    if (hasData) checkIntegrity(opened, role)
    migrateSqlite(opened)
  } catch (error) {
    opened?.close()
    throw refusedBySqlite(error, role)
  }
  const db = new Kysely<CloudTables>({ dialect: new CloudSqliteDialect(opened) })
  return {
    db,
    kind: 'sqlite',
    ping: () => ping(db),
    connections: () => ({ total: 1, idle: 1, waiting: 0 }),
    close: () => db.destroy(),
  }
}

type PostgresOptions = Extract<CloudDbOptions, { kind: 'postgres' }>

async function openPostgres(options: PostgresOptions): Promise<CloudDatabase> {
  const { connections, connectMs, statementMs } = { ...DEFAULTS, ...options }
  // Loaded where it is used: the local cloud does without.
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: options.url,
    max: connections,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    // For a server that has gone without a word: the statement's own limit is kept by the server.
    query_timeout: statementMs + 2_000,
    idle_in_transaction_session_timeout: statementMs,
    keepAlive: true,
    application_name: 'slipway-cloud',
    types: { getTypeParser: numbersAsNumbers(pg.types) },
  })
  // Without a listener, a server that closes an idle connection would end this process.
  pool.on('error', (error) => options.onTrouble?.(error))
  // Nor may one that a transaction holds just then; whoever asks next on it is told.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<CloudTables>({ dialect: new PostgresDialect({ pool }) })
  try {
    await migratePostgres(db)
  } catch (error) {
    await db.destroy().catch(() => undefined)
    throw error instanceof Refused ? error : unreachable(error)
  }
  return {
    db,
    kind: 'postgres',
    ping: () => ping(db),
    connections: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => db.destroy(),
  }
}

/** Counts, sums and times fit a number; pg would hand out texts. Of this pool only, not of the whole process. */
function numbersAsNumbers({ getTypeParser }: typeof Pg.types): typeof Pg.types.getTypeParser {
  const parserOf = (oid: number, format?: 'text' | 'binary') =>
    (oid === INT8 || oid === NUMERIC) && format !== 'binary' ? Number : getTypeParser(oid, format as 'text')
  return parserOf as typeof getTypeParser
}

async function ping(db: CloudDb): Promise<void> {
  await sql`select 1`.execute(db)
}

function unreachable(error: unknown): Refused {
  const { code, message } = error as { code?: string; message?: string }
  // Neither of them tells a password.
  const why = [message?.split('\n')[0], code].filter(Boolean).join(', ')
  return new Refused(
    refusal(
      'server-unreachable',
      `PostgreSQL at DATABASE_URL can't be used (${why}).`,
      'See that it runs, that its address and password are right, and that its user may create tables.',
    ),
  )
}
