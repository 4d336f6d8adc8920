import { describe, expect, it } from 'vitest'
import { DELIVERY_RULES } from '../../../../src/domain/experience/delivery.ts'
import { temporaryOutbox, trades } from '../../../support/outbox-rig.ts'

describe('two senders of one home', () => {
  it('do not send beside each other', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(20)) rig.trade({ at })
    const gate = Promise.withResolvers<void>()
    const slow = rig.delivery({
      cloud: () => ({
        shared: true,
        ask: (async (...args: Parameters<typeof rig.pool.ask>) => {
          await gate.promise
          return rig.pool.ask(...args)
        }) as typeof rig.pool.ask,
      }),
    })
    const first = slow.round()
    const other = rig.delivery({ instanceId: 'launcher-2' })
    await rig.turns(other, 1)
    expect(rig.pool.asked).toHaveLength(0)
    gate.resolve()
    await first
    expect(rig.pool.asked).toHaveLength(10)
    await rig.drain(other, 120_000)
    expect(rig.pool.asked).toHaveLength(20)
  })

  it('one takes over when the other has been silent for its time, also where a clock went back', async () => {
    const rig = temporaryOutbox()
    rig.trade({ at: 1 })
    const stuck = rig.delivery({ cloud: () => ({ shared: true, ask: (() => new Promise(() => undefined)) as never }) })
    void stuck.round()
    const other = rig.delivery({ instanceId: 'launcher-2' })
    await rig.drain(other, DELIVERY_RULES.leaseMs - 1_000)
    expect(rig.pool.asked).toHaveLength(0)
    rig.pass(25_000)
    await rig.turns(other, 2)
    expect(rig.pool.asked).toHaveLength(1)

    const back = temporaryOutbox()
    back.trade({ at: 1 })
    void back.delivery({ cloud: () => ({ shared: true, ask: (() => new Promise(() => undefined)) as never }) }).round()
    back.pass(-86_400_000)
    await back.turns(back.delivery({ instanceId: 'launcher-2' }), 2)
    expect(back.pool.asked).toHaveLength(1)
  })

  it('a sender that lost its book meanwhile writes nothing into it', async () => {
    const rig = temporaryOutbox()
    rig.trade({ at: 1 })
    const gate = Promise.withResolvers<void>()
    const slow = rig.delivery({
      cloud: () => ({
        shared: true,
        ask: (async () => {
          await gate.promise
          return {
            kind: 'failed',
            failure: { kind: 'refused', code: 'key_conflict', message: '', nextStep: '', requestId: '' },
          }
        }) as never,
      }),
    })
    const first = slow.round()
    rig.pass(DELIVERY_RULES.leaseMs + 1)
    await rig.turns(rig.delivery({ instanceId: 'launcher-2' }), 2)
    gate.resolve()
    await first
    expect(rig.view()).toMatchObject({ parked: 0, deliveredToday: 1 })
  })
})
