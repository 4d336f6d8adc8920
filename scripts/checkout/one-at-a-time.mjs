import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { work } from './paths.mjs'
import { say } from './trouble.mjs'

const POLL_MS = 200

/** A folder without a readable owner is one being made or one whose maker died at once; after this long it is the latter. */
const OWNERLESS_POLLS = 10

/**
 * Runs `action` while no other install or build of this checkout runs.
 *
 * A folder is the lock, because making one is atomic everywhere. This protects files in a checkout, never an account:
 * accounts have the guard.
 */
export async function oneAtATime(action) {
  const lock = join(work, 'install-or-build.lock')
  const owner = join(lock, 'pid')
  mkdirSync(work, { recursive: true })
  for (let polls = 0, ownerless = 0; !tryMake(lock); polls += 1) {
    const pid = readPid(owner)
    ownerless = pid === undefined ? ownerless + 1 : 0
    if (ownerless > OWNERLESS_POLLS || (pid !== undefined && !isRunning(pid)))
      rmSync(lock, { recursive: true, force: true })
    else if (polls === 0) say('Waiting for another install or build of this checkout …')
    await sleep(POLL_MS)
  }
  try {
    writeFileSync(owner, String(process.pid))
    return await action()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function tryMake(folder) {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function readPid(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
