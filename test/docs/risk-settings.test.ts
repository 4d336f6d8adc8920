import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RiskSettings } from '../../src/contracts/account-settings.ts'

type Shape = { type?: string; default?: unknown; minimum?: number; maximum?: number }

const { properties } = z.toJSONSchema(RiskSettings, { io: 'input' }) as { properties: Record<string, Shape> }
const text = readFileSync(new URL('../../docs/risk.md', import.meta.url), 'utf8')

/** What the table says of each setting; a row with several names has as many ranges, or one for all. */
const rows = new Map(
  text
    .slice(text.indexOf('| `risk.…` |'))
    .split('\n\n')[0]!
    .split('\n')
    .slice(2)
    .flatMap((line) => {
      const [, names = '', , usual = '', ranges = ''] = line.split('|').map((cell) => cell.trim())
      const said = ranges.split(', ').filter((range) => /^[\d,]+–[\d,]+$/.test(range))
      return [...names.matchAll(/`(\w+)`/g)].map(([, name = ''], place) => {
        return [name, { usual, range: said[place] ?? said[0] }] as const
      })
    }),
)
const whole = (number: number) => number.toLocaleString('en-US')

describe('the table of limits', () => {
  it('names every setting and no other', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(properties).sort())
  })

  it.each(Object.entries(properties))('says what %s is when nobody sets it, and its range', (name, shape) => {
    const { usual, range } = rows.get(name)!
    if (usual !== 'by instrument') expect(usual).toBe(String(shape.default))
    const { minimum, maximum } = shape
    if (minimum !== undefined && maximum !== undefined) expect(range).toBe(`${whole(minimum)}–${whole(maximum)}`)
  })
})
