import { expect, it } from 'vitest'
import type { SharedSignal } from '../../../../src/contracts/cloud/push.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { transact } from '../../../../src/adapters/cloud-db/transact.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { hearing, pushDeskOf } from '../../../support/push-rig.ts'

const signalOf = (confidence: number): SharedSignal => ({
  symbol_class: 'index-future',
  side: 'buy',
  strategy: 'vwap-bounce',
  confidence,
})
const nothing = (): void => undefined
const A_DAY = 86_400_000

describeOnBothDatabases('the desk that pushes', (open, kind) => {
  it('tells all who listen, in order', async () => {
    const { desk } = await pushDeskOf((await open()).db)
    const { heard, listener } = hearing(['signal'])
    await desk.listen(listener, undefined, nothing)
    for (const confidence of [0.1, 0.2, 0.3]) await desk.publish('signal', signalOf(confidence), 'everyone')
    await expect.poll(() => heard.map(({ payload }) => payload)).toEqual([0.1, 0.2, 0.3].map(signalOf))
  })

  it('tells only what was asked for', async () => {
    const { desk } = await pushDeskOf((await open()).db)
    const { heard, listener } = hearing(['calendar'])
    await desk.listen(listener, undefined, nothing)
    await desk.publish('signal', signalOf(0.5), 'everyone')
    await desk.publish('calendar', { revision: 2, emergency: null, withdrawn: null }, 'everyone')
    await expect.poll(() => heard.map(({ topic }) => topic)).toEqual(['calendar'])
  })

  it('tells one user what is for him alone, on all of his devices', async () => {
    const { desk } = await pushDeskOf((await open()).db)
    const [mine, mineToo, other, nobody] = ['a', 'a', 'b', undefined].map((user) =>
      hearing(['licence', 'signal'], user),
    )
    for (const one of [mine, mineToo, other, nobody]) await desk.listen(one!.listener, undefined, nothing)
    await desk.publish('licence', { licence_id: 'lic_1', change: 'revoked' }, { userId: 'a' })
    await desk.publish('signal', signalOf(1), 'everyone')
    await expect.poll(() => nobody!.heard.length).toBe(1)
    expect([mine, mineToo, other, nobody].map((one) => one!.heard.length)).toEqual([2, 2, 1, 1])
  })

  it('tells whoever was away what he missed, then what comes, each once', async () => {
    const { desk } = await pushDeskOf((await open()).db)
    const first = await desk.publish('signal', signalOf(0.1), 'everyone')
    await desk.publish('signal', signalOf(0.2), 'everyone')
    const late = hearing(['signal'])
    // Published while it begins to listen: some of it is past, some of it comes.
    const publishing = Promise.all([0.3, 0.4, 0.5].map((one) => desk.publish('signal', signalOf(one), 'everyone')))
    const starts: unknown[] = []
    await desk.listen(late.listener, first, (start) => starts.push(start))
    await publishing
    await expect.poll(() => late.heard.length).toBe(4)
    const seqs = late.heard.map(({ seq }) => seq)
    expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b))
    expect(starts).toEqual([{ seq: first, complete: true }])
  })

  it('says so where some of what was missed is no longer kept', async () => {
    const { db } = await open()
    const { desk, clock } = await pushDeskOf(db, { pollMs: 20 })
    const first = await desk.publish('signal', signalOf(0.1), 'everyone')
    await desk.publish('signal', signalOf(0.2), 'everyone')
    clock.now = epochMs(clock.now + 8 * A_DAY)
    const newest = await desk.publish('signal', signalOf(0.3), 'everyone')
    // The newest is always kept, and old ones are looked for once an hour: that may have been before this one came.
    clock.now = epochMs(clock.now + A_DAY)
    const kept = () => db.selectFrom('pushes').select('seq').execute()
    await expect.poll(kept).toEqual([{ seq: newest }])
    const starts: boolean[] = []
    await desk.listen(hearing(['signal']).listener, first, ({ complete }) => starts.push(complete))
    await desk.listen(hearing(['signal']).listener, newest, ({ complete }) => starts.push(complete))
    await desk.listen(hearing(['signal']).listener, newest + 1_000, ({ complete }) => starts.push(complete))
    expect(starts).toEqual([false, true, false])
  })

  it('drops who can hold no more, and nobody else', async () => {
    const { desk } = await pushDeskOf((await open()).db)
    const [slow, quick] = [hearing(['signal']), hearing(['signal'])]
    await desk.listen({ ...slow.listener, hear: (event) => slow.heard.push(event) < 2 }, undefined, nothing)
    await desk.listen(quick.listener, undefined, nothing)
    for (const one of [0.1, 0.2, 0.3]) await desk.publish('signal', signalOf(one), 'everyone')
    await expect.poll(() => quick.heard.length).toBe(3)
    expect(slow.heard).toHaveLength(2)
    expect(desk.listeners()).toBe(1)
  })

  it('tells of a change if and only if the change is stored', async () => {
    const { db } = await open()
    const { desk } = await pushDeskOf(db)
    const { heard, listener } = hearing(['signal'])
    await desk.listen(listener, undefined, nothing)
    const fails = transact(db, async (trx) => {
      await desk.publish('signal', signalOf(0.1), 'everyone', trx)
      throw new Error('the change failed')
    })
    await expect(fails).rejects.toThrow('the change failed')
    await transact(db, (trx) => desk.publish('signal', signalOf(0.2), 'everyone', trx))
    desk.told()
    await expect.poll(() => heard.map(({ payload }) => payload)).toEqual([signalOf(0.2)])
  })

  it('hears of what another process wrote, without being told to look', async () => {
    const opened = await open()
    const here = await pushDeskOf(opened.db, { pollMs: 20 })
    const there = await pushDeskOf((await opened.again()).db, { pollMs: 60_000 })
    const { heard, listener } = hearing(['signal'])
    await here.desk.listen(listener, undefined, nothing)
    await there.desk.publish('signal', signalOf(0.7), 'everyone')
    await expect.poll(() => heard.length).toBe(1)
  })

  it('goes on after the table could not be read', async () => {
    const { db } = await open()
    const { desk } = await pushDeskOf(db, { pollMs: 20 })
    const { heard, listener } = hearing(['signal'])
    await desk.listen(listener, undefined, nothing)
    await db.schema.alterTable('pushes').renameTo('elsewhere').execute()
    await expect(desk.publish('signal', signalOf(0.1), 'everyone')).rejects.toThrow(/pushes/)
    await db.schema.alterTable('elsewhere').renameTo('pushes').execute()
    await desk.publish('signal', signalOf(0.2), 'everyone')
    await expect.poll(() => heard.length).toBe(1)
  })

  it.skipIf(kind === 'sqlite')('misses none of what many instances write at once', async () => {
    const opened = await open()
    const { desk } = await pushDeskOf(opened.db, { pollMs: 5 })
    const { heard, listener } = hearing(['signal'])
    await desk.listen(listener, undefined, nothing)
    const others = await Promise.all([1, 2, 3].map(async () => pushDeskOf((await opened.again()).db)))
    const all = Array.from({ length: 150 }, (_, n) =>
      others[n % 3]!.desk.publish('signal', signalOf(n / 150), 'everyone'),
    )
    await Promise.all(all)
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(150)
  })
})
