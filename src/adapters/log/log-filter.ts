import { createContext, Script } from 'node:vm'
import type { LogLine } from '../../contracts/launcher/logs.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import { LOG_LEVELS } from './log-line.ts'

/** Which lines are wanted. */
export type LogFilterOptions = Readonly<{
  /** The least important level that is shown: debug, info, warn, error. */
  level?: string | undefined
  /** A regular expression over the whole line. */
  grep?: string | undefined
}>

/** Keeps the wanted lines, in order. */
export type LogFilter = (lines: readonly LogLine[]) => LogLine[]

const LONGEST_PATTERN = 1_000
/** How long one pattern may hold up everything else in this process, for one batch of lines, milliseconds. */
const LONGEST_MATCH_MS = 250

/**
 * Builds the filter of a reader.
 *
 * A line without a level (torn, foreign, a stack trace) passes every level: it is the one somebody looks for.
 *
 * @throws {Refused} `bad-usage`: unknown level, no valid pattern; from the filter itself, a pattern that takes too long
 */
export function logFilter({ level, grep }: LogFilterOptions): LogFilter {
  const least = level === undefined || level === '' ? 0 : LOG_LEVELS.indexOf(level.toLowerCase() as 'info')
  if (least < 0) refuse('bad-usage', `There is no log level ${JSON.stringify(level)}.`, `Use ${LOG_LEVELS.join(', ')}.`)
  const matches = grep === undefined || grep === '' ? undefined : matcher(grep)
  return (lines) => {
    const important = least === 0 ? [...lines] : lines.filter((line) => isAtLeast(line, least))
    if (!matches || important.length === 0) return important
    const verdicts = matches(important.map((line) => line.raw))
    return important.filter((_, index) => verdicts[index])
  }
}

function isAtLeast(line: LogLine, least: number): boolean {
  const rank = LOG_LEVELS.indexOf(line.level as 'info')
  return rank < 0 || rank >= least
}

function matcher(grep: string): (texts: readonly string[]) => readonly boolean[] {
  if (grep.length > LONGEST_PATTERN)
    refuse('bad-usage', `The search pattern is longer than ${LONGEST_PATTERN} characters.`, 'Use a shorter one.')
  if (!/[\\^$.*+?()[\]{}|]/.test(grep)) return (texts) => texts.map((text) => text.includes(grep))
  try {
    void new RegExp(grep)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    refuse(
      'bad-usage',
      `The search pattern is no regular expression: ${why}.`,
      String.raw`Write \ before a literal ( [ . * + ? and the like.`,
    )
  }
  // A pattern such as (a+)+$ can take longer than the universe lasts. Only the time limit of a script can interrupt a
  // match, so matching runs as one, in a context that holds nothing else.
  const context = createContext(Object.create(null) as object)
  const script = new Script('JSON.stringify(JSON.parse(texts).map((text) => re.test(text)))')
  new Script(`const re = new RegExp(${JSON.stringify(grep)})`).runInContext(context)
  return (texts) => {
    Object.assign(context, { texts: JSON.stringify(texts) })
    try {
      return JSON.parse(script.runInContext(context, { timeout: LONGEST_MATCH_MS }) as string) as boolean[]
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      return refuse('bad-usage', 'The search pattern takes too long on these lines.', 'Use a simpler pattern.')
    }
  }
}
