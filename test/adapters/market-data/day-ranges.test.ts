import { expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { openDayRanges } from '../../../src/adapters/market-data/day-ranges.ts'
import { generateBars, prepareHome } from '../../support/bot-fleet.ts'
import { tempHome } from '../../support/temp-home.ts'

it('a market’s day is as wide as its bars were, by product and by symbol', () => {
  const layout = prepareHome(tempHome())
  generateBars(layout, 'MESM6', 5, 1)
  generateBars(layout, 'SPY', 5, 1)
  const ranges = openDayRanges(layout)
  const day = '2026-06-26'
  expect(ranges.rangeOf('MES', day)).toBeGreaterThan(20)
  expect(ranges.rangeOf('MES', day)).toBe(ranges.rangeOf('MESM6', day))
  expect(ranges.rangeOf('SPY', day)).toBeGreaterThan(20)
  expect(Number.isInteger(ranges.rangeOf('SPY', day))).toBe(true)
  expect(ranges.rangeOf('MES', '2020-01-03')).toBeUndefined()
  expect(ranges.rangeOf('NQ', day)).toBeUndefined()
  // The last day that there are bars of: more may come.
  expect(ranges.rangeOf('SPY', '2026-06-29')).toBeUndefined()
  ranges.close()
})

it('nothing is known of markets where nothing was imported', () => {
  const ranges = openDayRanges(homeLayout(tempHome()))
  expect(ranges.rangeOf('MES', '2026-06-26')).toBeUndefined()
  ranges.close()
})
