import { renameSync, rmSync } from 'node:fs'

/** The file system where a file is moved or removed, as far as it matters that another program may have it open. */
export type HeldFiles = Readonly<{
  platform: NodeJS.Platform
  rename(from: string, to: string): void
  remove(path: string, isFolder: boolean): void
  /** Waits; nothing else of this process runs meanwhile. */
  pause(ms: number): void
}>

const SYSTEM: HeldFiles = {
  platform: process.platform,
  rename: renameSync,
  remove: (path, isFolder) => rmSync(path, { force: true, recursive: isFolder }),
  pause: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
}

/** What Windows says of a file that somebody has open; also of one that is not ours, which no pause changes. */
const HELD = new Set(['EPERM', 'EACCES', 'EBUSY'])
/** Between two tries, milliseconds; about a second in all. */
const PAUSES = [10, 20, 40, 80, 160, 320, 400] as const

/**
 * Gives a file another name, in place of one that has it already. On Windows a virus scanner or an indexer that has
 * just opened either of them makes that fail for a moment, so there it is tried for about a second.
 *
 * @throws the file system's error
 */
export function moveFile(from: string, to: string, files: HeldFiles = SYSTEM): void {
  patiently(() => files.rename(from, to), files)
}

/** Removes a file, with the same patience; none there is as good. @throws the file system's error */
export function removeFile(path: string, files: HeldFiles = SYSTEM): void {
  patiently(() => files.remove(path, false), files)
}

/** Removes a folder with all it holds, with the same patience. @throws the file system's error */
export function removeFolder(path: string, files: HeldFiles = SYSTEM): void {
  patiently(() => files.remove(path, true), files)
}

function patiently(work: () => void, { platform, pause }: HeldFiles): void {
  for (const ms of platform === 'win32' ? PAUSES : []) {
    try {
      return work()
    } catch (error) {
      if (!HELD.has((error as NodeJS.ErrnoException).code ?? '')) throw error
      pause(ms)
    }
  }
  work()
}
