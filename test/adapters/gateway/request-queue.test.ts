import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  openRequestQueue,
  type RequestQueue,
  type Urgency,
} from '../../../src/adapters/brokers/gateway/request-queue.ts'

const never = new AbortController().signal

describe('the queue of requests', () => {
  let queue: RequestQueue
  let left: { name: string; at: number }[]
  const began = 1_000_000

  beforeEach(() => {
    vi.useFakeTimers({ now: began })
    queue = openRequestQueue(() => Date.now())
    left = []
  })
  afterEach(() => vi.useRealTimers())

  const request = (name: string, urgency: Urgency, signal = never) =>
    queue.run(urgency, signal, async () => {
      left.push({ name, at: Date.now() - began })
    })
  const names = () => left.map(({ name }) => name)

  it('lets nothing wait that need not', async () => {
    await request('one', 'enter')
    expect(left).toEqual([{ name: 'one', at: 0 }])
  })

  it('keeps below the pace, whatever second one looks at', async () => {
    queue.setPace(3)
    const all = Promise.all(Array.from({ length: 10 }, (_, n) => request(String(n), 'ask')))
    await vi.runAllTimersAsync()
    await all
    for (const { at } of left)
      expect(left.filter((other) => other.at >= at && other.at < at + 1_000).length).toBeLessThan(4)
    expect(left.at(-1)?.at).toBe(3_300)
  })

  it('serves what protects first, then questions, then entries', async () => {
    queue.setPace(1)
    const all = [
      request('first', 'enter'),
      request('entry', 'enter'),
      request('question', 'ask'),
      request('cancel', 'protect'),
    ]
    await vi.runAllTimersAsync()
    await Promise.all(all)
    expect(names()).toEqual(['first', 'cancel', 'question', 'entry'])
  })

  it('does not let a cancel wait for answers to questions', async () => {
    const hanging = Array.from({ length: 6 }, () => queue.run('ask', never, () => new Promise(() => undefined)))
    await request('cancel', 'protect')
    expect(names()).toEqual(['cancel'])
    expect(hanging).toHaveLength(6)
  })

  it('lets nothing out during a pause', async () => {
    queue.pauseFor(5_000)
    const cancel = request('cancel', 'protect')
    await vi.advanceTimersByTimeAsync(4_999)
    expect(names()).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await cancel
    expect(left).toEqual([{ name: 'cancel', at: 5_000 }])
  })

  it('drops what was given up while it waited', async () => {
    queue.pauseFor(5_000)
    const giveUp = new AbortController()
    const entry = request('entry', 'enter', giveUp.signal)
    giveUp.abort()
    expect(await entry).toBeUndefined()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(names()).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})
