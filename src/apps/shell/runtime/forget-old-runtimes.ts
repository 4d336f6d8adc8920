import { readdir, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { readLockRecord } from '../../../adapters/lock/read-lock-record.ts'
import { livesHere } from '../launcher/lives-here.ts'

export type OldRuntimesContext = Readonly<{
  layout: HomeLayout
  runtimes: string
  /** The runtime that is used now. */
  current: string
}>

/**
 * Removes runtimes that nothing runs from: no lock record of a living holder, bot or launcher, names them. While a
 * record can't be read, all of them stay.
 *
 * @returns folders that were removed
 */
export async function forgetOldRuntimes(ctx: OldRuntimesContext): Promise<readonly string[]> {
  const names = (await readdir(ctx.runtimes, { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(ctx.runtimes, name))
  const old = names.filter((folder) => folder !== ctx.current)
  if (old.length === 0) return []
  const inUse = await programsInUse(ctx)
  if (inUse === 'unknown') return []
  const removed = []
  for (const folder of old) {
    if (inUse.some((program) => isInside(program, folder))) continue
    try {
      await rm(folder, { recursive: true })
      removed.push(folder)
    } catch {
      // Windows keeps what still runs; it is looked at again with the next start.
    }
  }
  return removed
}

async function programsInUse(ctx: OldRuntimesContext): Promise<readonly string[] | 'unknown'> {
  const isAlive = livesHere(ctx.layout)
  const programs = []
  for (const name of (await readdir(ctx.layout.locks)).filter((it) => it.endsWith('.lock'))) {
    const record = readLockRecord(join(ctx.layout.locks, name))
    if (record === 'missing') continue
    if (record === 'unreadable') return 'unknown'
    if (await isAlive(record)) programs.push(record.exe)
  }
  return programs
}

function isInside(program: string, folder: string): boolean {
  const fold = (path: string) => (process.platform === 'linux' ? path : path.toLowerCase())
  return fold(program).startsWith(fold(folder) + sep)
}
