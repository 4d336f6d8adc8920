import { readdirSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { APP_VERSION } from '../version.ts'
import type { Finding } from '../../contracts/launcher/doctor.ts'

/** The Node that everything is built for and tested on. */
const NODE_MAJOR = 24
/** Below this a day of logs and backups may not fit; below the second, a bot may stop at any commit. Bytes. */
const LITTLE_SPACE = 2_000_000_000
const NO_SPACE = 200_000_000
/** No clock that is right shows an earlier time than this version's. */
const RELEASED_AFTER = Date.UTC(2026, 0, 1)
const CLOCK_TOLERANCE_MS = 300_000

export function checkNode(): Finding {
  const { node } = process.versions
  const isRight = Number(node.split('.')[0]) === NODE_MAJOR
  return {
    check: 'version',
    result: isRight ? 'ok' : 'fail',
    message: `Slipway ${APP_VERSION} on Node ${node}.`,
    nextStep: isRight ? '' : `Run it with "npx slipway", which brings Node ${NODE_MAJOR}.`,
  }
}

export function checkDisk(layout: HomeLayout): Finding {
  const { bavail, bsize } = statfsSync(layout.root)
  const free = bavail * bsize
  const enough = free >= LITTLE_SPACE
  return {
    check: 'disk',
    result: enough ? 'ok' : free >= NO_SPACE ? 'warn' : 'fail',
    message: `${(free / 1e9).toFixed(1)} GB free.`,
    nextStep: enough ? '' : 'Free some space: a bot stops when it can not write what it is about to do.',
  }
}

/** The clock must not be behind what was written before, nor behind this version. */
export function checkClock(layout: HomeLayout, now: number): Finding {
  const finding = (result: Finding['result'], message: string): Finding => ({
    check: 'clock',
    result,
    message,
    nextStep: result === 'ok' ? '' : 'Set the clock of this computer, or let it be set from the network.',
  })
  const shown = new Date(now).toISOString()
  if (now < RELEASED_AFTER) return finding('fail', `It says ${shown}, which is in the past.`)
  const newest = Math.max(0, ...[layout.root, layout.locks, join(layout.root, 'logs')].flatMap(writeTimes))
  if (newest > now + CLOCK_TOLERANCE_MS)
    return finding('warn', `It says ${shown}, but files were written at ${new Date(newest).toISOString()}.`)
  const zones =
    typeof Intl.supportedValuesOf === 'function' && Intl.supportedValuesOf('timeZone').includes('America/Chicago')
  return zones ? finding('ok', `${shown}.`) : finding('fail', 'Time zones are missing from this Node.')
}

function writeTimes(folder: string): number[] {
  try {
    return readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0)
  } catch {
    return []
  }
}
