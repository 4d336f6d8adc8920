import assert from 'node:assert/strict'
import { test } from 'node:test'
import strategy from './ma-cross.js'

const parameters = Object.fromEntries(strategy.parameters.map(({ name, default: usual }) => [name, usual]))
const setup = { instrument: {}, timeframeMs: 60_000, parameters }
const session = { date: '2026-01-05', open: 0, close: 86_400_000, holidayFacts: 'known' }
const flat = { quantity: 0, avgPx: 0, openedAt: undefined, entryPending: false, tradesToday: 0, held: [] }

/** A market that falls, then rises. */
const bars = Array.from({ length: 200 }, (_, i) => {
  const close = 10_000 + 5 * Math.abs(i - 100)
  return { time: i * 60_000, open: close, high: close + 3, low: close - 3, close, volume: 10 }
})

test('buys once the market has turned up', () => {
  const run = strategy.open(setup)
  const proposals = bars.map((bar) => run.onBar(bar, session, flat)).filter((one) => one !== undefined)
  assert.deepEqual(
    proposals.map((one) => one.kind === 'enter' && one.side),
    ['buy'],
  )
})

test('goes on from its snapshot as if nothing had happened', () => {
  const [whole, first] = [strategy.open(setup), strategy.open(setup)]
  for (const bar of bars.slice(0, 90)) {
    whole.onBar(bar, session, flat)
    first.onBar(bar, session, flat)
  }
  const second = strategy.open({ ...setup, snapshot: JSON.parse(JSON.stringify(first.snapshot())) })
  for (const bar of bars.slice(90)) assert.deepEqual(second.onBar(bar, session, flat), whole.onBar(bar, session, flat))
})
