import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { realData } from '../../support/real-data.ts'
import { tempHome } from '../../support/temp-home.ts'

type Report = {
  rows: number
  added: number
  alreadyThere: number
  badCount: number
  bad: { line: number; reason: string }[]
  from: string
  to: string
}

const GOOD = `timestamp,open,high,low,close,volume
2024-01-02T14:30:00Z,470.00,470.50,469.90,470.20,1000
2024-01-02T14:31:00Z,470.20,470.60,470.10,470.40,900
`
const BAD = `${GOOD}2024-01-02T14:32:00Z,470.40,469.00,470.60,470.40,900
2024-01-02T14:33:00Z,470.40,NaN,470.10,470.40,900
`
const IMPORT = ['--symbol', 'SPY', '--timeframe', '1m']

function fileIn(home: string, text: string): string {
  const file = join(home, 'bars.csv')
  writeFileSync(file, text)
  return file
}

describe('data import', () => {
  it('adds the bars of a file once, and answers with one JSON value', async () => {
    const home = tempHome()
    const file = fileIn(home, GOOD)
    const first = await slipway(home, ['data', 'import', file, ...IMPORT, '--json'])
    expect(first.code).toBe(0)
    expect(answerOf<Report>(first)).toMatchObject({
      ...{ rows: 2, added: 2, alreadyThere: 0, badCount: 0 },
      ...{ from: '2024-01-02T14:30:00Z', to: '2024-01-02T14:31:00Z' },
    })
    const second = await slipway(home, ['data', 'import', file, ...IMPORT, '--json'])
    expect(answerOf<Report>(second)).toMatchObject({ added: 0, alreadyThere: 2 })
  })

  it('leaves bad rows out and shows them with line and reason', async () => {
    const home = tempHome()
    const file = fileIn(home, BAD)
    const run = await slipway(home, ['data', 'import', file, ...IMPORT])
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/bad rows +2 \(high-below-low 1, not-a-number 1\)/)
    expect(run.stderr).toContain('line 4 has a high below its low: 2024-01-02T14:32:00Z,470.40,469.00')
    expect(run.stderr).toContain('line 5 has a price that is not a number')
  })

  it('says so where no row can be taken, by its exit code too', async () => {
    const home = tempHome()
    const rows = [0, 1, 2].map((minute) => `2024-01-02 14:3${minute};1,10;1,12;1,08;1,11;5\n`)
    const file = fileIn(home, `Date;Open;High;Low;Close;Volume\n${rows.join('')}`)
    const run = await slipway(home, ['data', 'import', file, ...IMPORT, '--json'])
    expect(run.code).toBe(2)
    expect(refusalOf(run)).toMatchObject({
      code: 'data-bad-rows',
      message: expect.stringMatching(
        /^None of the 3 rows of .* the first is line 2, which has a price that is not a num/,
      ),
      nextStep: 'Write prices with a decimal point and no other commas.',
    })
  })

  it('imports nothing with --strict when a row is bad, and says which', async () => {
    const home = tempHome()
    const file = fileIn(home, BAD)
    const run = await slipway(home, ['data', 'import', file, ...IMPORT, '--strict', '--json'])
    expect(run.code).toBe(2)
    const { code, report } = refusalOf(run) as ReturnType<typeof refusalOf> & { report: Report }
    expect(code).toBe('data-bad-rows')
    expect(report.bad.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'high-below-low'],
      [5, 'not-a-number'],
    ])
    expect(answerOf(await slipway(home, ['data', 'list', '--json']))).toEqual([])
  })

  it.each([
    [['import', 'no-such-file.csv', ...IMPORT], 'file-unreadable'],
    [['import', 'bars.csv', '--symbol', 'NOSUCHTHING', '--timeframe', '1m'], 'symbol-unknown'],
    [['import', 'bars.csv', '--symbol', 'SPY', '--timeframe', '7m'], 'bad-usage'],
    [['import', 'bars.csv', ...IMPORT, '--tz', 'Mars/Olympus'], 'bad-usage'],
    [['import', 'bars.csv', ...IMPORT, '--stamp', 'middle'], 'bad-usage'],
    [['generate', '--symbol', 'ES', '--days', '0', '--seed', '1'], 'bad-usage'],
    [['export', '--symbol', 'SPY', '--out', 'out.csv'], 'data-missing'],
    [['export', '--symbol', 'SPY', '--out', 'out.csv', '--from', '2024-02-31'], 'bad-usage'],
    [['export', '--symbol', 'SPY'], 'bad-usage'],
  ])('refuses data %j with %s, and stores nothing', async (args, code) => {
    const home = tempHome()
    const file = fileIn(home, GOOD)
    const run = await slipway(home, ['data', ...args.map((arg) => (arg === 'bars.csv' ? file : arg)), '--json'])
    expect(run.code).toBe(2)
    expect(refusalOf(run).code).toBe(code)
    expect(answerOf(await slipway(home, ['data', 'list', '--json']))).toEqual([])
    expect(existsSync(join(home, 'out.csv'))).toBe(false)
  })

  it('reads a real month of a currency future', async ({ skip }) => {
    const file = realData('6EH4-2024-01-1m.csv.gz')
    if (!file) return skip('the real bars are not on this machine')
    const home = tempHome()
    const run = await slipway(home, ['data', 'import', file, '--symbol', '6EH4', '--timeframe', '1m', '--json'])
    expect(answerOf<Report>(run)).toMatchObject({ rows: 29_996, added: 29_996, badCount: 0 })
  })
})

describe('data generate, list and export', () => {
  it('make bars, show them, and write a file that is imported as the same bars', async () => {
    const home = tempHome()
    const now = () => Date.UTC(2026, 5, 30) as never
    const made = await slipway(home, ['data', 'generate', '--symbol', 'ESU6', '--days', '2', '--seed', '7', '--json'], {
      now,
    })
    const { bars } = answerOf<{ bars: number }>(made)
    expect(bars).toBeGreaterThan(1_000)

    const listed = answerOf<object[]>(await slipway(home, ['data', 'list', '--json']))
    expect(listed).toMatchObject([{ symbol: 'ESU6', timeframe: '1m', bars, source: 'generated (seed 7)' }])

    const toPipe = await slipway(home, ['data', 'export', '--symbol', 'ESU6'])
    expect(toPipe.stdout.trimEnd().split('\n')).toHaveLength(bars + 1)
    const toFile = await slipway(home, ['data', 'export', '--symbol', 'ESU6', '--out', 'out.csv', '--json'])
    expect(answerOf(toFile)).toMatchObject({ bars, file: join(home, 'out.csv') })
    expect(readFileSync(join(home, 'out.csv'), 'utf8')).toBe(toPipe.stdout)

    const again = await slipway(home, [
      'data',
      'import',
      join(home, 'out.csv'),
      '--symbol',
      'ESU6',
      '--timeframe',
      '1m',
      '--json',
    ])
    expect(answerOf<Report>(again)).toMatchObject({ added: 0, alreadyThere: bars, badCount: 0 })
  })

  it('never leave half a file, nor replace one unasked', async () => {
    const home = tempHome()
    await slipway(home, ['data', 'import', fileIn(home, GOOD), ...IMPORT])
    const out = join(home, 'out.csv')
    writeFileSync(out, 'mine')
    expect((await slipway(home, ['data', 'export', '--symbol', 'SPY', '--out', out])).code).toBe(2)
    expect(readFileSync(out, 'utf8')).toBe('mine')
    expect((await slipway(home, ['data', 'export', '--symbol', 'SPY', '--out', out, '--force'])).code).toBe(0)
    expect(readFileSync(out, 'utf8')).toContain('2024-01-02T14:30:00Z,470,470.5,469.9,470.2,1000')
    const nowhere = join(home, 'no', 'such', 'folder.csv')
    expect((await slipway(home, ['data', 'export', '--symbol', 'SPY', '--out', nowhere])).code).toBe(2)
    expect(existsSync(nowhere)).toBe(false)
  })

  it('say what to do when there are no bars', async () => {
    const run = await slipway(tempHome(), ['data', 'list'])
    expect(run.stdout).toBe('No bars yet. Import some: slipway data import FILE --symbol S --timeframe 1m\n')
  })
})
