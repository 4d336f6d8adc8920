import { closeSync, openSync, writeSync } from 'node:fs'

export type BigLog = Readonly<{
  lines: number
  bytes: number
  /** Lines with "margin call". */
  hits: number
  /** Time of a line, UTC epoch milliseconds. */
  timeOf: (line: number) => number
}>

const BLOCK_LINES = 5_000
const STEP_MS = 50
const START = Date.UTC(2026, 0, 1)
const TIME_AT = '{"time":"'.length
const LEVELS = ['info', 'info', 'info', 'info', 'info', 'info', 'debug', 'debug', 'warn', 'error']
const EVENTS = ['bar', 'decision', 'order-acknowledged', 'fill', 'heartbeat', 'position']

/** Writes a log as a bot would have written it over months, of at least so many bytes. */
export function writeBigLog(file: string, bytes: number): BigLog {
  const timeOf = (line: number) => START + line * STEP_MS
  const block = Buffer.from(Array.from({ length: BLOCK_LINES }, (_, n) => lineOf(n)).join(''))
  const begins: number[] = [0]
  for (let at = block.indexOf(10); at >= 0 && at + 1 < block.length; at = block.indexOf(10, at + 1)) begins.push(at + 1)
  const out = openSync(file, 'w')
  let written = 0
  let lines = 0
  try {
    while (written < bytes) {
      for (const [n, begin] of begins.entries())
        block.write(new Date(timeOf(lines + n)).toISOString(), begin + TIME_AT, 'latin1')
      written += writeSync(out, block)
      lines += BLOCK_LINES
    }
  } finally {
    closeSync(out)
  }
  return { lines, bytes: written, hits: lines / BLOCK_LINES, timeOf }
}

function lineOf(n: number): string {
  const level = LEVELS[(n * 7) % LEVELS.length]!
  const price = (4_700 + (n % 977) / 4).toFixed(2)
  const msg = n === 777 ? 'margin call: equity is below what the broker asks for' : `VWAP ${price}, band 1.5: holding`
  const fields = { time: new Date(START).toISOString(), level, event: EVENTS[n % EVENTS.length], msg }
  const fixed = {
    accountId: 'big',
    userId: '0123456789ab',
    instanceId: 'a1b2c3d4',
    pid: 4711,
    symbol: 'ESH6',
    spread: n % 7,
  }
  return `${JSON.stringify({ ...fields, ...fixed })}\n`
}
