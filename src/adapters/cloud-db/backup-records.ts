import { sql, type RawBuilder } from 'kysely'
import type { CloudDb } from './open-cloud-db.ts'
import type { CloudTables } from './tables/tables.ts'
import { isPostgres, type CloudTransaction } from './transact.ts'

type TableName = keyof CloudTables
/** What both databases keep: numbers, texts and nothing. */
export type CellValue = number | string | null
type BackedUp = Readonly<{
  /** Columns that tell rows apart, and order them alike on both databases. */
  key: readonly [string, ...string[]]
  /** The key is a number. */
  numeric?: true
  /** Numbered by the database. */
  serial?: true
}>

/** What goes into a backup; a new table does not compile until it has an answer here. */
const TABLES = {
  licences: { key: ['id'] },
  licence_events: { key: ['seq'], numeric: true, serial: true },
  licence_devices: { key: ['licence_id', 'device_id'] },
  licence_accounts: { key: ['licence_id', 'account_id'] },
  account_leases: { key: ['account_id'] },
  users: { key: ['user_id'] },
  subscriptions: { key: ['id'] },
  stripe_events: { key: ['id'] },
  experiences: { key: ['seq'], numeric: true, serial: true },
  pool_state: { key: ['id'], numeric: true },
  calendar_events: { key: ['id'] },
  calendar_sources: { key: ['name'] },
  calendar_revision: { key: ['id'], numeric: true },
  admin_keys: { key: ['id'] },
  admin_audit: { key: ['seq'], numeric: true, serial: true },
  mails: { key: ['id'] },
  pushes: { key: ['seq'], numeric: true, serial: true },
  rate_offences: { key: ['subject', 'day'] },
  /** Who is signed in at a page; they sign in again. */
  page_sessions: 'left-out',
  /** How many were given today: it begins anew. */
  gifts_of_day: 'left-out',
  /** Which instance does what this minute. */
  duties: 'left-out',
} as const satisfies Record<TableName, BackedUp | 'left-out'>

export type BackupTable = { [Name in TableName]: (typeof TABLES)[Name] extends 'left-out' ? never : Name }[TableName]

export const BACKUP_TABLES = (Object.keys(TABLES) as TableName[]).filter(
  (name): name is BackupTable => TABLES[name] !== 'left-out',
)
const LEFT_OUT = (Object.keys(TABLES) as TableName[]).filter((name) => TABLES[name] === 'left-out')

/** Rows that are read or written at once: few enough for SQLite's 32,766 values in a statement. */
const BATCH = 500

/** Does work that sees one moment of the database, and keeps nobody from writing meanwhile. */
export async function inSnapshot<T>(db: CloudDb, work: (snapshot: CloudDb) => Promise<T>): Promise<T> {
  return await db.connection().execute(async (connection) => {
    const begin = isPostgres(connection) ? 'begin transaction isolation level repeatable read, read only' : 'begin'
    await sql.raw(begin).execute(connection)
    try {
      return await work(connection)
    } finally {
      await sql.raw('rollback').execute(connection)
    }
  })
}

/** Steps of the schema that this database has taken. */
export async function schemaVersion(db: CloudDb): Promise<number> {
  const { rows } = await sql<{ at: number }>`select coalesce(max(version), 0) as at from schema_migrations`.execute(db)
  return Number(rows[0]!.at)
}

/** Columns of a table by name, in an order that is the same on both databases. */
export async function columnsOf(db: CloudDb, table: BackupTable): Promise<readonly string[]> {
  const found = isPostgres(db)
    ? await sql<{ name: string }>`select column_name as name from information_schema.columns
        where table_schema = current_schema() and table_name = ${table}`.execute(db)
    : await sql<{ name: string }>`select name from pragma_table_info(${table})`.execute(db)
  return found.rows.map(({ name }) => name).toSorted()
}

/** All rows, in batches, ordered by their key byte for byte. Within a transaction. */
export async function* rowsOf(
  db: CloudDb,
  table: BackupTable,
  columns: readonly string[],
): AsyncGenerator<readonly (readonly CellValue[])[], void> {
  const names = sql.join(columns.map((name) => sql.ref(name)))
  for await (const rows of isPostgres(db) ? cursorOver(db, table, names) : pagesOf(db, table, names))
    yield rows.map((row) => columns.map((name) => row[name]!))
}

type Row = Record<string, CellValue>

async function* cursorOver(db: CloudDb, table: BackupTable, names: RawBuilder<unknown>): AsyncGenerator<Row[], void> {
  const { key, ...of } = TABLES[table]
  // Languages order texts differently; bytes do not.
  const order = key.map((name) => ('numeric' in of ? sql.ref(name) : sql`${sql.ref(name)} collate "C"`))
  await sql`declare backup_rows no scroll cursor for
    select ${names} from ${sql.table(table)} order by ${sql.join(order)}`.execute(db)
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one page after another
      const { rows } = await sql<Row>`fetch ${sql.lit(BATCH)} from backup_rows`.execute(db)
      if (rows.length === 0) return
      yield rows
    }
  } finally {
    await sql`close backup_rows`.execute(db)
  }
}

async function* pagesOf(db: CloudDb, table: BackupTable, names: RawBuilder<unknown>): AsyncGenerator<Row[], void> {
  const { key } = TABLES[table]
  const keyed = sql.join(key.map((name) => sql.ref(name)))
  let last: Row | undefined
  for (;;) {
    const after = last === undefined ? sql`` : sql`where (${keyed}) > (${sql.join(key.map((name) => last![name]))})`
    // oxlint-disable-next-line no-await-in-loop -- one page after another
    const { rows } = await sql<Row>`select ${names} from ${sql.table(table)} ${after}
      order by ${keyed} limit ${BATCH}`.execute(db)
    if (rows.length > 0) yield rows
    if (rows.length < BATCH) return
    last = rows.at(-1)
  }
}

/** Names of tables that are not empty. */
export async function filledTables(db: CloudDb): Promise<readonly BackupTable[]> {
  const filled: BackupTable[] = []
  for (const table of BACKUP_TABLES) {
    // oxlint-disable-next-line no-await-in-loop -- one connection
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db)
    if (rows.length > 0) filled.push(table)
  }
  return filled
}

/** Empties every table, those that are in no backup too: what they say is of what was there. */
export async function emptyTables(trx: CloudTransaction): Promise<void> {
  const all = [...BACKUP_TABLES, ...LEFT_OUT]
  if (isPostgres(trx)) await sql`truncate ${sql.join(all.map((name) => sql.table(name)))}`.execute(trx)
  // oxlint-disable-next-line no-await-in-loop -- one connection
  else for (const name of all) await sql`delete from ${sql.table(name)}`.execute(trx)
}

export async function insertRows(
  trx: CloudTransaction,
  table: BackupTable,
  columns: readonly string[],
  rows: readonly (readonly CellValue[])[],
): Promise<void> {
  const names = sql.join(columns.map((name) => sql.ref(name)))
  for (let at = 0; at < rows.length; at += BATCH) {
    const values = rows.slice(at, at + BATCH).map((row) => sql`(${sql.join(row)})`)
    // oxlint-disable-next-line no-await-in-loop -- one connection
    await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(values)}`.execute(trx)
  }
}

/**
 * After rows were put in with their numbers: new rows get higher ones, and whoever keeps a copy of the pool or of the
 * calendar reads it anew.
 */
export async function goOnAfterRestore(trx: CloudTransaction, before: RestoredOver): Promise<void> {
  if (isPostgres(trx))
    for (const table of BACKUP_TABLES.filter((name) => 'serial' in TABLES[name]))
      // oxlint-disable-next-line no-await-in-loop -- one connection
      await sql`select setval(pg_get_serial_sequence(${table}, 'seq'),
        greatest((select coalesce(max(seq), 0) + 1 from ${sql.table(table)}), nextval(pg_get_serial_sequence(${table}, 'seq'))), false)`.execute(
        trx,
      )
  const epoch = Math.max(before.epoch, await epochOf(trx)) + 1
  await trx
    .insertInto('pool_state')
    .values({ id: 1, epoch, seed: null })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ epoch }))
    .execute()
  const revision = Math.max(before.revision, await revisionOf(trx)) + 1
  await trx.updateTable('calendar_revision').set({ revision }).execute()
}

/** Numbers that must not be seen twice by whoever has seen the database before. */
export type RestoredOver = Readonly<{ epoch: number; revision: number }>

export async function restoredOver(db: CloudDb): Promise<RestoredOver> {
  return { epoch: await epochOf(db), revision: await revisionOf(db) }
}

const epochOf = async (db: CloudDb): Promise<number> =>
  (await db.selectFrom('pool_state').select('epoch').executeTakeFirst())?.epoch ?? 0

const revisionOf = async (db: CloudDb): Promise<number> =>
  (await db.selectFrom('calendar_revision').select('revision').executeTakeFirst())?.revision ?? 0

/** Whether another program has this database open: a server, most likely. */
export async function othersAreConnected(db: CloudDb): Promise<boolean> {
  if (isPostgres(db)) {
    const { rows } = await sql`select 1 from pg_stat_activity where datname = current_database()
      and application_name = 'slipway-cloud' and pid <> pg_backend_pid() limit 1`.execute(db)
    return rows.length > 0
  }
  // SQLite leaves the write-ahead log only when nobody else is there.
  try {
    await sql.raw('pragma journal_mode = delete').execute(db)
    await sql.raw('pragma journal_mode = wal').execute(db)
    return false
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) return true
    throw error
  }
}
