import { describe, expect, it, onTestFinished } from 'vitest'
import { openReplayFeed, type ReplayOptions } from '../../../src/adapters/feeds/replay-feed.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import type { Feed } from '../../../src/domain/feed/feed.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { marketHome, type MarketHome } from '../../support/market-home.ts'
import { realData } from '../../support/real-data.ts'
import { instrumentOf } from '../../support/sample-bars.ts'

const START = Date.parse('2024-01-02T14:30Z')
const at = (minute: number) => epochMs(START + minute * 60_000)
const rows = (minutes: readonly number[], prices = '5000,5001,4999,5000.5') =>
  `t,o,h,l,c,v\n${minutes.map((minute) => `${at(minute) / 1000},${prices},${minute}\n`).join('')}`
const range = (count: number) => Array.from({ length: count }, (_, index) => index)

/** A clock that moves only when somebody sleeps. */
function testClock() {
  const clock = { time: 1_000_000, slept: [] as number[] }
  return {
    clock,
    now: () => epochMs(clock.time),
    sleep: async (ms: number) => {
      clock.slept.push(ms)
      clock.time += ms
      await Promise.resolve()
    },
  }
}

function replay(home: MarketHome, options: Partial<ReplayOptions> = {}): Feed {
  const feed = openReplayFeed({
    layout: home.layout,
    instrument: instrumentOf('ESH4'),
    timeframe: '1m',
    spec: { kind: 'replay', speed: 'max' },
    start: { after: undefined },
    clock: testClock(),
    ...options,
  })
  onTestFinished(() => feed.close())
  return feed
}

const never = new AbortController().signal

async function timesOf(feed: Feed): Promise<number[]> {
  const times: number[] = []
  for (;;) {
    const step = await feed.next(never)
    if (step.kind !== 'bar') {
      expect(step).toEqual({ kind: 'ended' })
      return times
    }
    times.push((step.bar.time - START) / 60_000)
  }
}

function refusalOfOpening(home: MarketHome, options: Partial<ReplayOptions> = {}) {
  try {
    replay(home, options)
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
  return undefined
}

describe('a replay', () => {
  it('gives every stored bar once, in order, in ticks, and then ends', async () => {
    const home = marketHome()
    await home.take(rows(range(5_001)), { symbol: 'ESH4' })
    const feed = replay(home)
    expect(feed.poll()).toEqual({ time: at(0), open: 20_000, high: 20_004, low: 19_996, close: 20_002, volume: 0 })
    expect(await timesOf(feed)).toEqual(range(5_001).slice(1))
    expect(feed.poll()).toBeUndefined()
    expect(await feed.next(never)).toEqual({ kind: 'ended' })
  })

  it('hands out bars without a promise, always in the same object', async () => {
    const home = marketHome()
    await home.take(rows(range(4_500)), { symbol: 'ESH4' })
    const feed = replay(home)
    const first = feed.poll()
    let count = 1
    for (let bar = feed.poll(); bar; bar = feed.poll()) {
      if (bar !== first) expect(bar).toBe(first)
      count++
    }
    expect(count).toBe(4_500)
  })

  it('goes on after the place it had reached and repeats nothing', async () => {
    const home = marketHome()
    await home.take(rows(range(10)), { symbol: 'ESH4' })
    expect(await timesOf(replay(home, { start: { after: at(6) } }))).toEqual([7, 8, 9])
    expect(await timesOf(replay(home, { start: { after: at(9) } }))).toEqual([])
  })

  it('keeps to its span, both ends included, also when it goes on', async () => {
    const home = marketHome()
    await home.take(rows(range(10)), { symbol: 'ESH4' })
    const spec = { kind: 'replay', speed: 'max', from: at(3), to: at(6) } as const
    expect(await timesOf(replay(home, { spec }))).toEqual([3, 4, 5, 6])
    expect(await timesOf(replay(home, { spec, start: { after: at(4) } }))).toEqual([5, 6])
    expect(await timesOf(replay(home, { spec, start: { after: at(1) } }))).toEqual([3, 4, 5, 6])
  })

  it('is refused without bars, or without bars in its span, and says what there is', async () => {
    const home = marketHome()
    expect(refusalOfOpening(home)).toMatchObject({
      code: 'data-missing',
      nextStep: expect.stringContaining('data import'),
    })
    await home.take(rows([0, 1]), { symbol: 'ESH4' })
    const spec = { kind: 'replay', speed: 'max', from: at(100) } as const
    const refused = refusalOfOpening(home, { spec })
    expect(refused).toMatchObject({ code: 'data-missing' })
    expect(refused?.message).toContain('2024-01-02T14:30:00.000Z')
    expect(refusalOfOpening(home, { timeframe: '5m' })).toMatchObject({ code: 'data-missing' })
  })

  it('rounds prices between ticks to the nearest, and a bar stays a bar', async () => {
    const home = marketHome()
    await home.take(rows([0], '5000.1,5000.13,5000.07,5000.12'), { symbol: 'ESH4' })
    expect(replay(home).poll()).toMatchObject({ open: 20_000, high: 20_001, low: 20_000, close: 20_000 })
  })

  it('at a multiple of real time lets bars come in their own rhythm', async () => {
    const home = marketHome()
    await home.take(rows([0, 1, 2, 5]), { symbol: 'ESH4' })
    const clock = testClock()
    const feed = replay(home, { spec: { kind: 'replay', speed: 60 }, clock })
    expect(feed.poll()).toBeDefined()
    expect(feed.poll()).toBeUndefined()
    expect(await timesOf(feed)).toEqual([1, 2, 5])
    expect(clock.clock.slept).toEqual([1_000, 1_000, 3_000])
  })

  it('does not wait for a closed market', async () => {
    const home = marketHome()
    await home.take(rows([0, 1, 1_200, 1_201]), { symbol: 'ESH4' })
    const clock = testClock()
    expect(await timesOf(replay(home, { spec: { kind: 'replay', speed: 1 }, clock }))).toEqual([0, 1, 1_200, 1_201])
    expect(clock.clock.slept).toEqual([60_000, 60_000, 60_000])
  })

  it('does not race after the clock when the bot was away', async () => {
    const home = marketHome()
    await home.take(rows(range(100)), { symbol: 'ESH4' })
    const clock = testClock()
    const feed = replay(home, { spec: { kind: 'replay', speed: 1 }, clock })
    feed.poll()
    clock.clock.time += 3_600_000
    expect(feed.poll()).toBeDefined()
    expect(feed.poll()).toBeUndefined()
  })

  it('stops waiting when it is told to', async () => {
    const home = marketHome()
    await home.take(rows([0, 1]), { symbol: 'ESH4' })
    const abort = new AbortController()
    const sleep = (_: number, signal: { addEventListener: AbortSignal['addEventListener'] }) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    const feed = replay(home, {
      spec: { kind: 'replay', speed: 1 },
      clock: { now: () => epochMs(0), sleep: sleep as never },
    })
    feed.poll()
    const step = feed.next(abort.signal)
    abort.abort()
    expect(await step).toEqual({ kind: 'aborted' })
    expect(await feed.next(abort.signal)).toEqual({ kind: 'aborted' })
  })

  it('sees no bar that was imported while it ran twice', async () => {
    const home = marketHome()
    await home.take(rows([0, 2, 4]), { symbol: 'ESH4' })
    const feed = replay(home)
    feed.poll()
    await home.take(rows([1, 3]), { symbol: 'ESH4' })
    const rest = await timesOf(feed)
    expect(rest).toEqual([...new Set(rest)].toSorted((a, b) => a - b))
    expect(rest.filter((minute) => minute % 2 === 0)).toEqual([2, 4])
  })

  const real = realData('6EH4-2024-01-1m.csv.gz')
  it.skipIf(!real)('gives the prices of a real file exactly', async () => {
    const home = marketHome()
    await home.take('', { file: real!, symbol: '6EH4' })
    const feed = replay(home, { instrument: instrumentOf('6EH4') })
    const [first] = home.bars('6EH4')
    expect(feed.poll()).toMatchObject({
      time: first![0],
      open: 22_152,
      high: 22_157,
      low: 22_152,
      close: 22_156,
      volume: 205,
    })
    expect(await timesOf(feed)).toHaveLength(29_995)
  })
})
