/** Lines of a plug-in that go into the log within one span of time, and the longest of them. */
const LINES = 100
const SPAN_MS = 10_000
const LONGEST = 1_000

/**
 * Turns what a plug-in prints into log lines: whole, short, and never so many that they push out the bot's own.
 *
 * @param line is given each line; `dropped` how many were left out before it
 */
export function boundedOutput(
  now: () => number,
  line: (text: string, dropped: number) => void,
): (text: string) => void {
  let rest = ''
  let began = Number.NEGATIVE_INFINITY
  let told = 0
  let dropped = 0
  return (text) => {
    const lines = (rest + text).split(/\r?\n/)
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST) {
      lines.push(rest)
      rest = ''
    }
    for (const one of lines) {
      if (one.trim() === '') continue
      if (now() - began > SPAN_MS) {
        began = now()
        told = 0
      }
      if (told >= LINES) {
        dropped++
        continue
      }
      told++
      line(one.length > LONGEST ? `${one.slice(0, LONGEST)}…` : one, dropped)
      dropped = 0
    }
  }
}
