// Where the tests of a run keep their homes: in memory where it is large enough, for most of them wait for a disk only.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const IN_MEMORY = '/dev/shm'
const GIB = 1024 ** 3
const ROOM_BYTES = 4 * GIB
/** What is kept there is taken from what the tests themselves can have. */
const MEMORY_BYTES = 2 * ROOM_BYTES

/** A new folder for temporary files, which whoever asked removes. */
export function quickTemp() {
  const folder = inMemory() ?? mkdtempSync(join(tmpdir(), 'slipway-'))
  // PostgreSQL, which does not run as root, has to get to its folder in there.
  chmodSync(folder, 0o711)
  return folder
}

/** In memory: a folder, unless there is no room or the system starts no programs there. Linux only. */
function inMemory() {
  if (process.platform !== 'linux' || process.env.TMPDIR || process.availableMemory() < MEMORY_BYTES) return undefined
  let folder
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    if (bavail * bsize < ROOM_BYTES) return undefined
    folder = mkdtempSync(join(IN_MEMORY, 'slipway-'))
    const program = join(folder, 'try')
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 })
    if (spawnSync(program).status === 0) return folder
  } catch {
    // Not there, or not for us.
  }
  if (folder) rmSync(folder, { recursive: true, force: true })
  return undefined
}
