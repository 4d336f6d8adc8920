import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasPlainCase, needleOf } from '../../../../src/adapters/log/scan/needle.ts'
import { openScanner } from '../../../../src/adapters/log/scan/scanner.ts'

const CAPACITY = 4_096

/** Few different signs, so that needles are found, nearly found, and found twice in a line. */
const sign = fc.constantFrom('a', 'A', 'b', 'B', '"', '.', '\n', '\n', '@', '`', 'ä', '🙂', '\0', ' ')
const text = fc.array(sign, { maxLength: 700, size: 'max' }).map((signs) => signs.join(''))
const needle = fc
  .array(sign, { minLength: 1, maxLength: 40 })
  .map((signs) => signs.join('').replaceAll('\n', 'b'))
  .filter((wanted) => wanted !== '')

/** Cutting the text into lines and looking at each, as simply as that can be done. */
function naively(bytes: Buffer, from: number, to: number) {
  const newlines: number[] = []
  const lines: [number, number][] = []
  let begins = from
  for (let at = from; at < to; at++) {
    if (bytes[at] !== 10) continue
    newlines.push(at)
    lines.push([begins, at])
    begins = at + 1
  }
  if (begins < to) lines.push([begins, to])
  return { newlines, lines }
}

const inLatin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const withoutCase = (latin: string) => latin.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

describe.each(['simd', 'scalar'] as const)('the %s scanner', (kind) => {
  const scanner = openScanner(CAPACITY, kind)
  /** Puts the text somewhere into a block full of what was there before. */
  const put = (content: string, before: number) => {
    const bytes = Buffer.from(content)
    scanner.block.fill('\na"B', 0, CAPACITY)
    bytes.copy(scanner.block, before)
    return { from: before, to: before + bytes.length, ...naively(scanner.block, before, before + bytes.length) }
  }

  it('is the one that was asked for', () => {
    expect(scanner.kind).toBe(kind)
  })

  it('finds every newline of a block, and none beside it', () => {
    fc.assert(
      fc.property(text, fc.nat(70), (content, before) => {
        const { from, to, newlines } = put(content, before)
        expect([...scanner.newlines(from, to)]).toEqual(newlines)
      }),
    )
  })

  it('goes behind the n-th newline, and says how many there are too few', () => {
    fc.assert(
      fc.property(text, fc.nat(70), fc.integer({ min: 1, max: 200 }), (content, before, wanted) => {
        const { from, to, newlines } = put(content, before)
        const there = newlines[wanted - 1]
        expect(scanner.skipLines(from, to, wanted)).toEqual(
          there === undefined ? { at: to, missing: wanted - newlines.length } : { at: there + 1, missing: 0 },
        )
      }),
    )
  })

  it('finds the lines that hold a text, each once, with or without regard to case', () => {
    fc.assert(
      fc.property(text, fc.nat(70), needle, fc.boolean(), (content, before, wanted, ignoreCase) => {
        const { from, to, lines } = put(content, before)
        const fold = ignoreCase ? withoutCase : (latin: string) => latin
        const looked = fold(inLatin(Buffer.from(wanted)))
        const holding = lines.filter(([a, b]) => fold(inLatin(scanner.block.subarray(a, b))).includes(looked))
        expect([...scanner.findLines(from, to, needleOf(wanted, ignoreCase)!)]).toEqual(holding.flat())
      }),
      { numRuns: 500 },
    )
  })

  it('finds nothing in nothing', () => {
    expect([...scanner.newlines(5, 5)]).toEqual([])
    expect([...scanner.findLines(5, 5, needleOf('a', true)!)]).toEqual([])
    expect(scanner.skipLines(5, 5, 1)).toEqual({ at: 5, missing: 1 })
  })

  it('fills a block to the last byte', () => {
    scanner.block.fill('x\n', 0, CAPACITY)
    expect(scanner.newlines(0, CAPACITY)).toHaveLength(CAPACITY / 2)
    expect(scanner.findLines(0, CAPACITY, needleOf('X', true)!)).toHaveLength(CAPACITY)
  })
})

describe('a needle', () => {
  it('is none where there is no text, too much of it, or more than one line', () => {
    for (const wanted of ['', 'a\nb', 'x'.repeat(4_001)]) expect(needleOf(wanted, false)).toBeUndefined()
  })

  it('knows letters whose case is not only that of ASCII', () => {
    expect(hasPlainCase('ES.h5 — 5 €')).toBe(true)
    expect(hasPlainCase('größe')).toBe(false)
  })
})
