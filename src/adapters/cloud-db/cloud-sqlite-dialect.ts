import type Database from 'better-sqlite3'
import {
  CompiledQuery,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type SqliteDatabase,
  type SqliteStatement,
} from 'kysely'
import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds. `inSqlite`: this whole process stands still meanwhile. `inAll`: until a caller is told. */
const BUSY_WAIT = { inSqlite: 10, pause: 15, inAll: 5_000 } as const
/** Statements that stay compiled; repositories have fewer. */
const KEPT_STATEMENTS = 300

/**
 * Kysely's SQLite, for a server that shares its file with commands: who finds it locked waits without stopping the
 * process, and a transaction takes the right to write when it begins, since one that asks later may be refused half-way.
 */
export class CloudSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase
  constructor(db: Database.Database) {
    db.pragma(`busy_timeout = ${BUSY_WAIT.inSqlite}`)
    const database = keepingStatements(db)
    super({ database })
    this.#database = database
  }
  override createDriver(): Driver {
    return new PatientDriver({ database: this.#database })
  }
}

class PatientDriver extends SqliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection()
    return {
      executeQuery: (query) => patiently(() => connection.executeQuery(query)),
      streamQuery: (query, size, options) => connection.streamQuery(query, size, options),
    }
  }
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

/** A statement that was refused because the file is locked has done nothing. */
async function patiently<R>(ask: () => Promise<QueryResult<R>>): Promise<QueryResult<R>> {
  const deadline = performance.now() + BUSY_WAIT.inAll
  for (;;)
    try {
      return await ask()
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
      if (!isBusy || performance.now() > deadline) throw error
      await delay(BUSY_WAIT.pause)
    }
}

/** Compiling a statement takes longer than most statements. */
function keepingStatements(db: Database.Database): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  return {
    prepare(text) {
      const known = kept.get(text)
      if (known) return known
      const statement = db.prepare(text) as unknown as SqliteStatement
      if (kept.size >= KEPT_STATEMENTS) kept.clear()
      kept.set(text, statement)
      return statement
    },
    close: () => void db.close(),
  }
}
