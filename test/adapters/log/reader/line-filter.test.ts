import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logFilter } from '../../../../src/adapters/log/log-filter.ts'
import { parseLogLine } from '../../../../src/adapters/log/log-line.ts'
import { lineFilter, type LineWish } from '../../../../src/adapters/log/reader/line-filter.ts'
import { sureText, sureTexts } from '../../../../src/adapters/log/reader/sure-text.ts'
import { openScanner } from '../../../../src/adapters/log/scan/scanner.ts'
import { anyLines, wishOf } from '../../../support/log-lines.ts'

const scanner = openScanner(262_144)

/** What the filter keeps of lines that stand in a block. */
function kept(lines: readonly string[], wish: LineWish): string[] {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  bytes.copy(scanner.block)
  const places = lineFilter(wish).wanted(scanner, 0, bytes.length)
  return Array.from({ length: places.length / 2 }, (_, line) =>
    bytes.toString('utf8', places[2 * line], places[2 * line + 1]),
  )
}

describe('a filter over bytes', () => {
  it('keeps the lines that a filter over parsed lines keeps', () => {
    fc.assert(
      fc.property(anyLines, wishOf, (lines, wish) => {
        const parsed = lines.map((line) => parseLogLine(line, 0))
        expect(kept(lines, wish)).toEqual(logFilter(wish)(parsed).map(({ raw }) => raw))
      }),
      { numRuns: 500 },
    )
  })

  it('finds text as it was typed, and as JSON writes it', () => {
    const lines = ['{"msg":"say \\"stop\\""}', 'say "stop"', 'say stop']
    expect(kept(lines, { text: 'say "stop"' })).toEqual(lines.slice(0, 2))
  })

  it('knows an event by its code or by how it begins', () => {
    const line = (event: string) => `{"time":"2026-01-02T00:00:00.000Z","level":"info","event":"${event}","msg":"m"}`
    const foreign = '{"event":"order-sent","msg":"of another program"}'
    const lines = [
      line('order-sent'),
      line('order-rejected'),
      line('fill'),
      foreign,
      '{"nested":{"event":"order-sent"}}',
    ]
    expect(kept(lines, { event: 'order-sent' })).toEqual([lines[0], foreign])
    expect(kept(lines, { event: 'order-*' })).toEqual([lines[0], lines[1], foreign])
  })

  it('refuses what it cannot apply, with what to do', () => {
    for (const wish of [{ level: 'loud' }, { grep: '(' }, { grep: 'x'.repeat(1_001) }, { event: 'x'.repeat(201) }])
      expect(() => lineFilter(wish)).toThrow(
        expect.objectContaining({ refusal: expect.objectContaining({ code: 'bad-usage' }) }),
      )
  })

  it('gives up on a pattern that would never end', () => {
    expect(() => kept([`${'a'.repeat(40)}!`], { grep: '(a+)+$' })).toThrow(
      'The search pattern takes too long on these lines.',
    )
  })
})

describe('the text that every match of a pattern holds', () => {
  it.each([
    [String.raw`VWAP 47\d\d\.25`, 'VWAP 47'],
    [String.raw`"qty":\d+,"px"`, '"qty":'],
    ['margin call', 'margin call'],
    ['colou?r of', 'colo'],
    ['a(b|c)def', 'def'],
    ['ab{0,2}cd', 'cd'],
    ['margin|call', undefined],
    ['{a|b}c', undefined],
    [String.raw`\x41bc`, undefined],
    ['[abc]+', undefined],
  ])('of %s is %s', (pattern, text) => {
    expect(sureText(pattern)).toBe(text)
  })

  it('is in whatever a pattern matches', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'ab',
      'a?',
      'b*',
      '(a|b)',
      '[ab]',
      '.',
      'a{0,1}',
      'b+',
      '|',
      '{',
      '}',
      '(?:ab)?',
      String.raw`\.`,
      String.raw`\w`,
      '^',
      '$',
      '(?!b)',
      ',1',
      '1',
    )
    const words = fc
      .array(fc.constantFrom('a', 'b', '.', '{', '}', '1', ','), { maxLength: 8 })
      .map((signs) => signs.join(''))
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), words, (pieces, text) => {
        const pattern = pieces.join('')
        let compiled: RegExp
        try {
          compiled = new RegExp(pattern)
        } catch {
          return
        }
        if (!compiled.test(text)) return
        const sure = sureText(pattern)
        if (sure !== undefined) expect(text).toContain(sure)
        const oneOf = sureTexts(pattern)
        if (oneOf !== undefined) expect(oneOf.some((one) => text.includes(one))).toBe(true)
      }),
      { numRuns: 5_000 },
    )
  })
})
