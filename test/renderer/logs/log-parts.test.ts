import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountColors } from '../../../renderer/logs/account-colors.ts'
import { lineParts } from '../../../renderer/logs/line-parts.ts'
import { listScale, ROW_HEIGHT, rowsInSight, TALLEST, topToShow } from '../../../renderer/logs/list-scroll.ts'
import { EVERYTHING, isFiltered, queryOf, type LogChoice } from '../../../renderer/logs/log-choice.ts'
import { logKey } from '../../../renderer/logs/log-keys.ts'
import { parseJump } from '../../../renderer/logs/parse-jump.ts'
import { openRowStore } from '../../../renderer/logs/row-store.ts'
import type { LogRow, LogWindow } from '../../../src/contracts/launcher/logs.ts'

describe('a list of any length', () => {
  it('is never taller than browsers can lay out, and its bar reaches every row', () => {
    fc.assert(
      fc.property(fc.nat(50_000_000), fc.integer({ min: 100, max: 2_000 }), (rows, height) => {
        const { tall, most, ratio } = listScale(rows, height)
        expect(tall).toBeLessThanOrEqual(TALLEST)
        // At the end of the bar stands the last row.
        expect(Math.abs(Math.max(0, tall - height) * ratio - most)).toBeLessThan(1)
        if (rows > 0) expect(rowsInSight(most, height, rows).last).toBe(rows - 1)
      }),
    )
  })

  it('scrolls no farther than it must to show a row', () => {
    expect(topToShow(5, 0, 400, 'near')).toBe(0)
    expect(topToShow(30, 0, 400, 'near')).toBe(31 * ROW_HEIGHT - 400)
    expect(topToShow(2, 400, 400, 'near')).toBe(2 * ROW_HEIGHT)
    expect(topToShow(100, 0, 420, 'middle')).toBe(100 * ROW_HEIGHT - 200)
  })
})

describe('a time somebody types', () => {
  const near = Date.parse('2026-03-10T15:00:00Z')
  const last = Date.parse('2026-03-11T20:00:00Z')
  it.each([
    ['14:30', 'UTC', '2026-03-10T14:30:00Z'],
    ['9:05:07', 'UTC', '2026-03-10T09:05:07Z'],
    ['14:30', 'America/New_York', '2026-03-10T18:30:00Z'],
    ['2026-01-31 14:30', 'America/New_York', '2026-01-31T19:30:00Z'],
    ['2026-01-31', 'Asia/Kolkata', '2026-01-30T18:30:00Z'],
    ['2026-01-31T14:30:00+05:30', 'UTC', '2026-01-31T09:00:00Z'],
    ['2026-01-31T14:30:00Z', 'Asia/Kolkata', '2026-01-31T14:30:00Z'],
    ['15m', 'UTC', '2026-03-11T19:45:00Z'],
    ['-2h', 'UTC', '2026-03-11T18:00:00Z'],
    // Twice that night, the first one is meant; left out that night, an hour later.
    ['2026-11-01 01:30', 'America/New_York', '2026-11-01T05:30:00Z'],
    ['2026-03-08 02:30', 'America/New_York', '2026-03-08T07:30:00Z'],
  ])('%s in %s is %s', (typed, zone, iso) => {
    expect(new Date(parseJump(typed, zone, near, last)!).toISOString()).toBe(new Date(iso).toISOString())
  })

  it.each(['', 'noon', '25:00', '14:61', '2026-13-01', '2026-01-31 24:00', '99'])('%j is none', (typed) => {
    expect(parseJump(typed, 'UTC', near, last)).toBeUndefined()
  })
})

describe('a key in the log', () => {
  const view = { total: 100, page: 20, first: 50 }
  const press = (key: string, at: number | undefined, more: object = {}) =>
    logKey({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more }, at, view)

  it('moves within the lines, from the first in sight where none is chosen', () => {
    expect(press('ArrowDown', undefined)).toEqual({ does: 'move', to: 50, isFurther: false })
    expect(press('ArrowDown', 99)).toMatchObject({ to: 99 })
    expect(press('PageUp', 10)).toMatchObject({ to: 0 })
    expect(press('ArrowUp', 10, { shiftKey: true })).toEqual({ does: 'move', to: 9, isFurther: true })
    expect(press('End', 3)).toEqual({ does: 'end' })
  })

  it('leaves to the browser what is not its own', () => {
    expect(press('a', 1)).toBeUndefined()
    expect(press('n', 1, { ctrlKey: true })).toBeUndefined()
    expect(press('ArrowLeft', 1, { altKey: true })).toBeUndefined()
    expect(press('c', 1, { metaKey: true })).toEqual({ does: 'copy' })
  })
})

describe('what somebody chose to see', () => {
  it('becomes the question for the launcher', () => {
    const choice: LogChoice = {
      ...{ ...EVERYTHING, level: 'warn', event: ' order-* ' },
      ...{ search: ' stop ', isOnlyMatches: false },
    }
    expect(queryOf(['a'], EVERYTHING)).toEqual({ ids: ['a'] })
    expect(queryOf(['a'], choice)).toEqual({
      ...{ ids: ['a'], level: 'warn', event: 'order-*' },
      find: { text: 'stop', ignoreCase: true },
    })
    expect(queryOf(['a'], { ...choice, isOnlyMatches: true, isPattern: true, matchesCase: true })).toMatchObject({
      ...{ grep: ' stop ', ignoreCase: false },
      find: { grep: ' stop ', ignoreCase: false },
    })
    expect(isFiltered({ ...EVERYTHING, search: 'x', isOnlyMatches: false })).toBe(false)
    expect(isFiltered(choice)).toBe(true)
  })
})

describe('the rows a page holds', () => {
  const row = (n: number) => ({ offset: n }) as LogRow
  const answer = (generation: string, first: number, count: number) =>
    ({ generation, first, rows: Array.from({ length: count }, (_, n) => row(first + n)) }) as LogWindow

  it('are forgotten when the log is another one, and when there are too many', () => {
    const store = openRowStore(100)
    store.take(answer('1', 0, 80))
    expect(store.add(answer('1', 200, 50))).toBe(true)
    expect(store.at(10)).toBeUndefined()
    expect(store.at(79)).toEqual(row(79))
    expect(store.add(answer('2', 0, 5))).toBe(false)
    store.take(answer('2', 0, 5))
    expect(store.at(210)).toBeUndefined()
    expect(store.at(4)).toEqual(row(4))
  })
})

describe('a line', () => {
  it('is taken apart into its fields, and is whole where it has none', () => {
    expect(lineParts('{"level":"warn","qty":2,"deep":{"a":1}}')).toEqual([
      { name: 'level', text: 'warn', isLong: false },
      { name: 'qty', text: '2', isLong: false },
      { name: 'deep', text: '{\n  "a": 1\n}', isLong: true },
    ])
    for (const raw of ['{"torn', '[1]', 'null', 'text', '']) expect(lineParts(raw)).toBeUndefined()
  })
})

it('accounts keep their colour, whatever the order they come in', () => {
  expect(accountColors(['b', 'a'])).toEqual(accountColors(['a', 'b']))
})
