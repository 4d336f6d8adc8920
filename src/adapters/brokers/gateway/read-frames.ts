/** What arrives on a WebSocket, RFC 6455 §5, as a client sees it. */
export type Frame =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ping'; readonly payload: Buffer }
  | { readonly kind: 'pong' }
  | { readonly kind: 'close'; readonly code: number }

/** The other side broke the protocol; the connection is worth nothing any more. */
export class BrokenFrame extends Error {}

const OPCODE = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const
const NO_CODE = 1005

/**
 * Takes bytes as they come and gives whole messages, put together from their fragments.
 *
 * @param largest bytes a message may have
 * @returns a function that takes the next bytes
 * @throws {BrokenFrame} from that function
 */
export function frameReader(largest: number): (bytes: Buffer) => Frame[] {
  let rest: Buffer = Buffer.alloc(0)
  let fragments: Buffer[] | undefined
  const utf8 = new TextDecoder('utf-8', { fatal: true })

  const textOf = (payload: Buffer): Frame => {
    try {
      return { kind: 'text', text: utf8.decode(payload) }
    } catch {
      throw new BrokenFrame('a message that is not UTF-8')
    }
  }

  function messageOf(opcode: number, isFinal: boolean, payload: Buffer): Frame | undefined {
    switch (opcode) {
      case OPCODE.ping:
        return { kind: 'ping', payload }
      case OPCODE.pong:
        return { kind: 'pong' }
      case OPCODE.close:
        return { kind: 'close', code: payload.length >= 2 ? payload.readUInt16BE(0) : NO_CODE }
      case OPCODE.text:
        if (fragments) throw new BrokenFrame('a message inside another')
        if (isFinal) return textOf(payload)
        fragments = [payload]
        return undefined
      case OPCODE.continuation: {
        if (!fragments) throw new BrokenFrame('a continuation of nothing')
        fragments.push(payload)
        if (fragments.reduce((sum, { length }) => sum + length, 0) > largest)
          throw new BrokenFrame('too long a message')
        if (!isFinal) return undefined
        const whole = Buffer.concat(fragments)
        fragments = undefined
        return textOf(whole)
      }
      default:
        throw new BrokenFrame(`a frame of kind ${opcode}`)
    }
  }

  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const frames: Frame[] = []
    for (;;) {
      const header = headerOf(rest, largest)
      if (!header || rest.length < header.end) return frames
      const payload = rest.subarray(header.start, header.end)
      rest = rest.subarray(header.end)
      const frame = messageOf(header.opcode, header.isFinal, payload)
      if (frame) frames.push(frame)
    }
  }
}

type Header = Readonly<{ opcode: number; isFinal: boolean; start: number; end: number }>

/** @returns undefined when not all of the header is here */
function headerOf(bytes: Buffer, largest: number): Header | undefined {
  if (bytes.length < 2) return undefined
  const [first, second] = [bytes[0]!, bytes[1]!]
  if ((first & 0x70) !== 0) throw new BrokenFrame('an extension nobody asked for')
  if ((second & 0x80) !== 0) throw new BrokenFrame('a masked frame from a server')
  const short = second & 0x7f
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < start) return undefined
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (length > largest) throw new BrokenFrame('too long a message')
  return { opcode: first & 0x0f, isFinal: (first & 0x80) !== 0, start, end: start + length }
}
