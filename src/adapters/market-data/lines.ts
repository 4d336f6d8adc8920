/** A year of one-minute bars of one symbol on one line is about 30 MB. */
const LONGEST_LINE = 64 * 1024 * 1024

/** The file has a line that no format of ours has: it is something else. */
export class LineTooLong extends Error {
  constructor(line: number) {
    super(`line ${line} is longer than ${LONGEST_LINE} characters`)
    this.name = 'LineTooLong'
  }
}

/**
 * Cuts text into lines at LF, CRLF or (where a file begins with only those) CR, and hands each to `take`.
 *
 * @param take gets the line without its end, and its number from 1
 * @throws {LineTooLong}
 */
export async function eachLine(
  chunks: AsyncIterable<string>,
  take: (line: string, number: number) => void,
): Promise<void> {
  let rest = ''
  let number = 0
  let end: '\n' | '\r' | undefined
  for await (const chunk of chunks) {
    end ??= lineEndOf(chunk)
    let from = 0
    let at = end === undefined ? -1 : chunk.indexOf(end)
    while (at >= 0) {
      // The rest of the chunk before is joined only here, so a long line is copied once.
      const line = rest === '' ? chunk.slice(from, at) : rest + chunk.slice(from, at)
      rest = ''
      take(withoutCr(line), ++number)
      from = at + 1
      at = chunk.indexOf(end ?? '\n', from)
    }
    rest += from === 0 ? chunk : chunk.slice(from)
    if (rest.length > LONGEST_LINE) throw new LineTooLong(number + 1)
  }
  if (rest !== '') take(withoutCr(rest), ++number)
}

function lineEndOf(chunk: string): '\n' | '\r' | undefined {
  if (chunk.includes('\n')) return '\n'
  const cr = chunk.indexOf('\r')
  // A CR at the very end may be the first half of a CRLF.
  return cr >= 0 && cr < chunk.length - 1 ? '\r' : undefined
}

function withoutCr(line: string): string {
  return line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line
}
