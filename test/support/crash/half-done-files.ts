import Database from 'better-sqlite3'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

const WAL_HEADER = 32
const FRAME_HEADER = 24

/**
 * Leaves a database as a checkpoint leaves it that dies halfway: the newest version of half of the pages is in the file,
 * in the order of the pages, and the write-ahead log still holds them all.
 *
 * @see https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
export function checkpointHalf(database: string): void {
  const log = `${database}-wal`
  if (!existsSync(log)) return
  const inOrder = [...committedPages(readFileSync(log))].sort(([a], [b]) => a - b)
  const file = openSync(database, 'r+')
  for (const [number, page] of inOrder.slice(0, Math.ceil(inOrder.length / 2)))
    writeSync(file, page, 0, page.length, (number - 1) * page.length)
  closeSync(file)
}

/** The newest version of each page up to the last commit, by its number. */
function committedPages(wal: Buffer): Map<number, Buffer> {
  const committed = new Map<number, Buffer>()
  if (wal.length < WAL_HEADER) return committed
  const pageSize = wal.readUInt32BE(8)
  const salts = wal.subarray(16, 24)
  const since = new Map<number, Buffer>()
  for (let at = WAL_HEADER; at + FRAME_HEADER + pageSize <= wal.length; at += FRAME_HEADER + pageSize) {
    // Frames of an earlier round of the log stand behind those of this one.
    if (!wal.subarray(at + 8, at + 16).equals(salts)) break
    since.set(wal.readUInt32BE(at), wal.subarray(at + FRAME_HEADER, at + FRAME_HEADER + pageSize))
    if (wal.readUInt32BE(at + 4) === 0) continue
    for (const [number, page] of since) committed.set(number, page)
    since.clear()
  }
  return committed
}

/** Leaves what a backup leaves that dies: a reader's mark on the database, and a copy that is not finished. */
export function beginBackup(database: string): void {
  const reader = new Database(database, { readonly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM orders').get()
  const backups = join(dirname(database), 'backups')
  mkdirSync(backups, { recursive: true })
  writeFileSync(join(backups, 'state-half.db.unfinished'), readFileSync(database).subarray(0, 6_000))
}
