import { describe, expect, it } from 'vitest'
import type { HeldState } from '../../../src/adapters/state-db/open-state.ts'
import { openRig, walkBars } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const bars = walkBars(200, 2)

class Killed extends Error {}

/** Ends the process as the first fill is to be written: the venue has it, we have not. */
function killedAtFirstFill(store: HeldState): HeldState {
  return {
    ...store,
    insertFill: () => {
      throw new Killed()
    },
  }
}

async function homeOfKilledBot(): Promise<string> {
  const home = tempHome()
  const rig = openRig({ home, bars, wrapStore: killedAtFirstFill })
  await expect(rig.run()).rejects.toThrow(Killed)
  await new Promise((resolve) => setImmediate(resolve))
  await rig.close()
  return home
}

describe('a bot that was killed before it heard of a fill', () => {
  it('keeps the stop of that position when it is started again and stopped at once', async () => {
    const rig = openRig({
      home: await homeOfKilledBot(),
      bars,
      onBook: (book) => (book.stop = { flatten: false, keepOrders: false }),
    })
    expect(await rig.run()).toMatchObject({ reason: 'requested' })
    const held = await rig.ctx.broker.positions()
    const open = await rig.ctx.broker.openOrders()
    await rig.close()
    expect(held).toMatchObject({ ok: true, value: [{ symbol: 'TESTZ9' }] })
    expect(rig.book.position.quantity).not.toBe(0)
    const purposes = open.ok ? open.value.map(({ purpose }) => purpose) : []
    expect(purposes.sort()).toEqual(['stop', 'target'])
  })

  it('closes that position when it is started again and told to stop flat', async () => {
    const rig = openRig({
      home: await homeOfKilledBot(),
      bars,
      onBook: (book) => (book.stop = { flatten: true, keepOrders: false }),
    })
    expect(await rig.run()).toMatchObject({ reason: 'requested' })
    const held = await rig.ctx.broker.positions()
    await rig.close()
    expect(held).toEqual({ ok: true, value: [] })
    expect(rig.book.position.quantity).toBe(0)
  })
})

describe('a broker that fills an entry while its cancel is on the wire', () => {
  it('leaves the position with its stop, whenever the fill is told', async () => {
    let raced = 0
    const rig = openRig({
      home: tempHome(),
      bars,
      onBook: (book, ctx) => {
        const { store } = ctx
        const saved = store.insertOrder
        Object.assign(store, {
          insertOrder: (record: Parameters<typeof saved>[0]) => {
            saved(record)
            book.stop = { flatten: false, keepOrders: false }
          },
        })
      },
      wrapBroker: (broker) => ({
        ...broker,
        // The venue matches the next bar before it reads our cancel, and its report of the fill is still under way.
        cancel: async (id) => {
          const entry = await broker.orderByClientId(id)
          if (entry.ok && entry.value?.purpose === 'entry' && raced++ === 0) {
            const at = entry.value.at + 60_000
            const next = bars.find(({ time }) => time === at)
            broker.onExecution(() => undefined)
            if (next) await broker.observe(next, new Date(0).toISOString().slice(0, 10))
          }
          return broker.cancel(id)
        },
      }),
    })
    expect(await rig.run()).toMatchObject({ reason: 'requested' })
    const open = await rig.ctx.broker.openOrders()
    const held = await rig.ctx.broker.positions()
    await rig.close()
    expect(raced).toBeGreaterThan(0)
    expect(held).toMatchObject({ ok: true, value: [{ symbol: 'TESTZ9', quantity: rig.book.position.quantity }] })
    const purposes = open.ok ? open.value.map(({ purpose }) => purpose) : []
    expect(purposes.sort()).toEqual(['stop', 'target'])
  })
})

describe('a broker that is out of reach while the account is flattened', () => {
  it('is asked again, and the account is not called flat while an entry may still fill', async () => {
    let refusals = 0
    const openWhenFlat: string[][] = []
    const rig = openRig({
      home: tempHome(),
      bars,
      onBook: (book, { store }) => {
        const saved = store.insertOrder
        let first = true
        Object.assign(store, {
          insertOrder: (record: Parameters<typeof saved>[0]) => {
            saved(record)
            if (first) book.flattening = 'asked for'
            first = false
          },
        })
      },
      wrapBroker: (broker) => ({
        ...broker,
        cancel: (id) =>
          refusals++ < 2 ? Promise.resolve({ ok: false, failure: { kind: 'disconnected' } }) : broker.cancel(id),
      }),
      edge: { flat: () => void openWhenFlat.push([...rig.book.opens.values()].map(({ order }) => order.purpose)) },
    })
    await rig.run()
    await rig.close()
    expect(refusals).toBeGreaterThan(1)
    expect(openWhenFlat).toEqual([[]])
  })
})

describe('a request that comes while the bot is busy', () => {
  it('is obeyed before the wait for the next bar', async () => {
    const rig = openRig({
      home: tempHome(),
      bars: [],
      edge: { trading: () => (rig.book.stop = { flatten: false, keepOrders: false }) },
    })
    expect(await rig.run()).toMatchObject({ reason: 'requested' })
    await rig.close()
  })
})

describe('a broker that stays out of reach', () => {
  it('is one reason not to enter, however often it is asked', async () => {
    const rig = openRig({ home: tempHome(), bars: [] })
    const before = rig.book.unreconciled.length
    for (let i = 0; i < 1_000; i++) rig.book.mustReconcile('cancel of a: disconnected')
    expect(rig.book.unreconciled.length).toBe(before + 1)
    await rig.close()
  })
})

describe('a bot that is killed while it closes everything', () => {
  /** In a position whose exit the broker does not take, then gone. */
  async function killedWhileFlattening(home: string): Promise<void> {
    const rig = openRig({
      home,
      bars: bars.slice(0, 100),
      onBook: (book, ctx) => {
        const saved = ctx.store.savePosition
        Object.assign(ctx.store, {
          savePosition: (symbol: string, state: unknown) => {
            saved(symbol, state)
            if (!book.stop) book.stop = { flatten: true, keepOrders: false }
          },
        })
      },
      wrapBroker: (broker) => ({
        ...broker,
        submit: (order) => {
          if (order.purpose === 'exit') throw new Killed()
          return broker.submit(order)
        },
      }),
    })
    await expect(rig.run()).rejects.toThrow(Killed)
    expect(rig.book.position.quantity).not.toBe(0)
    await rig.close()
  }

  it('goes on closing when it is started again without being asked, says so, and then trades on', async () => {
    const home = tempHome()
    await killedWhileFlattening(home)
    const told: string[] = []
    const note = (event: string) => void told.push(event)
    const seen: (string | undefined)[] = []
    const rig = openRig({
      home,
      bars,
      log: { info: note, warn: note, error: note },
      edge: { flat: () => void seen.push(rig.book.flattening) },
      onBook: (book) => void seen.push(book.flattening),
    })
    expect(await rig.run()).toMatchObject({ reason: 'feed-ended' })
    expect(seen).toEqual(['stop with flatten', undefined])
    expect(told.indexOf('flatten-resumed')).toBeLessThan(told.indexOf('flat'))
    expect(told.indexOf('decision-enter')).toBeGreaterThan(told.indexOf('flat'))
    expect(rig.store.flattenWish()).toBeUndefined()
    await rig.close()
  })

  it('does not close again once it was flat', async () => {
    const home = tempHome()
    await killedWhileFlattening(home)
    const second = openRig({ home, bars: bars.slice(0, 150) })
    await second.run()
    await second.close()
    const third = openRig({ home, bars })
    expect(third.book.flattening).toBeUndefined()
    await third.close()
  })
})

describe('a stop while the broker does not take cancels', () => {
  async function stopWithWorkingEntry(refusals: number) {
    let asked = 0
    let pauses = 0
    const told: string[] = []
    const note = (event: string) => void told.push(event)
    const rig = openRig({
      home: tempHome(),
      // No volume: the entry goes on working.
      bars: bars.map((bar) => ({ ...bar, volume: 10 })),
      riskPerTradeBps: 9_000,
      log: { info: note, warn: note, error: note },
      onBook: (book, { store }) => {
        const saved = store.insertOrder
        Object.assign(store, {
          insertOrder: (record: Parameters<typeof saved>[0]) => {
            saved(record)
            book.stop = { flatten: false, keepOrders: false }
          },
        })
      },
      wrapBroker: (broker) => ({
        ...broker,
        cancel: (id) =>
          asked++ < refusals ? Promise.resolve({ ok: false, failure: { kind: 'disconnected' } }) : broker.cancel(id),
      }),
      edge: { pause: () => Promise.resolve(void pauses++) },
    })
    const end = await rig.run()
    await rig.close()
    return { end, asked, pauses, told }
  }

  it('asks again, and ends as asked when the broker takes it', async () => {
    const { end, asked, pauses, told } = await stopWithWorkingEntry(3)
    expect(end).toMatchObject({ reason: 'requested' })
    expect(end.warning).toBeUndefined()
    expect([asked, pauses]).toEqual([4, 3])
    expect(told).toContain('cancel-again')
  })

  it('gives up after a few times and says that the order may still be working', async () => {
    const { end, asked, told } = await stopWithWorkingEntry(Number.POSITIVE_INFINITY)
    expect(asked).toBe(5)
    expect(end.message).toMatch(/(buy|sell) \d+ TESTZ9 may still be working; look at the account there/)
    expect(end.warning).toBe(end.message)
    expect(told).toContain('orders-left-working')
  })
})
