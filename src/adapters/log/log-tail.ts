import type { FileHandle } from 'node:fs/promises'
import type { LogLine } from '../../contracts/launcher/logs.ts'
import type { AnyLogFilter } from './log-filter.ts'
import { parseLogLine } from './log-line.ts'
import type { OpenPart } from './log-parts.ts'
import { isSince, spanSince } from './log-since.ts'

const BLOCK = 65_536
/** A longer line is cut here: a file full of zeros after a power cut is one line of gigabytes. */
const LONGEST_LINE = 1_048_576
const NEWLINE = 0x0a

/**
 * The tail of parts that are already open.
 *
 * @returns also `unfinishedAt`: where the newest file's last line begins, if it has no newline yet
 */
export async function tailOf(
  parts: readonly OpenPart[],
  wanted: { passes: AnyLogFilter; limit: number; since?: number | undefined; span?: string | undefined },
): Promise<{ lines: LogLine[]; end: number; unfinishedAt: number | undefined }> {
  const newest = parts.at(-1)
  const end = newest ? newest.base + newest.size : 0
  const found: LogLine[] = []
  let { since } = wanted
  let unfinishedAt: number | undefined
  for (const part of parts.toReversed()) {
    for await (const block of linesBackward(part.file, part.size)) {
      const lines = block.map(({ text, at }) => parseLogLine(text, part.base + at))
      if (part === newest && lines[0] && block[0]?.unfinished) unfinishedAt = lines[0].offset
      since ??= spanSince(wanted.span, lines)
      found.push(...(await wanted.passes(since === undefined ? lines : lines.filter((line) => isSince(line, since)))))
      const before = since !== undefined && lines.some((line) => !isSince(line, since))
      if (before || found.length >= wanted.limit)
        return { lines: found.slice(0, wanted.limit).toReversed(), end, unfinishedAt }
    }
  }
  return { lines: found.slice(0, wanted.limit).toReversed(), end, unfinishedAt }
}

type TextLine = { text: string; at: number; unfinished: boolean }

/** The lines of a file from the last to the first, a block at a time. Empty lines are left out. */
async function* linesBackward(file: FileHandle, size: number): AsyncGenerator<TextLine[]> {
  let from = size
  let carry: Buffer = Buffer.alloc(0)
  while (from > 0) {
    const length = Math.min(BLOCK, from)
    from -= length
    const block = await readAt(file, from, length)
    const joined: Buffer = carry.length === 0 ? block : Buffer.concat([block, carry])
    const lines: TextLine[] = []
    let lineEnd = joined.length
    for (let newline = lastNewline(joined, lineEnd); newline >= 0; newline = lastNewline(joined, newline)) {
      pushLine(lines, joined.subarray(newline + 1, lineEnd), from + newline + 1, size)
      lineEnd = newline
    }
    carry = joined.subarray(0, lineEnd)
    if (from === 0 || carry.length > LONGEST_LINE) {
      pushLine(lines, carry, from, size)
      carry = Buffer.alloc(0)
    }
    if (lines.length > 0) yield lines
  }
}

function lastNewline(bytes: Buffer, before: number): number {
  return before === 0 ? -1 : bytes.lastIndexOf(NEWLINE, before - 1)
}

function pushLine(lines: TextLine[], bytes: Buffer, at: number, size: number): void {
  if (bytes.length > 0) lines.push({ text: bytes.toString('utf8'), at, unfinished: at + bytes.length === size })
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(block, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return block.subarray(0, filled)
}
