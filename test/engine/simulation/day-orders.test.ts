import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/domain/calendar/session.ts'
import { durationMs, epochMs } from '../../../src/domain/units/units.ts'
import { openSimBroker } from '../../../src/engine/simulation/sim-broker.ts'
import {
  barOf,
  EQUITY,
  FUTURE,
  limit,
  market,
  memoryBooks,
  MINUTE,
  orderOf,
  stop,
  termsOf,
} from '../../support/simulation.ts'
import { barAt, comboOf, optionOf, INDEX, simulatedVenue } from '../../support/simulated-venue.ts'

const day = { timeInForce: 'day' } as const
const quiet = (index: number, at: number) => barOf(index, [at, at, at, at])

/** Sessions of ten minutes in every quarter of an hour. */
const quarters = {
  sessionAt(at: number): Session | undefined {
    const n = Math.floor(at / (15 * MINUTE))
    const open = n * 15 * MINUTE
    if (at >= open + 10 * MINUTE) return undefined
    return { date: `day-${n}`, open: epochMs(open), close: epochMs(open + 10 * MINUTE), holidayFacts: 'known' }
  },
}
const more = { sessionsOf: () => quarters }

function venueAt(index: number) {
  const sim = simulatedVenue([FUTURE], {}, more)
  sim.bar('ESZ5', quiet(index, 100), 'day-0')
  return sim
}

describe('a day order', () => {
  it('given inside a session dies with it', () => {
    const sim = venueAt(8)
    sim.place(orderOf('a', 'buy', 1, market, day))
    expect(sim.bar('ESZ5', quiet(15, 104), 'day-1')).toEqual(['a expired'])
  })

  it('given at the close is one of the next session: it fills at its first price', () => {
    const sim = venueAt(9)
    sim.place(orderOf('a', 'buy', 1, market, day))
    expect(sim.bar('ESZ5', barOf(15, [104, 106, 103, 105]), 'day-1')).toEqual(['a fills 1 at 104'])
  })

  it('given at the close dies with the next session', () => {
    const sim = venueAt(9)
    sim.place(orderOf('a', 'buy', 1, limit(50), day))
    expect(sim.bar('ESZ5', quiet(15, 104), 'day-1')).toEqual([])
    expect(sim.bar('ESZ5', quiet(24, 104), 'day-1')).toEqual([])
    expect(sim.bar('ESZ5', quiet(30, 40), 'day-2')).toEqual(['a expired'])
  })

  it('given at the close outlives bars in which the market is closed', () => {
    const sim = venueAt(9)
    sim.place(orderOf('a', 'buy', 1, limit(100), day))
    expect(sim.closed('ESZ5', quiet(12, 90))).toEqual([])
    expect(sim.bar('ESZ5', quiet(15, 99), 'day-1')).toEqual(['a fills 1 at 99'])
  })

  it('given at the close takes no part in what still comes of that session', () => {
    // A bar that its source has stamped twice, or one shorter than the account's.
    const sim = venueAt(9)
    sim.place(orderOf('a', 'buy', 1, market, day))
    sim.place(orderOf('g', 'buy', 1, market))
    const late = { ...quiet(9, 101), time: epochMs(9 * MINUTE + 1) }
    expect(sim.bar('ESZ5', late, 'day-0')).toEqual(['g fills 1 at 101'])
    expect(sim.bar('ESZ5', quiet(15, 104), 'day-1')).toEqual(['a fills 1 at 104'])
  })

  it('given at the close as a stop or a combo waits for the next session as well', () => {
    const sim = simulatedVenue([INDEX, optionOf('call', 100)], {}, { sessionsOf: () => quarters })
    const from = Date.UTC(2025, 10, 3, 4, 0)
    const at = (minute: number, px: number) => barAt(epochMs(from + minute * MINUTE), [px, px, px, px])
    const date = (minute: number) => quarters.sessionAt(from + minute * MINUTE)!.date
    sim.bar('INDEX', at(9, 100), date(9))
    const symbol = optionOf('call', 100).symbol
    sim.place(orderOf('s', 'buy', 1, stop(101), { symbol: 'INDEX', ...day }))
    sim.combo(
      comboOf('c', [
        orderOf('c1', 'buy', 1, market, { symbol, ...day }),
        orderOf('c2', 'sell', 1, market, { symbol: 'INDEX', ...day }),
      ]),
    )
    const done = sim.bar('INDEX', at(15, 102), date(15))
    expect(done.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['c1 fills', 'c2 fills', 's fills'])
  })

  it('is judged by the sessions of its own market, and by the time of the latest bar of any', () => {
    const other = {
      sessionAt: (): Session => ({
        date: 'long',
        open: epochMs(0),
        close: epochMs(1_000 * MINUTE),
        holidayFacts: 'known',
      }),
    }
    const sessionsOf = (symbol: string) => (symbol === 'SPY' ? other : quarters)
    const sim = simulatedVenue([FUTURE, EQUITY], {}, { sessionsOf })
    sim.bar('ESZ5', quiet(7, 100), 'day-0')
    sim.bar('SPY', quiet(9, 500), 'long')
    sim.place(orderOf('late', 'buy', 1, market, day))
    sim.place(orderOf('inside', 'buy', 1, limit(400), { symbol: 'SPY', ...day }))
    expect(sim.bar('ESZ5', quiet(9, 101), 'day-0')).toEqual([])
    expect(sim.bar('ESZ5', quiet(15, 104), 'day-1')).toEqual(['late fills 1 at 104'])
    expect(sim.bar('SPY', quiet(1_000, 500), 'longer')).toEqual(['inside expired'])
  })

  it('is the same one after the venue was opened again between the close and the order', async () => {
    const books = memoryBooks()
    const open = () =>
      openSimBroker({
        ...{ books, instrument: FUTURE, settings: termsOf(), defer: (work: () => void) => void setImmediate(work) },
        ...{ barMs: durationMs(MINUTE), ...more },
      })
    await open().observe(quiet(9, 100), 'day-0')
    const again = open()
    await again.submit(orderOf('a', 'buy', 1, market, day))
    const last = open()
    await last.observe(quiet(15, 104), 'day-1')
    const told = await last.fillsSince(undefined)
    expect(told).toMatchObject({ ok: true, value: { fills: [{ clientOrderId: 'a', price: 104 }] } })
  })
})
