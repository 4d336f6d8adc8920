import { join, resolve } from 'node:path'
import { openCloudDb, type CloudDatabase, type CloudDb } from '../../adapters/cloud-db/open-cloud-db.ts'
import { readCloudEnvironment } from '../cloud/command-line.ts'
import { openCliHome, type Cli } from './cli.ts'

/** Where a server keeps what it has; the same words as of `cloud serve`. */
export type CloudPlace = Readonly<{ data?: string; keys?: string }>

/** The folder of the embedded cloud's database, or the one that was named. */
function dataFolder(cli: Cli, { data }: CloudPlace): string {
  return data === undefined ? openCliHome(cli).cloud : resolve(cli.workingFolder, data)
}

export function keysFolder(cli: Cli, place: CloudPlace): string {
  const { keys } = place
  return keys === undefined ? join(dataFolder(cli, place), 'keys') : resolve(cli.workingFolder, keys)
}

/**
 * Works with the database of a server that may run meanwhile: PostgreSQL where DATABASE_URL is set, else the SQLite file
 * that the server itself would take.
 *
 * @throws {Refused} as openCloudDb
 */
export async function withCloudDb<T>(cli: Cli, place: CloudPlace, work: (db: CloudDb) => Promise<T>): Promise<T> {
  return await withCloudDatabase(cli, place, { connections: 2 }, ({ db }) => work(db))
}

/** As withCloudDb, for work on the database as a whole. @throws {Refused} as openCloudDb */
export async function withCloudDatabase<T>(
  cli: Cli,
  place: CloudPlace,
  limits: Readonly<{ connections: number; statementMs?: number }>,
  work: (database: CloudDatabase) => Promise<T>,
): Promise<T> {
  const { databaseUrl } = readCloudEnvironment(cli.env)
  const database = await openCloudDb(
    databaseUrl === undefined
      ? { kind: 'sqlite', file: join(dataFolder(cli, place), 'cloud.db') }
      : { kind: 'postgres', url: databaseUrl, ...limits },
  )
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
