import type { LogLine } from '../../contracts/launcher/logs.ts'
import { LOG_LEVELS } from './log-line.ts'
import { eventWish, formsOf, rankOf, type LineWish } from './reader/line-filter.ts'
import { checkLength, compilePattern, LONGEST_MATCHED } from './reader/match-pattern.ts'

export type { LineWish as LogFilterOptions } from './reader/line-filter.ts'

/** Keeps the wanted lines, in order. */
export type LogFilter = (lines: readonly LogLine[]) => LogLine[]

/** The same, where some of it is done elsewhere. */
export type AnyLogFilter = (lines: readonly LogLine[]) => LogLine[] | Promise<LogLine[]>

/** Which of the texts match a pattern. */
export type TestTexts = (texts: readonly string[]) => readonly boolean[] | Promise<readonly boolean[]>

/** How long one pattern may hold up everything else in this process, for one batch of lines, milliseconds. */
const LONGEST_MATCH_MS = 250

/**
 * Builds the filter of a reader.
 *
 * A line without a level (torn, foreign, a stack trace) passes every level: it is the one somebody looks for.
 *
 * @throws {Refused} `bad-usage`: unknown level, no valid pattern; from the filter itself, a pattern that takes too long
 */
export function logFilter(wish: LineWish): LogFilter {
  const passes = plainFilter(wish)
  const pattern = needsPattern(wish) ? compilePattern(wish.grep, wish.ignoreCase ?? false, LONGEST_MATCH_MS) : undefined
  return (lines) => {
    const plain = passes(lines)
    if (!pattern || plain.length === 0) return plain
    const verdicts = pattern.test(plain.map(({ raw }) => raw))
    return plain.filter((_, at) => verdicts[at])
  }
}

/**
 * The same where patterns are tried elsewhere, such as in a thread of their own.
 *
 * @param test tries `wish.grep`
 */
export function logFilterBy(wish: LineWish, test: TestTexts): (lines: readonly LogLine[]) => Promise<LogLine[]> {
  const passes = plainFilter(wish)
  // Here only to refuse at once what is no pattern.
  const hasPattern = needsPattern(wish) && compilePattern(wish.grep, wish.ignoreCase ?? false) !== undefined
  return async (lines) => {
    const plain = passes(lines)
    if (!hasPattern || plain.length === 0) return plain
    const verdicts = await test(plain.map(({ raw }) => raw.slice(0, LONGEST_MATCHED)))
    return plain.filter((_, at) => verdicts[at])
  }
}

function needsPattern(wish: LineWish): wish is LineWish & { grep: string } {
  return Boolean(wish.grep) && /[\\^$.*+?()[\]{}|]/.test(wish.grep!)
}

/** All of a wish that needs no regular expression. */
function plainFilter(wish: LineWish): LogFilter {
  const { level, event, text, grep, ignoreCase = false } = wish
  const least = rankOf(level)
  const fold = (some: string) => (ignoreCase ? some.toLowerCase() : some)
  for (const some of [text, grep]) checkLength(some ?? '')
  const forms = text ? formsOf(text).map(fold) : undefined
  const literal = grep && !needsPattern(wish) ? fold(grep) : undefined
  const isEvent = event ? eventWish(event) : undefined
  return (lines) =>
    lines.filter((line) => {
      if (!isAtLeast(line, least) || (isEvent && !isEvent(line.event))) return false
      if (!forms && literal === undefined) return true
      const raw = fold(line.raw)
      return (literal === undefined || raw.includes(literal)) && (!forms || forms.some((form) => raw.includes(form)))
    })
}

function isAtLeast(line: LogLine, least: number): boolean {
  const rank = LOG_LEVELS.indexOf(line.level as 'info')
  return rank < 0 || rank >= least
}
