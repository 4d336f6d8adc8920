import type { LogLine } from '../../src/contracts/launcher/logs.ts'

/** Lines kept on the page; older ones are in the file. */
export const MOST_LINES = 5_000

/**
 * The shown lines with those that arrived, each once and in the order of the log.
 *
 * A line is known by its place in the log. After the stream was opened again the tail comes anew: what is known of it is
 * left out, and where it does not reach back to what is shown, the view begins anew, so that a hole never looks like
 * the next line. The same holds where other text stands at a known place: then the log is another one.
 *
 * @param isReopened whether `arrived` begins with the first line of a reopened stream
 */
export function joinLines(
  shown: readonly LogLine[],
  arrived: readonly LogLine[],
  isReopened: boolean,
): readonly LogLine[] {
  let lines = [...shown]
  const first = arrived[0]
  const end = lines.at(-1)
  if (isReopened && first && end && first.offset > end.offset) lines = []
  for (const line of arrived) {
    const last = lines.at(-1)
    if (!last || line.offset > last.offset) lines.push(line)
    else if (lineAt(lines, line.offset)?.raw !== line.raw) lines = [line]
  }
  return lines.length > MOST_LINES ? lines.slice(-MOST_LINES) : lines
}

/**
 * A pattern for the launcher's log filter that finds typed text, whatever its case, in lines of JSON.
 *
 * @returns undefined for no filter
 */
export function patternOf(typed: string): string | undefined {
  const text = typed.trim()
  if (text === '') return undefined
  const asInJson = JSON.stringify(text).slice(1, -1)
  return `(?i:${asInJson.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)})`
}

function lineAt(lines: readonly LogLine[], offset: number): LogLine | undefined {
  let low = 0
  let high = lines.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const line = lines[middle]!
    if (line.offset === offset) return line
    if (line.offset < offset) low = middle + 1
    else high = middle - 1
  }
  return undefined
}
