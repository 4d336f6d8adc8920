/**
 * Reads the beginning of a line as our bots write it, without parsing it:
 * `{"time":"2026-01-02T15:04:05.678Z","level":"info","event":"code",…`
 */

const TIME_NAME = '{"time":"'
const LEVEL_NAME = 'Z","level":"'
const EVENT_NAME = '","event":"'
const TIME_AT = TIME_NAME.length
const ZONE_AT = TIME_AT + '2026-01-02T15:04:05.678'.length
const LEVEL_AT = ZONE_AT + LEVEL_NAME.length
const QUOTE = 0x22
const BACKSLASH = 0x5c
const CLOSING_BRACE = 0x7d
const DAY_MS = 86_400_000

const codesOf = (text: string) => Array.from(text, (sign) => sign.charCodeAt(0))
const TIME_CODES = codesOf(TIME_NAME)
const LEVEL_CODES = codesOf(LEVEL_NAME)
const EVENT_CODES = codesOf(EVENT_NAME)

/** Where the value of the level begins; -1 where the line is not of our form. */
export function levelPlace(bytes: Uint8Array, from: number, to: number): number {
  // A torn line is nobody's, whatever its beginning says.
  if (to - from < LEVEL_AT + 4 || bytes[to - 1] !== CLOSING_BRACE) return -1
  return holds(bytes, from + ZONE_AT, LEVEL_CODES) && holds(bytes, from, TIME_CODES) ? from + LEVEL_AT : -1
}

/** Where the event code stands, as [from, to); undefined where the line is not of our form. */
export function eventPlace(bytes: Uint8Array, from: number, to: number): readonly [number, number] | undefined {
  const level = levelPlace(bytes, from, to)
  if (level < 0) return undefined
  const levelEnd = quoteFrom(bytes, level, to)
  if (levelEnd < 0 || !holds(bytes, levelEnd, EVENT_CODES)) return undefined
  const event = levelEnd + EVENT_CODES.length
  const end = quoteFrom(bytes, event, to)
  return end < 0 ? undefined : [event, end]
}

/** The time of a line, UTC epoch milliseconds; NaN where the line is not of our form. */
export function timeOfLine(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < LEVEL_AT || !holds(bytes, from, TIME_CODES) || bytes[from + ZONE_AT] !== 0x5a) return Number.NaN
  const at = from + TIME_AT
  const day = Date.UTC(number(bytes, at, 4), number(bytes, at + 5, 2) - 1, number(bytes, at + 8, 2))
  const seconds = number(bytes, at + 11, 2) * 3_600 + number(bytes, at + 14, 2) * 60 + number(bytes, at + 17, 2)
  const time = seconds * 1_000 + number(bytes, at + 20, 3)
  return time < DAY_MS ? day + time : Number.NaN
}

function holds(bytes: Uint8Array, at: number, codes: readonly number[]): boolean {
  for (let i = 0; i < codes.length; i++) if (bytes[at + i] !== codes[i]) return false
  return true
}

/** The next quote; -1 where there is none, or an escape before it, which only a parser can read. */
function quoteFrom(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] === QUOTE) return at
    if (bytes[at] === BACKSLASH) return -1
  }
  return -1
}

/** Digits as a number; NaN where they are none. */
function number(bytes: Uint8Array, at: number, digits: number): number {
  let value = 0
  for (let i = 0; i < digits; i++) {
    const digit = bytes[at + i]! - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}
