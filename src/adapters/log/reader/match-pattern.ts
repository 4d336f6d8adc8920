import { createContext, Script, type Context } from 'node:vm'
import { refuse } from '../../../domain/failure/refusal.ts'

/** Longest pattern and text, characters. */
export const LONGEST_PATTERN = 1_000
/** How long one pattern may take for one batch of lines, milliseconds. */
const LONGEST_MATCH_MS = 1_000
/** A pattern is tried on so much of a line, characters: what grows with the square of a line's length stays bearable. */
export const LONGEST_MATCHED = 16_384
const MOST_HITS = 50

/** A regular expression that can be interrupted. */
export type Pattern = Readonly<{
  /**
   * Which lines of a text match: pairs of where each begins and ends, counted from `base`.
   *
   * @throws {Refused} 'bad-usage' where that takes too long
   */
  testLines: (whole: string, lines: Uint32Array, base: number) => readonly boolean[]
  /** Which of the texts match. @throws {Refused} 'bad-usage' where that takes too long */
  test: (texts: readonly string[]) => readonly boolean[]
  /** Where the pattern matches in each text: pairs of beginning and end. @throws {Refused} as `test` */
  places: (texts: readonly string[]) => readonly (readonly number[])[]
}>

const SOURCE = `
const testLines = (whole, lines, base, longest) => {
  const verdicts = []
  for (let at = 0; at < lines.length; at += 2) {
    const from = lines[at] - base
    verdicts.push(pattern.test(whole.slice(from, Math.min(lines[at + 1] - base, from + longest))))
  }
  return verdicts
}
const test = (texts) => texts.map((text) => pattern.test(text))
const places = (texts, most) => texts.map((text) => {
  const found = []
  for (const match of text.matchAll(everywhere)) {
    if (match[0].length > 0) found.push(match.index, match.index + match[0].length)
    if (found.length >= 2 * most) break
  }
  return found
})`

/**
 * Compiles a pattern.
 *
 * One such as `(a+)+$` can take longer than the universe lasts, and only the time limit of a script can interrupt a match.
 * So matching runs as a script, in a context that holds nothing else.
 *
 * @throws {Refused} 'bad-usage': it is too long, or no regular expression
 */
export function compilePattern(source: string, ignoreCase: boolean, longestMs = LONGEST_MATCH_MS): Pattern {
  checkLength(source)
  const flags = ignoreCase ? 'i' : ''
  try {
    void new RegExp(source, flags)
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error)
    refuse(
      'bad-usage',
      `The search pattern is no regular expression: ${why}.`,
      String.raw`Write \ before a literal ( [ . * + ? and the like.`,
    )
  }
  const context = createContext(Object.create(null) as object)
  const literal = JSON.stringify(source)
  new Script(
    `const pattern = new RegExp(${literal}, '${flags}'); const everywhere = new RegExp(${literal}, 'g${flags}'); ${SOURCE}`,
  ).runInContext(context)
  const testingLines = new Script(`testLines(input.whole, input.lines, input.base, ${LONGEST_MATCHED})`)
  const testing = new Script('test(input)')
  const placing = new Script(`places(input, ${MOST_HITS})`)
  const run = <T>(script: Script, input: unknown) => runWithin<T>(script, context, input, longestMs)
  const cut = (texts: readonly string[]) => texts.map((text) => text.slice(0, LONGEST_MATCHED))
  return {
    testLines: (whole, lines, base) => run<boolean[]>(testingLines, { whole, lines, base }),
    test: (texts) => run<boolean[]>(testing, cut(texts)),
    places: (texts) => run<number[][]>(placing, cut(texts)),
  }
}

export function checkLength(source: string): void {
  if (source.length > LONGEST_PATTERN)
    refuse('bad-usage', `What is searched for is longer than ${LONGEST_PATTERN} characters.`, 'Use something shorter.')
}

function runWithin<T>(script: Script, context: Context, input: unknown, timeout: number): T {
  context.input = input
  try {
    return script.runInContext(context, { timeout }) as T
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    return refuse('bad-usage', 'The search pattern takes too long on these lines.', 'Use a simpler pattern.')
  } finally {
    context.input = undefined
  }
}

/** A pattern that finds a text as it stands. */
export function literalPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
}
