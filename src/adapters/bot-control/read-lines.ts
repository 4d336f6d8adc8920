import type { Socket } from 'node:net'

/** Longest line either side of a control socket accepts, bytes. */
export const LONGEST_LINE = 65_536

/**
 * Splits what a socket receives into lines, holding at most one unfinished line in memory.
 *
 * @param onTooLong called once when a line exceeds `LONGEST_LINE`; nothing is read after it
 */
export function readLines(socket: Socket, onLine: (line: string) => void, onTooLong: () => void): void {
  let rest: Buffer = Buffer.alloc(0)
  let over = false
  socket.on('data', (chunk: Buffer) => {
    if (over) return
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([rest, chunk.subarray(from, end)])
      rest = Buffer.alloc(0)
      from = end + 1
      if (line.length > LONGEST_LINE) {
        over = true
        return onTooLong()
      }
      if (line.length > 0) onLine(line.toString('utf8'))
    }
    rest = Buffer.concat([rest, chunk.subarray(from)])
    if (rest.length <= LONGEST_LINE) return
    over = true
    rest = Buffer.alloc(0)
    onTooLong()
  })
}
