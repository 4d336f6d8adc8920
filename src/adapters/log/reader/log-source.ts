import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import type { ListLogFiles } from '../log-parts.ts'

/** One file of a log: which inode it is, and the bytes of older files before it. */
type Part = Readonly<{ path: string; key: string; size: number; base: number; mtimeMs: number }>

/**
 * The files of one log, read as if they were one. Positions count bytes from the beginning of the oldest file.
 *
 * Everything is synchronous: it runs in a thread of its own.
 */
export type LogSource = Readonly<{
  /** Bytes of all files, as of the last refresh. */
  size: () => number
  /** Rises whenever what was read before is no longer a beginning of the log; then every position means something else. */
  generation: () => number
  /** Looks at the files again: rotation and new lines keep positions, a truncated or removed file does not. */
  refresh: () => void
  /**
   * Reads from `at` into the beginning of `block`, never across the end of a file.
   *
   * @throws {LogMoved} the file is no longer what the last refresh saw
   */
  read: (at: number, block: Buffer, most: number) => BlockRead
  close: () => void
}>

/** How much was read (0 at the end), and whether that begins or ends a file, or ends the last one. */
export type BlockRead = Readonly<{ got: number; beginsPart: boolean; endsPart: boolean; endsLog: boolean }>

/** The files have changed since the last refresh; refresh and begin again. */
export class LogMoved extends Error {
  override name = 'LogMoved'
}

const MOST_TRIES = 5
/** Bytes that are looked at to know whether a file that changed has only grown. */
const PROBE_BYTES = 256

export function openSource(list: ListLogFiles): LogSource {
  let parts: readonly Part[] = []
  let generation = 0
  let open: { key: string; fd: number } | undefined
  /** What the newest file held at its beginning, and just before its end. */
  let probe: { key: string; head: string; tail: string; tailAt: number } | undefined

  function release(): void {
    if (open) closeSync(open.fd)
    open = undefined
  }

  function descriptorOf(part: Part): number {
    if (open?.key === part.key) return open.fd
    release()
    let fd: number
    try {
      fd = openSync(part.path, 'r')
    } catch (error) {
      throw new LogMoved(String(error))
    }
    if (keyOf(fstatSync(fd, { bigint: true })) !== part.key) {
      closeSync(fd)
      throw new LogMoved(part.path)
    }
    open = { key: part.key, fd }
    return fd
  }

  function bytesAt(part: Part, from: number, to: number): string {
    const bytes = Buffer.alloc(Math.max(0, to - from))
    const got = bytes.length === 0 ? 0 : readSync(descriptorOf(part), bytes, 0, bytes.length, from)
    return bytes.toString('latin1', 0, got)
  }

  function takeProbe(): void {
    const newest = parts.at(-1)
    if (!newest) {
      probe = undefined
      return
    }
    const tailAt = Math.max(0, newest.size - PROBE_BYTES)
    probe = {
      key: newest.key,
      head: bytesAt(newest, 0, Math.min(PROBE_BYTES, newest.size)),
      tail: bytesAt(newest, tailAt, newest.size),
      tailAt,
    }
  }

  /** Whether `next` begins with what `parts` were. */
  function hasOnlyGrown(next: readonly Part[]): boolean {
    for (const [index, before] of parts.entries()) {
      const now = next[index]
      if (now?.key !== before.key) return false
      if (index < parts.length - 1 ? now.size !== before.size : now.size < before.size) return false
      const isTouched = now.size !== before.size || now.mtimeMs !== before.mtimeMs
      // The same inode may have been emptied and filled again since.
      if (isTouched && probe?.key === now.key && !stillHolds(now, probe)) return false
    }
    return true
  }

  function stillHolds(part: Part, { head, tail, tailAt }: NonNullable<typeof probe>): boolean {
    return bytesAt(part, 0, head.length) === head && bytesAt(part, tailAt, tailAt + tail.length) === tail
  }

  return {
    size: () => endOf(parts),
    generation: () => generation,
    refresh() {
      for (let tries = 1; ; tries++) {
        try {
          const next = seeParts(list)
          if (!hasOnlyGrown(next)) {
            generation += 1
            release()
          }
          const isNew =
            next.length !== parts.length || next.at(-1)?.size !== parts.at(-1)?.size || probe?.key !== next.at(-1)?.key
          parts = next
          if (isNew) takeProbe()
          return
        } catch (error) {
          release()
          if (!(error instanceof LogMoved) || tries === MOST_TRIES) throw error
        }
      }
    },
    read(at, block, most) {
      const part = parts.findLast(({ base, size }) => at >= base && size > 0)
      if (!part || at >= part.base + part.size) return { got: 0, beginsPart: false, endsPart: true, endsLog: true }
      const wanted = Math.min(most, part.base + part.size - at)
      const fd = descriptorOf(part)
      let got = 0
      while (got < wanted) {
        const bytes = readSync(fd, block, got, wanted - got, at - part.base + got)
        if (bytes === 0) throw new LogMoved(part.path)
        got += bytes
      }
      const endsPart = at + got === part.base + part.size
      return { got, beginsPart: at === part.base, endsPart, endsLog: endsPart && at + got === endOf(parts) }
    },
    close: release,
  }
}

function endOf(parts: readonly Part[]): number {
  const newest = parts.at(-1)
  return newest ? newest.base + newest.size : 0
}

/** Newest first, so that a file renamed meanwhile appears twice with one identity (and is taken once) instead of not at all. */
function seeParts(list: ListLogFiles): Part[] {
  for (let tries = 1; ; tries++) {
    const files = list()
    const found: Omit<Part, 'base'>[] = []
    let isSettled = true
    for (const path of files.toReversed()) {
      const info = statSync(path, { throwIfNoEntry: false, bigint: true })
      if (info) found.push({ path, key: keyOf(info), size: Number(info.size), mtimeMs: Number(info.mtimeMs) })
      else isSettled = false
    }
    const now = list()
    isSettled &&= now.length === files.length && now.every((file, index) => file === files[index])
    if (!isSettled && tries < MOST_TRIES) continue
    const parts: Part[] = []
    const seen = new Set<string>()
    for (const part of found.toReversed()) {
      if (seen.has(part.key)) continue
      seen.add(part.key)
      parts.push({ ...part, base: endOf(parts) })
    }
    return parts
  }
}

function keyOf(info: { dev: bigint; ino: bigint }): string {
  return `${info.dev}:${info.ino}`
}
