import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openMergedFeed } from '../../../src/adapters/feeds/merged-feed.ts'
import { ReplayPace } from '../../../src/adapters/feeds/replay-pace.ts'
import type { Feed, FeedStep } from '../../../src/domain/feed/feed.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import { epochMs, ticks } from '../../../src/domain/units/units.ts'

const MINUTE = 60_000
const never = new AbortController().signal

function barAt(time: number): Bar {
  return { time: epochMs(time), open: ticks(1), high: ticks(1), low: ticks(1), close: ticks(1), volume: 0 }
}

/** Bars that are there, in one object that is used again for each, as feeds do. */
function listFeed(minutes: readonly number[], after = -1): Feed {
  const left = minutes.filter((minute) => minute > after)
  const slot = barAt(0)
  return {
    poll: () => {
      const minute = left.shift()
      return minute === undefined ? undefined : Object.assign(slot, { time: minute * MINUTE })
    },
    next: () => Promise.resolve({ kind: 'ended' }),
    close: () => undefined,
  }
}

const still = { now: () => epochMs(0), sleep: () => Promise.resolve() }
const replayOf = (feeds: readonly Feed[]) =>
  openMergedFeed({ feeds, replay: new ReplayPace('max', MINUTE, still), clock: still })

async function drain(feed: Feed, most = Infinity): Promise<string[]> {
  const seen: string[] = []
  while (seen.length < most) {
    const bar = feed.poll()
    if (bar) {
      seen.push(`${feed.lane}@${bar.time / MINUTE}`)
      continue
    }
    const step = await feed.next(never)
    if (step.kind === 'ended') break
    if (step.kind === 'bar') seen.push(`${feed.lane}@${step.bar.time / MINUTE}`)
  }
  return seen
}

describe('feeds of several instruments as one', () => {
  it('come in order of time, those of one minute in the order of the feeds', async () => {
    const seen = await drain(replayOf([listFeed([1, 3, 4]), listFeed([1, 2, 4]), listFeed([4, 9])]))
    expect(seen).toEqual(['0@1', '1@1', '1@2', '0@3', '0@4', '1@4', '2@4', '2@9'])
  })

  it('come in the same order wherever a reader stops and goes on from each lane’s last bar', async () => {
    const minutes = fc.uniqueArray(fc.nat(60), { maxLength: 25 }).map((list) => list.sort((a, b) => a - b))
    await fc.assert(
      fc.asyncProperty(fc.array(minutes, { minLength: 2, maxLength: 4 }), fc.nat(60), async (lanes, stop) => {
        const whole = await drain(replayOf(lanes.map((lane) => listFeed(lane))))
        const first = await drain(replayOf(lanes.map((lane) => listFeed(lane))), stop)
        const last = lanes.map((_, lane) =>
          Math.max(
            -1,
            ...first.filter((seen) => seen.startsWith(`${lane}@`)).map((seen) => Number(seen.split('@')[1])),
          ),
        )
        const rest = await drain(replayOf(lanes.map((lane, index) => listFeed(lane, last[index]))))
        expect([...first, ...rest]).toEqual(whole)
      }),
    )
  })

  it('tell what else has the time of the bar that was given, and give it all the same', async () => {
    const feed = replayOf([listFeed([1, 2]), listFeed([1, 3]), listFeed([2])])
    const seen: string[] = []
    const beside = () => [0, 1, 2].filter((lane) => feed.beside?.(lane) !== undefined).join()
    expect(beside()).toBe('')
    for (let step = await feed.next(never); step.kind === 'bar'; step = await feed.next(never)) {
      const { time } = step.bar
      seen.push(`${feed.lane}@${time / MINUTE} beside ${beside()}`)
      for (const lane of [0, 1, 2]) expect(feed.beside?.(lane)?.time ?? time).toBe(time)
    }
    expect(seen).toEqual(['0@1 beside 1', '1@1 beside ', '0@2 beside 2', '2@2 beside ', '1@3 beside '])
    feed.close()
    expect(beside()).toBe('')
  })

  it('are paced together: none runs ahead while the market of another is closed', async () => {
    let time = 0
    const clock = { now: () => epochMs(time), sleep: (ms: number) => Promise.resolve(void (time += ms)) }
    // The second market sleeps from minute 1 to minute 300; the first goes on.
    const night = Array.from({ length: 300 }, (_, minute) => minute)
    const feed = openMergedFeed({
      feeds: [listFeed(night), listFeed([0, 1, 300])],
      replay: new ReplayPace(60, MINUTE, clock),
      clock,
    })
    const seen: number[] = []
    for (let step: FeedStep = await feed.next(never); step.kind === 'bar'; step = await feed.next(never))
      seen.push(step.bar.time)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(time).toBe(300 * 1_000)
  })

  it('in real time wait for nobody, but take the bars of a minute in order', async () => {
    const waiting: (() => void)[] = []
    let ready = [false, false]
    const live = (lane: number): Feed => ({
      poll: () => (ready[lane] ? ((ready[lane] = false), barAt(MINUTE)) : undefined),
      next: (signal) =>
        new Promise((resolve) => {
          const look = () => {
            if (!ready[lane]) return
            ready[lane] = false
            resolve({ kind: 'bar', bar: barAt(MINUTE) })
          }
          waiting.push(look)
          signal.addEventListener('abort', () => resolve({ kind: 'aborted' }), { once: true })
        }),
      close: () => undefined,
    })
    const feed = openMergedFeed({ feeds: [live(0), live(1)], replay: undefined, clock: still })
    expect(feed.poll()).toBeUndefined()

    const alone = feed.next(never)
    ready = [false, true]
    for (const look of waiting.splice(0)) look()
    expect(await alone).toMatchObject({ kind: 'bar' })
    expect(feed.lane).toBe(1)

    const both = feed.next(never)
    ready = [true, true]
    for (const look of waiting.splice(0).reverse()) look()
    expect(await both).toMatchObject({ kind: 'bar' })
    expect(feed.lane).toBe(0)
    expect(feed.poll()).toBeDefined()
    expect(feed.lane).toBe(1)
  })

  it('end the wait when they are asked to, and lose no bar by it', async () => {
    const controller = new AbortController()
    const late: Feed = {
      poll: () => undefined,
      next: (signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'aborted' }), { once: true })),
      close: () => undefined,
    }
    const feed = openMergedFeed({ feeds: [late, late], replay: undefined, clock: still })
    const step = feed.next(controller.signal)
    controller.abort()
    expect(await step).toEqual({ kind: 'aborted' })
  })

  it('tell of the trouble of one of them', async () => {
    const sick: Feed = {
      poll: () => undefined,
      next: () => Promise.resolve({ kind: 'trouble', message: 'the disk is slow' }),
      close: () => undefined,
    }
    const feed = replayOf([listFeed([1]), sick])
    expect(await feed.next(never)).toEqual({ kind: 'trouble', message: 'the disk is slow' })
  })
})
