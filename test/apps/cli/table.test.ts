import { describe, expect, it } from 'vitest'
import { formatTable, type Column } from '../../../src/apps/cli/table.ts'
import { cutToWidth, textWidth, withoutControls } from '../../../src/apps/cli/text-width.ts'
import { sumDecimals } from '../../../src/apps/cli/money-text.ts'

type Row = { id: string; pnl: string | null; reason: string }
const COLUMNS: Column<Row>[] = [
  { title: 'ID', text: (row) => row.id },
  { title: 'PNL', text: (row) => row.pnl, align: 'right' },
  { title: 'REASON', text: (row) => row.reason, flexible: true },
]

describe('a table', () => {
  it('aligns text at the left and numbers at the right', () => {
    const rows = [
      { id: 'a', pnl: '-1.50', reason: 'x' },
      { id: 'longer', pnl: null, reason: 'y' },
    ]
    expect(formatTable(COLUMNS, rows, undefined)).toEqual([
      'ID        PNL  REASON',
      'a       -1.50  x',
      'longer      –  y',
    ])
  })

  it('cuts only what may be cut, and only where there is a terminal to fit in', () => {
    const rows = [{ id: 'an-id-that-must-stay-whole', pnl: '12345.67', reason: 'a very long reason '.repeat(5) }]
    expect(formatTable(COLUMNS, rows, undefined)[1]).toContain('reason a very long reason')
    const fitted = formatTable(COLUMNS, rows, 60)
    expect(fitted.every((line) => textWidth(line) <= 60)).toBe(true)
    expect(fitted[1]).toMatch(/^an-id-that-must-stay-whole {2}12345\.67 {2}a very.*…$/)
  })

  it('keeps wide characters in line and control characters out', () => {
    const rows = [{ id: '東京', pnl: '1', reason: 'a\u001B[31mred\nnext' }]
    const [title = '', line = ''] = formatTable(COLUMNS, rows, undefined)
    expect(textWidth(line.slice(0, line.indexOf('1')))).toBe(title.indexOf('PNL') + 2)
    expect(line).not.toContain('\u001B')
  })

  it('does not count colours as width', () => {
    const painted: Column<Row>[] = [{ ...COLUMNS[0]!, paint: (text) => `\u001B[31m${text}\u001B[0m` }, COLUMNS[1]!]
    expect(formatTable(painted, [{ id: 'a', pnl: '1', reason: '' }], undefined)[1]).toBe('\u001B[31ma \u001B[0m    1')
  })
})

describe('text for a terminal', () => {
  it.each([
    ['plain', 5],
    ['東京', 4],
    ['e\u0301', 1],
    ['📈', 2],
  ])('%s takes %i columns', (text, width) => expect(textWidth(text)).toBe(width))

  it('is cut to a width, never within a character', () => {
    expect(cutToWidth('東京タワー', 5)).toBe('東京…')
    expect(cutToWidth('abc', 3)).toBe('abc')
  })

  it('can not move the cursor', () => {
    expect(withoutControls('a\u001B[2Jb\u0007\u009B')).toBe('a\uFFFD[2Jb\uFFFD\uFFFD')
  })
})

describe('the sum of decimals', () => {
  it.each([
    [['12.50', '-3.25'], '9.25'],
    [['0.1', '0.2'], '0.3'],
    [['-0.05'], '-0.05'],
    [[], '0'],
    [['900719925474099.31', '900719925474099.31'], '1801439850948198.62'],
  ])('of %j is %s', (texts, sum) => expect(sumDecimals(texts)).toBe(sum))
})
