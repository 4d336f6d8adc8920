import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitLines } from '../../../src/adapters/process/split-lines.ts'

function read(chunks: readonly Buffer[], longest = 1_000) {
  const lines: string[] = []
  let tooLong = 0
  const take = splitLines(
    longest,
    (line) => lines.push(line),
    () => tooLong++,
  )
  for (const chunk of chunks) take(chunk)
  return { lines, tooLong }
}

describe('lines of a pipe', () => {
  it('are the same however the pipe cuts them, inside a letter too', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', ' ', 'é', '₹', '😀'), maxLength: 20 }), {
      maxLength: 20,
    })
    fc.assert(
      fc.property(words, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (lines, sizes) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
        const chunks: Buffer[] = []
        for (let at = 0; at < bytes.length;) {
          const size = sizes.next().value ?? 1
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(read(chunks)).toEqual({ lines, tooLong: 0 })
      }),
    )
  })

  it('end, once, at one that is too long, whether or not it ever ends', () => {
    const long = Buffer.alloc(600, 'x')
    const newline = Buffer.from('\n')
    expect(read([Buffer.from('ok\n'), long, long, long, newline])).toEqual({ lines: ['ok'], tooLong: 1 })
    expect(read([Buffer.concat([long, long, newline, Buffer.from('more\n')])])).toEqual({ lines: [], tooLong: 1 })
  })
})
