import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
// @ts-expect-error -- plain JavaScript: it runs before anything is installed
import { openStamp } from '../../../scripts/checkout/stamp.mjs'
import { repoRoot } from '../repo-root.ts'

/** All that may end up in a bundle, and the lock file, which says of which packages. */
export const INPUTS = ['src', 'test/support', 'resources', 'rolldown.config.ts', 'package-lock.json']
/** Inside the checkout, where packages that are not bundled are found. */
const FOLDER = join(repoRoot, 'out', 'programs')
/** Bundles that no run has used for so long are removed, milliseconds. */
const KEEP_MS = 2 * 60 * 60 * 1_000

/**
 * The programs that tests start, bundled: ours as they are shipped but not minified, and those of the tests.
 *
 * Their folder is named for the content of everything that went into it, and never changes: no test meets an older build,
 * nor half of one, and a run whose sources are built already begins at once.
 *
 * @returns the folder
 */
export async function buildPrograms(): Promise<string> {
  mkdirSync(FOLDER, { recursive: true })
  const content = contentOfInputs()
  const named = join(FOLDER, content)
  const folder = existsSync(named) ? named : await built(named, content)
  const keep = () => utimesSync(folder, new Date(), new Date())
  keep()
  // A watch, or a night of fault rounds, goes on with them.
  setInterval(keep, KEEP_MS / 4).unref()
  removeOld(folder)
  return folder
}

const contentOfInputs = () => openStamp('', INPUTS).take().content as string

async function built(named: string, content: string): Promise<string> {
  const staging = mkdtempSync(join(FOLDER, 'unnamed-'))
  // Some tests start a program as another user.
  chmodSync(staging, 0o755)
  try {
    // In a process of its own: a bundler keeps its memory, and a run of all tests has a use for it.
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'write-bundles.ts'), staging])
  } catch (error) {
    rmSync(staging, { recursive: true, force: true })
    throw error
  }
  // An edit meanwhile: what was built has no name, and nobody else takes it.
  if (contentOfInputs() !== content) return staging
  try {
    renameSync(staging, named)
  } catch (error) {
    // Another run has built the same meanwhile.
    if (!existsSync(named)) throw error
    rmSync(staging, { recursive: true, force: true })
  }
  return named
}

function removeOld(used: string): void {
  for (const name of readdirSync(FOLDER)) {
    const folder = join(FOLDER, name)
    const since = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
    if (folder !== used && since < Date.now() - KEEP_MS) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
