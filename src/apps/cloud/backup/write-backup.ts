import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { z } from 'zod'
import {
  BACKUP_TABLES,
  columnsOf,
  inSnapshot,
  rowsOf,
  schemaVersion,
} from '../../../adapters/cloud-db/backup-records.ts'
import type { CloudDatabase, CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { lineOf, openSum, type BackupEnds, type BackupHead, type TableBegins } from './backup-format.ts'
import { readBackup, type BackupContents } from './read-backup.ts'

export type WrittenBackup = BackupContents & Readonly<{ bytes: number }>

/**
 * Writes everything that the database holds at one moment into a file, while servers go on; then reads the file back and
 * checks it, and only then gives it its name.
 *
 * Keys that leases are signed with are no part of the database, and so of no backup.
 *
 * @throws {Refused} 'bad-usage': the file is there already; 'disk-full' | 'file-unreadable' | 'backup-invalid'
 */
export async function writeBackup(
  { db, kind }: CloudDatabase,
  file: string,
  stamp: Readonly<{ now: EpochMs; version: string }>,
): Promise<WrittenBackup> {
  if (existsSync(file))
    refuse('bad-usage', `${file} is there already.`, 'Choose another name: no backup is overwritten.')
  const unfinished = `${file}.${process.pid}.part`
  try {
    await inSnapshot(db, async (snapshot) => {
      const head: BackupHead = {
        ...{ format: 'slipway-cloud-backup', version: 1, schema: await schemaVersion(snapshot) },
        ...{ made_at: new Date(stamp.now).toISOString(), database: kind, slipway: stamp.version },
      }
      await writeLines(unfinished, linesOf(snapshot, head))
    })
    await flush(unfinished)
    const contents = await readBackup(unfinished)
    // Another one may have come meanwhile.
    if (existsSync(file))
      refuse('bad-usage', `${file} is there already.`, 'Choose another name: no backup is overwritten.')
    renameSync(unfinished, file)
    return { ...contents, bytes: statSync(file).size }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC') refuse('disk-full', `The disk with ${file} is full.`, 'Free some space and try again.')
    if (/^E[A-Z]+$/.test(code))
      refuse('file-unreadable', `${file} can't be written (${message}).`, 'Choose another place for it.')
    throw error
  } finally {
    rmSync(unfinished, { force: true })
  }
}

async function* linesOf(db: CloudDb, head: BackupHead): AsyncGenerator<string, void> {
  yield JSON.stringify(head)
  let all = 0
  for (const table of BACKUP_TABLES) {
    // oxlint-disable-next-line no-await-in-loop -- one connection
    const columns = await columnsOf(db, table)
    yield JSON.stringify({ table, columns: [...columns] } satisfies z.output<typeof TableBegins>)
    const sum = openSum()
    // oxlint-disable-next-line no-await-in-loop -- one connection
    for await (const rows of rowsOf(db, table, columns))
      for (const row of rows) {
        const line = lineOf(row)
        sum.add(line)
        yield line
      }
    const end = sum.sum()
    all += end.rows
    yield JSON.stringify(end)
  }
  yield JSON.stringify({ tables: BACKUP_TABLES.length, rows: all } satisfies z.output<typeof BackupEnds>)
}

/** Characters that are packed at once: rows are short, and a call for each would cost more than packing it. */
const CHUNK = 64 * 1024

async function writeLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  // It holds e-mail addresses and the hashes of keys.
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600 })
  await pipeline(inChunks(lines), createGzip({ level: 6 }), out)
}

async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<string, void> {
  let chunk = ''
  for await (const line of lines) {
    chunk += `${line}\n`
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = ''
  }
  yield chunk
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
