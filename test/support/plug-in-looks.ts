import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LookProgram } from '../../src/adapters/strategy-host/describe-plug-in.ts'
import type { PlugInFile } from '../../src/adapters/strategy-host/find-plug-in.ts'
import { lookProgram } from '../../src/apps/plug-in-program.ts'
import { programOf } from './programs/programs.ts'

/** What looks at plug-ins. */
export const LOOK: LookProgram = lookProgram({
  node: process.execPath,
  entry: programOf('bot'),
  env: process.env,
})

/** A strategy that is well, after `first`. */
export const goodPlugIn = (first = '', title = '"Good"') =>
  `${first}\nexport default { id: 'good', title: ${title}, parameters: [], open: () => ({}) }`

/** Writes a plug-in into a folder. */
export function plugInOf(folder: string, code: string): PlugInFile {
  const entry = join(folder, 'one.mjs')
  writeFileSync(entry, code)
  return { entry, id: undefined }
}

const PID_FILE = 'pid.txt'

/** Beginning of a plug-in that notes beside it which process loads it. */
export const NOTE_PID = `
  import { renameSync, writeFileSync } from 'node:fs'
  const at = new URL('${PID_FILE}', import.meta.url)
  writeFileSync(new URL('pid.new', import.meta.url), String(process.pid))
  renameSync(new URL('pid.new', import.meta.url), at)
`

/** Waits until the plug-in of a folder has noted its process. */
export async function notedPid(folder: string): Promise<number> {
  const file = join(folder, PID_FILE)
  for (const end = performance.now() + 60_000; performance.now() < end; await delay(5))
    if (existsSync(file)) return Number(readFileSync(file, 'utf8'))
  throw new Error('the plug-in was not loaded')
}
