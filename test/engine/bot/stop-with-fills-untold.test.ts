import { expect, it, onTestFinished } from 'vitest'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import type { Feed } from '../../../src/domain/feed/feed.ts'
import { runBot } from '../../../src/engine/bot/run-bot.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL } from '../../support/trade-rig.ts'

const NO_BARS: Feed = { poll: () => undefined, next: () => Promise.resolve({ kind: 'ended' }), close: () => undefined }

/** A bot that is asked to stop; its entry fills two lots while it is canceled, and the broker tells of them later. */
async function stopWhileFilling(answersAfter: number) {
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN })
  onTestFinished(() => rig.close())
  const order = { kind: 'bracket-order', side: 'buy', symbol: SYMBOL, quantity: lots(4), limitPx: ticks(PX) } as const
  const entry = firstOrder(await rig.trade({ ...order, stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) }))
  const { broker } = rig.venue
  const cancel = broker.cancel.bind(broker)
  broker.cancel = (id) => {
    rig.venue.fill(entry, 2)
    rig.venue.deliver(() => [])
    rig.venue.silence(true)
    return cancel(id)
  }
  let pauses = 0
  rig.book.stop = { flatten: false, keepOrders: false }
  const end = await runBot(rig.ctx, rig.book, NO_BARS, {
    wait: () => Promise.resolve({ kind: 'aborted' }),
    breathless: () => false,
    breathe: () => Promise.resolve(),
    pause: () => Promise.resolve(void (++pauses === answersAfter && rig.venue.silence(false))),
    feedTrouble: () => undefined,
    reconcileDue: () => true,
    auditDue: () => false,
    trading: () => undefined,
    flat: () => undefined,
  })
  return { rig, end }
}

it('a bot that stops hears what its canceled entry has filled, and leaves no position without its stop', async () => {
  const { rig, end } = await stopWhileFilling(2)
  const stops = rig.venue.open().filter(({ order }) => order.purpose === 'stop')
  expect([rig.venue.held(SYMBOL), stops.map(({ quantity }) => quantity)]).toEqual([2, [2]])
  expect(end).toEqual({ reason: 'requested', message: expect.stringContaining('2 lots open') })
})

it('one whose broker keeps silent ends, and never says that the account is flat', async () => {
  const { end } = await stopWhileFilling(100)
  expect(end).toMatchObject({ reason: 'requested', warning: expect.stringContaining('not told the fills') })
  expect(end.message).not.toContain('flat')
})
