import { watch, type FSWatcher } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as setTimer } from 'node:timers/promises'
import type { LogLine } from '../../contracts/launcher/logs.ts'
import { logFilter, logFilterBy, type AnyLogFilter, type LogFilterOptions, type TestTexts } from './log-filter.ts'
import { parseLogLine } from './log-line.ts'
import { closeParts, openPart, openParts, seeParts, type ListLogFiles, type SeenPart } from './log-parts.ts'
import { tailOf } from './log-tail.ts'

export type FollowLogOptions = LogFilterOptions &
  Readonly<{
    /** Lists the files in reading order; asked again at every look, because rotation adds files. */
    files: ListLogFiles
    /** Folder of the log, watched so that lines appear at once; it need not exist yet. */
    folder?: string
    /** How many of the last lines come first. */
    tail: number
    /** Tries `grep` on texts; in this thread where left out. */
    test?: TestTexts
    /** Longest time until a new line is seen, milliseconds; default 500. */
    pollMs?: number
  }>

const DEFAULT_POLL_MS = 500
/** Lines written within this time are read together, so that a busy bot does not keep its reader busy too. */
const SETTLE_MS = 20
const BLOCK = 262_144
const LONGEST_LINE = 1_048_576
const NEWLINE = 0x0a

/** How far one file has been read; `carry` is the beginning of a line that has no end yet. */
type Place = { read: number; carry: Buffer; base: number }

/** How far somebody has read a log: the identity of its oldest file, and bytes from the beginning of that. */
export type LogPlace = Readonly<{ log: string; end: number }>

export type LogBatch = LogPlace &
  Readonly<{
    /** These are the last lines of the log, whatever was read before. */
    begins: boolean
    lines: readonly LogLine[]
  }>

/**
 * The last lines of a log and then every line as it is written, across rotation and truncation, until `signal` aborts.
 *
 * Files are known by their inode, so a line written just before a rotation is neither lost nor shown twice. A line is
 * shown when it is whole.
 *
 * @throws {Refused} `bad-usage`: level or pattern can't be understood
 */
export async function* followLog(options: FollowLogOptions, signal: AbortSignal): AsyncGenerator<LogLine> {
  for await (const { lines } of followLogFrom(undefined, options, signal)) for (const line of lines) yield line
}

/**
 * As {@link followLog}, many lines at a time, and from a place that an earlier reader has come to.
 *
 * @param from where to go on; a log that is not that one any more is begun anew
 */
export async function* followLogFrom(
  from: LogPlace | undefined,
  options: FollowLogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogBatch> {
  const passes = options.test ? logFilterBy(options, options.test) : logFilter(options)
  const waker = openWaker(options, signal)
  try {
    const { first, places } = await begin(from, options, passes)
    if (first) yield first
    while (!signal.aborted) {
      const { parts, settled } = await seeParts(options.files)
      if (settled) forgetAllBut(places, parts)
      for (const part of parts) {
        const place = placeOf(places, part)
        for await (const read of readFrom(part, place)) {
          const lines = await passes(read)
          const end = place.base + place.read - place.carry.length
          if (lines.length > 0) yield { begins: false, lines, log: parts[0]!.key, end }
        }
        if (signal.aborted) return
      }
      await waker.wait()
    }
  } finally {
    waker.close()
  }
}

async function begin(
  from: LogPlace | undefined,
  { files, tail }: FollowLogOptions,
  passes: AnyLogFilter,
): Promise<{ first: LogBatch | undefined; places: Map<string, Place> }> {
  const parts = await openParts(files)
  const log = parts[0]?.key ?? ''
  const all = parts.reduce((sum, { size }) => sum + size, 0)
  const placesAt = (end: number) =>
    new Map(
      parts.map(({ key, base, size }): [string, Place] => [
        key,
        { read: Math.max(0, Math.min(size, end - base)), carry: Buffer.alloc(0), base },
      ]),
    )
  try {
    if (from && log !== '' && from.log === log && from.end <= all)
      return { first: undefined, places: placesAt(from.end) }
    const { lines, unfinishedAt } = await tailOf(parts, { passes, limit: tail })
    const end = unfinishedAt ?? all
    const whole = lines.filter((line) => line.offset !== unfinishedAt)
    return { first: { begins: true, lines: whole, log, end }, places: placesAt(end) }
  } finally {
    await closeParts(parts)
  }
}

/** An inode that is gone may come back as another file. */
function forgetAllBut(places: Map<string, Place>, parts: readonly SeenPart[]): void {
  const there = new Set(parts.map((part) => part.key))
  for (const key of places.keys()) if (!there.has(key)) places.delete(key)
}

function placeOf(places: Map<string, Place>, part: SeenPart): Place {
  const place = places.get(part.key) ?? { read: 0, carry: Buffer.alloc(0), base: part.base }
  places.set(part.key, place)
  place.base = part.base
  if (part.size < place.read) {
    // Truncated: what stands there now is new.
    place.read = 0
    place.carry = Buffer.alloc(0)
  }
  return place
}

/** Every whole line from `place` to the end of the part, a block at a time; `place` moves along. */
async function* readFrom(part: SeenPart, place: Place): AsyncGenerator<LogLine[]> {
  if (place.read >= part.size) return
  const file = await openPart(part)
  if (!file) return
  try {
    while (place.read < part.size) {
      const block = Buffer.allocUnsafe(Math.min(BLOCK, part.size - place.read))
      const { bytesRead } = await file.read(block, 0, block.length, place.read)
      if (bytesRead === 0) return
      place.read += bytesRead
      yield splitLines(block.subarray(0, bytesRead), place)
    }
  } finally {
    await file.close()
  }
}

function splitLines(block: Buffer, place: Place): LogLine[] {
  const bytes = place.carry.length === 0 ? block : Buffer.concat([place.carry, block])
  const start = place.base + place.read - bytes.length
  const lines: LogLine[] = []
  let from = 0
  for (let newline = bytes.indexOf(NEWLINE); newline >= 0; newline = bytes.indexOf(NEWLINE, from)) {
    if (newline > from) lines.push(parseLogLine(bytes.toString('utf8', from, newline), start + from))
    from = newline + 1
  }
  place.carry = bytes.subarray(from)
  if (place.carry.length > LONGEST_LINE) {
    lines.push(parseLogLine(place.carry.toString('utf8'), start + from))
    place.carry = Buffer.alloc(0)
  }
  return lines
}

/** Waits for a change in the folder, but never longer than the poll; watching may be impossible or miss events. */
function openWaker({ folder, files, pollMs = DEFAULT_POLL_MS }: FollowLogOptions, signal: AbortSignal) {
  let wake = (): void => undefined
  let changed = false
  let watcher: FSWatcher | undefined
  const notice = (): void => {
    changed = true
    wake()
  }
  const beginWatching = (): void => {
    const first = files()[0]
    const watched = folder ?? (first && dirname(first))
    if (watcher || !watched) return
    try {
      watcher = watch(watched, { persistent: false }, notice)
      watcher.on('error', () => {
        watcher?.close()
        watcher = undefined
      })
    } catch {
      watcher = undefined
    }
  }
  signal.addEventListener('abort', notice)
  return {
    async wait(): Promise<void> {
      beginWatching()
      await setTimer(SETTLE_MS)
      if (!changed && !signal.aborted)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pollMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      changed = false
    },
    close(): void {
      signal.removeEventListener('abort', notice)
      watcher?.close()
    },
  }
}
