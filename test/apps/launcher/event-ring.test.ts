import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openEventRing } from '../../../src/apps/launcher/event-ring.ts'

const openRing = (capacity = 5) => {
  let sum = 0
  const ring = openEventRing<{ type: 'snapshot' | 'add'; value: number }>('run1', capacity, () => ({
    type: 'snapshot',
    value: sum,
  }))
  const add = (value: number) => {
    sum += value
    ring.publish({ type: 'add', value })
  }
  return { ring, add }
}

/** What a reader holds after applying an event to what it held. */
const apply = (held: number, event: { type: string; value: number }) =>
  event.type === 'snapshot' ? event.value : held + event.value

describe('an event ring', () => {
  it('begins with a snapshot, then tells what happens', async () => {
    const { ring, add } = openRing()
    add(1)
    const reader = ring.read(undefined, undefined)
    expect((await reader.next()).value).toEqual({ id: 'run1-1', event: { type: 'snapshot', value: 1 } })
    const next = reader.next()
    add(2)
    expect((await next).value).toEqual({ id: 'run1-2', event: { type: 'add', value: 2 } })
  })

  it('goes on after the id a reader had, without a snapshot', async () => {
    const { ring, add } = openRing()
    for (const value of [1, 2, 3]) add(value)
    const reader = ring.read('run1-1', undefined)
    expect((await reader.next()).value).toMatchObject({ id: 'run1-2', event: { value: 2 } })
    expect((await reader.next()).value).toMatchObject({ id: 'run1-3', event: { value: 3 } })
  })

  it.each(['run0-1', 'run1-99', 'run1-0', 'nonsense', '', 'run1--1', 'run1-1.5'])(
    'begins anew after an id it no longer or never had: %j',
    async (id) => {
      const { ring, add } = openRing(2)
      for (const value of [1, 2, 3]) add(value)
      expect((await ring.read(id, undefined).next()).value).toMatchObject({ event: { type: 'snapshot', value: 6 } })
    },
  )

  it('gives a reader that fell behind a snapshot instead of a queue', async () => {
    const { ring, add } = openRing(3)
    const reader = ring.read(undefined, undefined)
    await reader.next()
    for (let n = 0; n < 100; n++) add(1)
    expect((await reader.next()).value).toMatchObject({ id: 'run1-100', event: { type: 'snapshot', value: 100 } })
  })

  it('lets go of a reader that hangs up', async () => {
    const { ring } = openRing()
    const hangUp = new AbortController()
    const reader = ring.read(undefined, hangUp.signal)
    await reader.next()
    const waiting = reader.next()
    hangUp.abort()
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  it('leaves no reader with a wrong picture, whenever it reads, loses its connection and resumes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('add', 'read', 'reconnect'), { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        async (steps, capacity) => {
          const { ring, add } = openRing(capacity)
          let sum = 0
          let held = 0
          let lastId: string | undefined
          let reader = ring.read(lastId, undefined)
          const readOne = async () => {
            const { value } = await reader.next()
            held = apply(held, value!.event)
            lastId = value!.id
          }
          for (const step of steps) {
            if (step === 'add') add((sum += 1) && 1)
            else if (step === 'reconnect') reader = ring.read(lastId, undefined)
            else if (lastId !== `run1-${sum}`) await readOne()
          }
          while (lastId !== `run1-${sum}`) await readOne()
          expect(held).toBe(sum)
        },
      ),
    ))
})
