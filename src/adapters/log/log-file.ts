import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { refusal, Refused } from '../../domain/failure/refusal.ts'
import { parseLogName, rotatedName } from './rotated-name.ts'

/** An append-only file of lines. Writing never throws: what can't be written is counted. */
export type LogFile = Readonly<{
  /** Appends one line (without its newline) with one system call; on disk, or counted as lost, when it returns. */
  write(line: string): void
  /** Asks the kernel to put everything on the medium. */
  sync(): void
  close(): void
}>

export type LogFileOptions = Readonly<{
  file: string
  /** Size, in bytes, at which the file is rotated. */
  maxBytes: number
  /** UTC epoch milliseconds; only differences matter. */
  now: () => number
  /** The line to write once the disk takes lines again. */
  describeLoss: (lost: number, since: number, cause: string) => string
}>

/** How often we look whether somebody moved or deleted the file under us. */
const LOOK_EVERY_MS = 1_000
/** After a failed rotation we try again when the file has grown by this much. */
const ROTATION_RETRY_BYTES = 1_048_576
const NEWLINE = 0x0a

/**
 * Opens a log for appending and makes its folder.
 *
 * Several processes may have the same file open: each line is one write to a descriptor in append mode, and a
 * rotation by one is noticed by the others.
 *
 * @throws {Refused} the file can't be opened: `home-read-only`, `disk-full` or `internal`
 */
export function openLogFile({ file, maxBytes, now, describeLoss }: LogFileOptions): LogFile {
  let fd: number | undefined = openForAppend(file)
  let size = 0
  let rotateAt = maxBytes
  let lookedAt = now()
  let midLine = false
  let lost = 0
  let lostSince = 0
  let lostBecause = ''
  measure()

  function measure(): void {
    if (fd === undefined) return
    size = fstatSync(fd).size
    rotateAt = maxBytes
    // A writer that was killed or out of space may have left half a line; ours must not be glued to it.
    midLine = size > 0 && lastByteOf(file, size) !== NEWLINE
  }

  function reopen(): void {
    closeQuietly(fd)
    fd = undefined
    fd = openForAppend(file)
    measure()
  }

  /** True while our descriptor is the file that bears the name. */
  function stillOurs(): boolean {
    if (fd === undefined) return false
    const named = statSync(file, { throwIfNoEntry: false, bigint: true })
    const ours = fstatSync(fd, { bigint: true })
    return named !== undefined && named.ino === ours.ino && named.dev === ours.dev
  }

  function rotate(): void {
    if (!stillOurs()) return reopen()
    size = fd === undefined ? 0 : fstatSync(fd).size
    if (size < maxBytes) return
    try {
      // Windows does not rename a file over which a handle is held without sharing; a closed one can always go.
      if (process.platform === 'win32') {
        closeQuietly(fd)
        fd = undefined
      }
      moveAside(file)
      reopen()
    } catch {
      if (fd === undefined) reopen()
      rotateAt = size + ROTATION_RETRY_BYTES
    }
  }

  function append(line: string): void {
    if (fd === undefined) reopen()
    if (fd === undefined) return
    const bytes = Buffer.from(midLine ? `\n${line}\n` : `${line}\n`, 'utf8')
    const written = writeSync(fd, bytes, 0, bytes.length)
    size += written
    midLine = written < bytes.length && (written > 0 || midLine)
    if (written < bytes.length) throw Object.assign(new Error('the disk took half a line'), { code: 'ENOSPC' })
  }

  return {
    write(line) {
      try {
        const at = now()
        if (Math.abs(at - lookedAt) >= LOOK_EVERY_MS) {
          lookedAt = at
          if (!stillOurs()) reopen()
        }
        if (size >= rotateAt) rotate()
        if (lost > 0) append(describeLoss(lost, lostSince, lostBecause))
        lost = 0
        append(line)
      } catch (error) {
        if (lost === 0) {
          lostSince = now()
          lostBecause = codeOf(error)
        }
        lost += 1
      }
    },
    sync() {
      try {
        if (fd !== undefined) fsyncSync(fd)
      } catch {
        // A pipe or a full disk: the lines themselves are written.
      }
    },
    close() {
      closeQuietly(fd)
      fd = undefined
    },
  }
}

/** One level first: a recursive mkdir says ENOENT on a read-only disk, and hides what is wrong. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') mkdirSync(folder, { recursive: true, mode: 0o700 })
    else if (code !== 'EEXIST') throw error
  }
}

function openForAppend(file: string): number {
  try {
    makeFolder(dirname(file))
    return openSync(file, 'a', 0o600)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      throw new Refused(
        refusal('home-read-only', `The log ${file} can't be written.`, 'Give this user the right to write there.'),
      )
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new Refused(refusal('disk-full', `There is no space for the log ${file}.`, 'Free some disk space.'))
    throw new Refused(
      refusal('internal', `The log ${file} can't be opened (${code}).`, 'Look at what stands at that path.'),
    )
  }
}

/**
 * Renames the live log to its next free part.
 *
 * The part's name is claimed first with an exclusive create: two processes that rotate at once claim different names,
 * so neither renames over what the other has just put away.
 */
function moveAside(file: string): void {
  const folder = dirname(file)
  const parts = readdirSync(folder)
    .map((name) => parseLogName(name))
    .filter((name) => name?.log === basename(file))
    .map((name) => name?.part ?? 0)
  for (let part = Math.max(0, ...parts) + 1; ; part++) {
    const target = join(folder, basename(rotatedName(file, part)))
    try {
      closeSync(openSync(target, 'wx', 0o600))
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue
      throw error
    }
    try {
      renameSync(file, target)
    } catch (error) {
      if (statSync(target).size === 0) rmSync(target, { force: true })
      throw error
    }
    return
  }
}

function lastByteOf(file: string, size: number): number | undefined {
  let fd: number | undefined
  try {
    fd = openSync(file, 'r')
    const byte = Buffer.alloc(1)
    return readSync(fd, byte, 0, 1, size - 1) === 1 ? byte[0] : undefined
  } catch {
    return NEWLINE
  } finally {
    closeQuietly(fd)
  }
}

function closeQuietly(fd: number | undefined): void {
  try {
    if (fd !== undefined) closeSync(fd)
  } catch {
    // Nothing can be done about a descriptor that does not close.
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'unknown'
}
