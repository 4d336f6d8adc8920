import { describe, expect, it } from 'vitest'
import { openEventRing } from '../../../../src/apps/launcher/event-ring.ts'
import { mergeTopics, type TopicSource } from '../../../../src/apps/launcher/live/merge-topics.ts'
import type { LiveEvent } from '../../../../src/contracts/launcher/live.ts'
import { refusal } from '../../../../src/domain/failure/refusal.ts'

type Line = LiveEvent & { type: 'records' }
const say = (accountId: string): Line => ({ type: 'records', accountId })
const inOrder = (texts: (string | undefined)[]) => texts.toSorted((x = '', y = '') => (x < y ? -1 : 1))
const text = (event: LiveEvent | undefined) => (event?.type === 'records' ? event.accountId : event?.type)

/** Two topics, `a` and `b`, whose snapshots say so. */
function topics() {
  const a = openEventRing<LiveEvent>('run', 100, () => say('a: all'))
  const b = openEventRing<LiveEvent>('run', 100, () => say('b: all'))
  const sources: Record<string, TopicSource> = { a: a.read, b: b.read }
  const read = (names: string[], lastId?: string) => {
    const end = new AbortController()
    const chosen = new Map(names.map((name) => [name, sources[name]!]))
    const events = mergeTopics(chosen, lastId, { now: () => 0, describe: () => REFUSED }, end.signal)
    let id = lastId
    return {
      /** The next events, and the id of the last of them. */
      async take(count: number) {
        const seen: (string | undefined)[] = []
        while (seen.length < count) {
          const { value } = await events.next()
          id = value!.id
          seen.push(text(value!.event))
        }
        return { seen, id }
      },
      end: () => end.abort(),
      events,
    }
  }
  return { a, b, sources, read }
}

const REFUSED = refusal('account-unknown', 'There is no such account.', 'See the list.')

describe('several topics in one stream', () => {
  it('each begin with the whole, then tell what happens', async () => {
    const { a, b, read } = topics()
    const page = read(['a', 'b'])
    expect((await page.take(2)).seen).toEqual(['a: all', 'b: all'])
    b.publish(say('b: 1'))
    a.publish(say('a: 1'))
    expect(inOrder((await page.take(2)).seen)).toEqual(['a: 1', 'b: 1'])
    page.end()
  })

  it('go on where each was, nothing lost and nothing twice', async () => {
    const { a, b, read } = topics()
    const { id } = await read(['a', 'b']).take(2)
    a.publish(say('a: 1'))
    b.publish(say('b: 1'))
    const { seen } = await read(['a', 'b'], id).take(2)
    expect(inOrder(seen)).toEqual(['a: 1', 'b: 1'])
  })

  it('may be others when a reader comes back: those it had go on, new ones begin with the whole', async () => {
    const { a, read } = topics()
    const { id } = await read(['a']).take(1)
    a.publish(say('a: 1'))
    const { seen, id: later } = await read(['b', 'a'], id).take(2)
    expect(inOrder(seen)).toEqual(['a: 1', 'b: all'])
    a.publish(say('a: 2'))
    expect((await read(['a'], later).take(1)).seen).toEqual(['a: 2'])
  })

  it('cost nothing but themselves when one of them can not be told of', async () => {
    const { a, sources, read } = topics()
    sources['b'] = () => ({ next: () => Promise.reject(new Error('no such log')) })
    const page = read(['a', 'b'])
    expect(inOrder((await page.take(2)).seen)).toEqual(['a: all', 'topic-ended'])
    a.publish(say('a: 1'))
    expect((await page.take(1)).seen).toEqual(['a: 1'])
    page.end()
  })

  it('say that they are there when there is nothing to tell', async () => {
    const { read } = topics()
    const page = read(['a'])
    expect((await page.take(2)).seen).toEqual(['a: all', 'beat'])
    page.end()
  })

  it('end when the reader hangs up', async () => {
    const { read } = topics()
    const page = read(['a', 'b'])
    await page.take(2)
    const next = page.events.next()
    page.end()
    expect(await next).toEqual({ done: true, value: undefined })
  })
})
