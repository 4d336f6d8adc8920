import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { openSyntheticFeed } from '../../../src/adapters/feeds/synthetic-feed.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import { generateSession } from '../../../src/domain/market/generate-bars.ts'
import { openSyntheticSessions } from '../../../src/domain/market/synthetic-sessions.ts'
import { epochMs, type EpochMs } from '../../../src/domain/units/units.ts'
import { instrumentOf } from '../../support/sample-bars.ts'

const at = (text: string) => epochMs(Date.parse(`${text}Z`))
const OPEN = '2026-11-20T16:00:30'
const CLOSED = '2026-11-21T12:00:30'

function synthetic(now: string, given: { symbol?: string; seed?: number; after?: EpochMs | undefined } = {}) {
  const { symbol = 'SPY', seed = 7, after } = given
  const wall = { time: at(now) as number, slept: [] as number[] }
  const feed = openSyntheticFeed({
    instrument: instrumentOf(symbol),
    facts: bundledCalendar(),
    spec: { kind: 'synthetic', seed },
    start: { after },
    clock: {
      now: () => epochMs(wall.time),
      sleep: async (ms) => {
        wall.slept.push(ms)
        wall.time += ms
        await Promise.resolve()
      },
    },
  })
  const pollAll = () => {
    const bars: Bar[] = []
    for (let bar = feed.poll(); bar; bar = feed.poll()) bars.push({ ...bar })
    return bars
  }
  return { feed, wall, pollAll }
}

const never = new AbortController().signal

describe('the synthetic feed', () => {
  it('gives a new bot the last hour of the session at once', () => {
    const bars = synthetic(OPEN).pollAll()
    expect(bars).toHaveLength(60)
    expect(bars[0]?.time).toBe(at('2026-11-20T15:00'))
    expect(bars.at(-1)?.time).toBe(at('2026-11-20T15:59'))
  })

  it('gives no bar of before the open', () => {
    expect(synthetic('2026-11-20T14:50:10').pollAll()).toHaveLength(20)
  })

  it('gives a bar when its minute has ended, and not before', async () => {
    const { feed, wall, pollAll } = synthetic(OPEN)
    pollAll()
    wall.time = at('2026-11-20T16:00:59')
    expect(feed.poll()).toBeUndefined()
    wall.time = at('2026-11-20T16:01')
    expect(feed.poll()?.time).toBe(at('2026-11-20T16:00'))
    expect(feed.poll()).toBeUndefined()
    const step = await feed.next(never)
    expect(step).toMatchObject({ kind: 'bar', bar: { time: at('2026-11-20T16:01') } })
    expect(wall.slept.reduce((sum, ms) => sum + ms, 0)).toBe(60_000)
    expect(wall.time).toBe(at('2026-11-20T16:02'))
  })

  it('goes on with the same market when it is opened again, without repeating a bar', () => {
    const whole = synthetic('2026-11-20T17:00:00', { after: at('2026-11-20T15:00') }).pollAll()
    const before = synthetic('2026-11-20T16:20:00', { after: at('2026-11-20T15:00') }).pollAll()
    const rest = synthetic('2026-11-20T17:00:00', { after: before.at(-1)!.time }).pollAll()
    expect([...before, ...rest]).toEqual(whole)
    expect(whole[0]?.time).toBe(at('2026-11-20T15:01'))
    expect(whole).toHaveLength(119)
  })

  it('makes the bars that the generator stores', () => {
    const session = openSyntheticSessions(instrumentOf('SPY'), bundledCalendar()).sessionAt(at(OPEN))
    const stored = generateSession(instrumentOf('SPY'), 7, session)
    expect(synthetic('2026-11-20T20:00:00', { after: at('2026-11-20T14:29') }).pollAll()).toEqual(stored.slice(0, 330))
  })

  it('leaves out sessions that passed while the bot was away', () => {
    const bars = synthetic(OPEN, { after: at('2026-11-18T16:00') }).pollAll()
    expect(bars[0]?.time).toBe(at('2026-11-20T14:30'))
    expect(bars).toHaveLength(90)
  })

  it('goes on around the clock while the market is closed, and says so', () => {
    const { feed, pollAll } = synthetic(CLOSED)
    expect(feed.notice).toContain('market of SPY is closed')
    expect(pollAll()).toHaveLength(60)
    expect(synthetic(OPEN).feed.notice).toBeUndefined()
  })

  it('crosses from the break into the session without losing a minute', () => {
    const { wall, pollAll } = synthetic('2026-11-23T14:20:00')
    pollAll()
    wall.time = at('2026-11-23T14:40')
    expect(pollAll().map(({ time }) => time)).toEqual(
      Array.from({ length: 20 }, (_, index) => at('2026-11-23T14:20') + index * 60_000),
    )
  })

  it('repeats nothing when the clock is set back', () => {
    const { feed, wall, pollAll } = synthetic(OPEN)
    const last = pollAll().at(-1)!
    wall.time -= 3_600_000
    expect(feed.poll()).toBeUndefined()
    wall.time += 3_660_000
    expect(feed.poll()?.time).toBe(last.time + 60_000)
  })

  it('has another market for another seed, and the same for the months of one future', () => {
    const [one] = synthetic(OPEN, { seed: 1 }).pollAll()
    const [two] = synthetic(OPEN, { seed: 2 }).pollAll()
    expect(one?.close).not.toBe(two?.close)
    expect(synthetic(OPEN, { symbol: 'ESZ6' }).pollAll()).toEqual(synthetic(OPEN, { symbol: 'ESH7' }).pollAll())
  })

  it('ends when it is closed and stops waiting when it is told to', async () => {
    const { feed, pollAll } = synthetic(OPEN)
    pollAll()
    expect(await feed.next(AbortSignal.abort())).toEqual({ kind: 'aborted' })
    feed.close()
    expect(feed.poll()).toBeUndefined()
    expect(await feed.next(never)).toEqual({ kind: 'ended' })
  })
})
