import { accessSync, chmodSync, constants, lstatSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, join, parse, resolve } from 'node:path'
import type { AccountId } from '../../domain/account/account-id.ts'
import { Refused, refuse } from '../../domain/failure/refusal.ts'
import { judgeHome, SYNC_MARKERS } from '../../domain/home/judge-home.ts'
import { ensureDeviceId } from './device-id.ts'
import { homeLayout, type HomeLayout } from './layout.ts'
import { SURROUNDINGS, type HomeSurroundings } from './surroundings.ts'

export type OpenHomeOptions = Readonly<{
  /** Folders that sync clients told the system about; see `syncRootsOf`. */
  syncRoots?: readonly string[]
  surroundings?: HomeSurroundings
}>

/** Sync folders that the environment names (OneDrive does, on Windows); read once, by the entry point. */
export function syncRootsOf(env: NodeJS.ProcessEnv): string[] {
  return [env.OneDrive, env.OneDriveConsumer, env.OneDriveCommercial].filter(
    (it): it is string => it !== undefined && it !== '',
  )
}

/**
 * Makes a folder ready to be the home: refuses it where locks and files can't be relied on, creates what is missing,
 * keeps everybody else out (0700), and gives the installation its id.
 *
 * The layout returned has every link in the path resolved, so that one home has one set of addresses whatever it is
 * called by. Nothing is created in a folder that is refused. Cheap enough for every start of a bot.
 *
 * @throws {Refused} home-unsuitable, home-read-only, disk-full
 */
export function openHome(home: string, options: OpenHomeOptions = {}): HomeLayout {
  const { surroundings = SURROUNDINGS, syncRoots = [] } = options
  try {
    const root = assertSuitable(resolve(home), surroundings, syncRoots)
    makeFolder(root, 'keep')
    const layout = homeLayout(root)
    for (const folder of [layout.locks, layout.guards, layout.accounts, layout.run, dirname(layout.launcherLog)])
      makeFolder(folder, 'private')
    assertSocketsAreOurs(layout)
    ensureDeviceId(layout)
    return layout
  } catch (error) {
    throw error instanceof Refused ? error : asRefusal(home, error)
  }
}

/** @returns the folder's real path, whether or not it exists yet */
function assertSuitable(home: string, surroundings: HomeSurroundings, syncRoots: readonly string[]): string {
  const existing = nearestExisting(home)
  const real = resolve(surroundings.realPathOf(existing), home.slice(existing.length).replace(/^[/\\]+/, ''))
  const folders = []
  for (let folder = real; folder !== parse(folder).root; folder = dirname(folder)) {
    const markers = Object.keys(SYNC_MARKERS).filter((it) => surroundings.exists(join(folder, it)))
    folders.unshift({ name: basename(folder), markers })
  }
  const fileSystem = surroundings.fileSystemOf(surroundings.realPathOf(existing))
  const refused = judgeHome({ home, fileSystem, folders, syncRoots })
  if (refused) throw new Refused(refused)
  return real
}

function nearestExisting(path: string): string {
  for (let folder = path; ; folder = dirname(folder)) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder
    if (folder === dirname(folder)) return folder
  }
}

/** @param access `private`: shut an existing folder too; `keep`: the user made it, and its access is theirs to set */
function makeFolder(path: string, access: 'private' | 'keep'): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (process.platform === 'win32') return
  if (access === 'private' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700)
  accessSync(path, constants.W_OK | constants.X_OK)
}

/** The longest id has its socket elsewhere wherever any account has. */
const LONGEST_ID = 'x'.repeat(64) as AccountId

/**
 * Where the home's own path is too long for sockets, they lie in a folder under the temporary one, which is open to
 * all. Whoever listens creates it; whoever would connect must not trust one that somebody else made.
 */
function assertSocketsAreOurs(layout: HomeLayout): void {
  if (process.platform === 'win32') return
  const folder = dirname(layout.botEndpoint(LONGEST_ID))
  if (folder === layout.run) return
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (!found || (found.isDirectory() && found.uid === process.getuid?.())) return
  refuse(
    'home-unsuitable',
    `The folder ${folder}, for the bots' control sockets, belongs to somebody else.`,
    'Remove that folder, or choose a SLIPWAY_HOME with a shorter path.',
  )
}

function asRefusal(home: string, error: unknown): Error {
  const { code = '', path = home } = error as NodeJS.ErrnoException
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return refused(
      'home-read-only',
      `The folder ${path} can't be written.`,
      'Make it writable for the user that runs Slipway, or set SLIPWAY_HOME to another folder.',
    )
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return refused('disk-full', `The disk with ${path} is full.`, 'Free some space, then start again.')
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return refused(
      'home-unsuitable',
      `There is a file where Slipway needs the folder ${path}.`,
      'Move that file away, or set SLIPWAY_HOME to another folder.',
    )
  if (code === 'ENAMETOOLONG' || code === 'ELOOP' || code === 'EINVAL' || code === 'ENOENT')
    return refused('home-unsuitable', `${path} can't be a folder (${code}).`, 'Set SLIPWAY_HOME to another folder.')
  return error as Error
}

function refused(...[code, message, nextStep]: Parameters<typeof refuse>): Refused {
  return new Refused({ code, message, nextStep })
}
