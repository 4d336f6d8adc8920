import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { refusal, Refused } from '../../domain/failure/refusal.ts'
import { moveFile, removeFile, type HeldFiles } from './held-files.ts'

/**
 * Puts a file in place whole: a reader, or we after a power cut, find the old text or the new, never half of one.
 *
 * @throws {Refused} disk-full or home-read-only; the old file is untouched
 */
export function replaceFile(path: string, text: string, files?: HeldFiles): void {
  // Loaded here, since a bot starts without it.
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const fd = openSync(temporary, 'wx', 0o600)
    try {
      // Not writeSync: a disk that is nearly full takes a part of it and says so by the count alone.
      writeFileSync(fd, text)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    moveFile(temporary, path, files)
    syncFolder(dirname(path))
  } catch (error) {
    // The name is ours alone, and half a temporary file helps nobody.
    removeQuietly(temporary, files)
    throw asStorageRefusal(error, path)
  }
}

/** What hindered the writing is told, not what hinders this. */
function removeQuietly(path: string, files?: HeldFiles): void {
  try {
    removeFile(path, files)
  } catch {
    // A file of ours that nobody reads stays behind.
  }
}

/** Makes a rename survive a power cut; folders can't be opened for that on Windows, nor need they. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** A full or read-only disk, or a file that somebody keeps open, as a refusal; any other error as it is. */
export function asStorageRefusal(error: unknown, path: string): unknown {
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Refused(
        refusal('disk-full', `The disk is full: ${path} was not written.`, 'Free some space, then try again.'),
      )
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new Refused(
        refusal(
          'home-read-only',
          `${path} can't be written.`,
          'Make the folder writable for your user, then try again.',
        ),
      )
    case 'EBUSY':
      return new Refused(
        refusal(
          'home-read-only',
          `${path} can't be written: another program has it open.`,
          'Close what may have it open (an editor, a backup, a virus scanner), then try again.',
        ),
      )
    default:
      return error
  }
}
