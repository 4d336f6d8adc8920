/**
 * Splits chunks into lines, holding at most one unfinished line in memory; empty lines are passed on like others.
 *
 * @param longest   bytes of the longest line accepted
 * @param onTooLong called once when a line exceeds it; nothing is read after it
 * @returns the reader of chunks
 */
export function splitLines(
  longest: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): (chunk: Buffer) => void {
  let parts: Buffer[] = []
  let held = 0
  let over = false
  const hold = (part: Buffer): boolean => {
    held += part.length
    over = held > longest
    if (!over) parts.push(part)
    else onTooLong()
    return !over
  }
  return (chunk) => {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0 && !over; end = chunk.indexOf(10, from)) {
      if (!hold(chunk.subarray(from, end))) return
      const line = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
      parts = []
      held = 0
      from = end + 1
      onLine(line.toString('utf8'))
    }
    if (!over && from < chunk.length) hold(chunk.subarray(from))
  }
}
