import { isAscii } from 'node:buffer'
import { refuse } from '../../../domain/failure/refusal.ts'
import { LOG_LEVELS, parseLogLine } from '../log-line.ts'
import { hasPlainCase, needleOf, type Needle } from '../scan/needle.ts'
import type { Scanner } from '../scan/scanner.ts'
import { checkLength, compilePattern, literalPattern, LONGEST_MATCHED, type Pattern } from './match-pattern.ts'
import { eventPlace, levelPlace } from './own-line.ts'
import { sureTexts } from './sure-text.ts'

/** Which lines are wanted; what is left out or empty keeps all. */
export type LineWish = Readonly<{
  /** The least important level; a line without one (torn, foreign, a stack trace) passes every level. */
  level?: string | undefined
  /** An event code, or its beginning with a `*` behind. */
  event?: string | undefined
  /** Text that stands in the line, as it is or as it is written in JSON. */
  text?: string | undefined
  /** A regular expression over the whole line. */
  grep?: string | undefined
  /** For `text` and `grep`. */
  ignoreCase?: boolean | undefined
}>

/** Finds the wanted lines of a block. */
export type LineFilter = Readonly<{
  /** Keeps every line. */
  isAll: boolean
  /**
   * @param from where a line begins in the scanner's block
   * @returns pairs: where each wanted line begins and ends
   * @throws {Refused} 'bad-usage': the pattern takes too long on these lines
   */
  wanted: (scanner: Scanner, from: number, to: number) => Uint32Array
}>

type Check = (bytes: Buffer, from: number, to: number) => boolean

/** @throws {Refused} 'bad-usage': unknown level, no valid pattern, or more than 1,000 characters of it */
export function lineFilter({ level, event, text, grep, ignoreCase = false }: LineWish): LineFilter {
  const checks: Check[] = []
  const searches: Needle[][] = []
  const patterns: Pattern[] = []
  const rank = rankOf(level)
  if (text) {
    checkLength(text)
    const forms = formsOf(text)
    const needles = !ignoreCase || hasPlainCase(text) ? forms.map((form) => needleOf(form, ignoreCase)) : []
    if (needles.length > 0 && needles.every((needle) => needle !== undefined)) searches.push(needles)
    else patterns.push(compilePattern(forms.map(literalPattern).join('|'), ignoreCase))
  }
  if (event) {
    const needle = needleOf(`"event":"${event.replace(/\*$/, '')}`, false)
    if (!needle || event.length > 200)
      refuse('bad-usage', 'That is no event code.', 'Use one from the log, such as fill.')
    searches.push([needle])
    checks.push(eventCheck(event))
  }
  if (rank > 0) checks.push(levelCheck(rank))
  if (grep) {
    const pattern = compilePattern(grep, ignoreCase)
    const sure = sureTexts(grep) ?? []
    const isPlain = !ignoreCase || sure.every(hasPlainCase)
    const needles = isPlain ? sure.map((one) => needleOf(one, ignoreCase)).filter((one) => one !== undefined) : []
    const isSure = needles.length > 0 && needles.length === sure.length
    // Lines without what every match holds need not be tried; where the pattern is nothing else, none has to be.
    if (isSure) searches.push(needles)
    if (!isSure || sure.join('|') !== grep) patterns.push(pattern)
  }
  return {
    isAll: checks.length === 0 && searches.length === 0 && patterns.length === 0,
    wanted(scanner, from, to) {
      let places = searches.length === 0 ? allLines(scanner, from, to) : undefined
      for (const needles of searches) {
        const found = anyOf(scanner, from, to, needles)
        places = places ? inBoth(places, found) : found
      }
      for (const check of checks) places = keepPlaces(places!, (a, b) => check(scanner.block, a, b))
      for (const pattern of patterns) places = matching(scanner.block, places!, pattern)
      return places!
    },
  }
}

/** How important a level is; 0 where none is named. */
export function rankOf(level: string | undefined): number {
  const rank = level === undefined || level === '' ? 0 : LOG_LEVELS.indexOf(level.toLowerCase() as 'info')
  if (rank < 0) refuse('bad-usage', `There is no log level ${JSON.stringify(level)}.`, `Use ${LOG_LEVELS.join(', ')}.`)
  return rank
}

/** A typed text as it stands in a foreign line, and as it stands in a string of JSON. */
export function formsOf(text: string): string[] {
  const inJson = JSON.stringify(text).slice(1, -1)
  return inJson === text ? [text] : [text, inJson]
}

function allLines(scanner: Scanner, from: number, to: number): Uint32Array {
  const ends = scanner.newlines(from, to)
  const lastEnd = ends.length === 0 ? from : ends[ends.length - 1]! + 1
  const places = new Uint32Array(2 * (ends.length + (lastEnd < to ? 1 : 0)))
  let begins = from
  for (let line = 0; line < ends.length; line++) {
    places[2 * line] = begins
    places[2 * line + 1] = ends[line]!
    begins = ends[line]! + 1
  }
  if (begins < to) places.set([begins, to], 2 * ends.length)
  return places
}

function anyOf(scanner: Scanner, from: number, to: number, needles: readonly Needle[]): Uint32Array {
  const found = needles.map((needle) => scanner.findLines(from, to, needle).slice())
  if (found.length === 1) return found[0]!
  const lines = new Map(found.flatMap((places) => pairsOf(places)))
  return Uint32Array.from([...lines].toSorted((a, b) => a[0] - b[0]).flat())
}

function pairsOf(places: Uint32Array): [number, number][] {
  return Array.from({ length: places.length / 2 }, (_, line) => [places[2 * line]!, places[2 * line + 1]!])
}

function inBoth(places: Uint32Array, others: Uint32Array): Uint32Array {
  let other = 0
  return keepPlaces(places, (from) => {
    while (other < others.length && others[other]! < from) other += 2
    return others[other] === from
  })
}

/** The lines that both filters want. */
export function bothFilters(one: LineFilter, other: LineFilter): LineFilter {
  if (one.isAll) return other
  if (other.isAll) return one
  return {
    isAll: false,
    wanted: (scanner, from, to) => inBoth(one.wanted(scanner, from, to).slice(), other.wanted(scanner, from, to)),
  }
}

function keepPlaces(places: Uint32Array, isKept: (from: number, to: number) => boolean): Uint32Array {
  let kept = 0
  for (let at = 0; at < places.length; at += 2) {
    const from = places[at]!
    const to = places[at + 1]!
    if (!isKept(from, to)) continue
    places[kept++] = from
    places[kept++] = to
  }
  return places.subarray(0, kept)
}

const FIRST_OF_LEVEL = LOG_LEVELS.map((level) => level.charCodeAt(0))

function levelCheck(least: number): Check {
  return (bytes, from, to) => {
    const place = levelPlace(bytes, from, to)
    const rank = place < 0 ? -1 : FIRST_OF_LEVEL.indexOf(bytes[place]!)
    // An important level is kept by its first letter; whatever would be dropped is read in full first.
    if (rank >= least) return true
    if (rank >= 0 && isWord(bytes, place, LOG_LEVELS[rank]!)) return false
    if (bytes[from] !== 0x7b) return true
    const known = LOG_LEVELS.indexOf(parseLogLine(bytes.toString('utf8', from, to), 0).level as 'info')
    return known < 0 || known >= least
  }
}

function isWord(bytes: Buffer, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false
  return bytes[at + word.length] === 0x22
}

function eventCheck(event: string): Check {
  const isWanted = eventWish(event)
  return (bytes, from, to) => {
    const place = eventPlace(bytes, from, to)
    if (place) return isWanted(bytes.toString('utf8', ...place))
    return bytes[from] === 0x7b && isWanted(parseLogLine(bytes.toString('utf8', from, to), 0).event)
  }
}

export function eventWish(event: string): (code: string | null) => boolean {
  if (!event.endsWith('*')) return (code) => code === event
  const beginning = event.slice(0, -1)
  return (code) => code !== null && code.startsWith(beginning)
}

function matching(bytes: Buffer, places: Uint32Array, pattern: Pattern): Uint32Array {
  if (places.length === 0) return places
  const first = places[0]!
  const last = places[places.length - 1]!
  // One text cut into lines is far cheaper than many decodings, but only in ASCII is a byte a character.
  const verdicts = isAscii(bytes.subarray(first, last))
    ? pattern.testLines(bytes.toString('latin1', first, last), places, first)
    : pattern.test(textsOf(bytes, places))
  let line = 0
  return keepPlaces(places, () => verdicts[line++]!)
}

function textsOf(bytes: Buffer, places: Uint32Array): string[] {
  const texts: string[] = []
  for (let at = 0; at < places.length; at += 2)
    texts.push(bytes.toString('utf8', places[at]!, Math.min(places[at + 1]!, places[at]! + 4 * LONGEST_MATCHED)))
  return texts
}
