import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { z } from 'zod'
import { RefusalShape } from '../../contracts/bot-protocol.ts'

/** The last words of a bot process: a refusal it printed, or the text of its crash. */
export type LastWords = Readonly<{ refusal: RefusalShape | undefined; text: string | undefined }>

const LONGEST = 8_192
const RefusedLine = z.object({ refused: RefusalShape })

/**
 * Reads what a bot wrote past its log.
 *
 * @param from where its own output begins, bytes
 */
export function readLastWords(path: string, from: number): LastWords {
  return lastWordsIn(tail(path, from))
}

/** The same, of what was read already. */
export function lastWordsIn(output: string): LastWords {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  for (const line of lines.toReversed()) {
    const refusal = refusalIn(line)
    if (refusal) return { refusal, text: refusal.message }
  }
  return { refusal: undefined, text: lines.length > 0 ? tellingLine(lines) : undefined }
}

/** The line of a stack trace that names the error, else the last one. */
function tellingLine(lines: readonly string[]): string {
  return (lines.findLast((line) => /^\S*(Error|Exception|FATAL)\b.*:/.test(line)) ?? lines.at(-1)!).trim().slice(0, 500)
}

function refusalIn(line: string): RefusalShape | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return RefusedLine.safeParse(JSON.parse(line)).data?.refused
  } catch {
    return undefined
  }
}

function tail(path: string, from: number): string {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return ''
  }
  try {
    const { size } = fstatSync(fd)
    const start = Math.max(from, size - LONGEST)
    const buffer = Buffer.alloc(Math.max(0, size - start))
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, start))
  } finally {
    closeSync(fd)
  }
}
