import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BrokenFrame, frameReader } from '../../../src/adapters/brokers/gateway/read-frames.ts'

const LARGEST = 100_000

/** A frame as a server sends it. */
function frame(opcode: number, payload: Buffer, isFinal = true): Buffer {
  const first = (isFinal ? 0x80 : 0) | opcode
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload])
  const header = Buffer.alloc(length < 65_536 ? 4 : 10)
  header[0] = first
  header[1] = length < 65_536 ? 126 : 127
  if (length < 65_536) header.writeUInt16BE(length, 2)
  else header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}
const text = (message: string) => frame(1, Buffer.from(message))

describe('frames of a WebSocket', () => {
  it('give the messages that were sent, however the bytes are cut', () => {
    const message = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.nat(70_000).map((length) => 'x'.repeat(length)),
    )
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.integer({ min: 1, max: 5_000 }), (messages, cut) => {
        const bytes = Buffer.concat(messages.map(text))
        const read = frameReader(LARGEST)
        const heard: string[] = []
        for (let at = 0; at < bytes.length; at += cut)
          for (const one of read(bytes.subarray(at, at + cut))) if (one.kind === 'text') heard.push(one.text)
        expect(heard).toEqual(messages)
      }),
      { numRuns: 50 },
    )
  })

  it('put fragments together, with a ping in between', () => {
    const bytes = [frame(1, Buffer.from('he'), false), frame(9, Buffer.from('?')), frame(0, Buffer.from('llo'))]
    expect(frameReader(LARGEST)(Buffer.concat(bytes))).toEqual([
      { kind: 'ping', payload: Buffer.from('?') },
      { kind: 'text', text: 'hello' },
    ])
  })

  it('tell the reason of a close', () => {
    expect(frameReader(LARGEST)(frame(8, Buffer.from([3, 0xe9])))).toEqual([{ kind: 'close', code: 1001 }])
    expect(frameReader(LARGEST)(frame(8, Buffer.alloc(0)))).toEqual([{ kind: 'close', code: 1005 }])
  })

  it.each([
    ['a mask, which only clients have', Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5])],
    ['an extension nobody asked for', Buffer.from([0xc1, 0])],
    ['a binary message', frame(2, Buffer.from('x'))],
    ['a continuation of nothing', frame(0, Buffer.from('x'))],
    ['a message inside another', Buffer.concat([frame(1, Buffer.from('x'), false), text('y')])],
    ['bytes that are no UTF-8', frame(1, Buffer.from([0xff]))],
    ['more than it may hold', Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0])],
  ])('end the connection at %s', (_, bytes) => {
    expect(() => frameReader(LARGEST)(bytes)).toThrow(BrokenFrame)
  })
})
