import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asStorageRefusal, syncFolder } from '../../../adapters/file/replace-file.ts'
import { Refused, refuse } from '../../../domain/failure/refusal.ts'
import {
  copyVerified,
  damagedFiles,
  filesBelow,
  INSTALLED_NOTE,
  readRuntimeNote,
  type RuntimeNote,
} from './runtime-files.ts'

/** What launcher and bots run from. */
export type Runtime = Readonly<{
  /** Folder of its own; undefined in a checkout, whose programs run where they are built. */
  folder: string | undefined
  version: string
  node: string
  launcher: string
}>

/** Unfinished copies older than this are nobody's, milliseconds. */
const ABANDONED_MS = 60 * 60_000

/**
 * Brings the packaged runtime to a folder of its own in the data folder, unless it is there and whole.
 *
 * Bots run from that copy, so the app can be updated, moved or removed under them, and an AppImage unmounted. It is
 * made beside its place, verified, and renamed: nobody ever starts half of one.
 *
 * @param source   the runtime inside the app
 * @param runtimes folder of all runtimes of a home
 * @throws {Refused} disk-full, home-read-only, home-unsuitable, internal when the app is not whole
 */
export async function installRuntime(source: string, runtimes: string): Promise<Runtime> {
  const note = await readRuntimeNote(source).catch(() =>
    refuse('internal', 'This installation of Slipway is not whole.', 'Install it again; accounts and bots are kept.'),
  )
  const place = join(runtimes, note.id)
  try {
    await mkdir(runtimes, { recursive: true, mode: 0o700 })
    const damaged = await damagedFiles(place, note.id)
    if (damaged?.length !== 0) await putInPlace(source, place, note.id)
    return runtimeAt(place, note)
  } catch (error) {
    if (error instanceof Refused) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' || code === 'ENOTDIR')
      refuse('home-unsuitable', `There is a file where Slipway needs the folder ${runtimes}.`, 'Move that file away.')
    throw asStorageRefusal(error, place)
  }
}

async function putInPlace(source: string, place: string, id: string): Promise<void> {
  await forgetAbandoned(dirname(place))
  const temporary = join(dirname(place), `.${id}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await copyInto(temporary, source, id)
    try {
      await rename(temporary, place)
      syncFolder(dirname(place))
    } catch (error) {
      // Somebody is there: another window was faster, or a damaged one, which bots may be running from.
      if (!(await stat(place).catch(() => undefined))) throw error
      await mend(place, temporary, id)
    }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function copyInto(folder: string, source: string, id: string): Promise<void> {
  const files = []
  for (const path of await filesBelow(source)) {
    const to = join(folder, path)
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    files.push({ path, ...(await copyVerified(join(source, path), to)) })
  }
  await writeFile(join(folder, INSTALLED_NOTE), JSON.stringify({ id, files }, null, 1), { mode: 0o600, flush: true })
}

/** File by file, each replaced whole: what runs from there keeps what it has open. */
async function mend(place: string, fresh: string, id: string): Promise<void> {
  const damaged = (await damagedFiles(place, id)) ?? (await filesBelow(fresh)).filter((it) => it !== INSTALLED_NOTE)
  for (const path of damaged) {
    await mkdir(dirname(join(place, path)), { recursive: true, mode: 0o700 })
    await rename(join(fresh, path), join(place, path))
  }
  if (damaged.length > 0) await rename(join(fresh, INSTALLED_NOTE), join(place, INSTALLED_NOTE))
}

async function forgetAbandoned(runtimes: string): Promise<void> {
  for (const name of await readdir(runtimes)) {
    if (!/^\..+\.tmp$/.test(name)) continue
    const path = join(runtimes, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true })
  }
}

function runtimeAt(folder: string, note: RuntimeNote): Runtime {
  return { folder, version: note.version, node: join(folder, note.node), launcher: join(folder, note.launcher) }
}
