import { createHash } from 'node:crypto'

/** The answer to a WebSocket handshake. */
export function handshake(key: string): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
  return [...lines, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n')
}

export const textFrame = (text: string): Buffer => frame(0x81, Buffer.from(text))
export const pingFrame = (payload: string): Buffer => frame(0x89, Buffer.from(payload))

function frame(first: number, payload: Buffer): Buffer {
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload])
  const header = Buffer.alloc(4)
  header[0] = first
  header[1] = 126
  if (length > 0xffff) throw new RangeError('the venue sends no message of this length')
  header.writeUInt16BE(length, 2)
  return Buffer.concat([header, payload])
}

export const PONG = 0x0a
export const CLOSE = 0x08

/**
 * The frames a client sent; it has nothing to send but pongs and a close. A control frame comes whole here: it has at
 * most 131 bytes.
 */
export function framesIn(bytes: Buffer): { opcode: number; text: string }[] {
  const frames: { opcode: number; text: string }[] = []
  for (let at = 0; at + 6 <= bytes.length;) {
    const length = bytes[at + 1]! & 0x7f
    const mask = bytes.subarray(at + 2, at + 6)
    const payload = bytes.subarray(at + 6, at + 6 + length).map((byte, index) => byte ^ mask[index % 4]!)
    frames.push({ opcode: bytes[at]! & 0x0f, text: Buffer.from(payload).toString() })
    at += 6 + length
  }
  return frames
}
