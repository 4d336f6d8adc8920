import { onTestFinished } from 'vitest'
import { describe, expect, it } from 'vitest'
import { tradingContext } from '../../../src/domain/context/trading-context.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { openTradingDesk } from '../../../src/engine/order-entry/trading-desk.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig, SYMBOL, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: ABLE, ...options })
  onTestFinished(() => rig.close())
  return rig
}

const buyTwo = { kind: 'buy', symbol: SYMBOL, quantity: lots(2) } as const

describe('the trading service', () => {
  it('carries out a call once: the same signal again is answered from the store and sends nothing', async () => {
    const rig = open()
    const first = await rig.trade(buyTwo, 'signal-1')
    expect(first).toMatchObject({ kind: 'accepted', orders: [expect.any(String)] })
    expect(await rig.trade(buyTwo, 'signal-1')).toEqual(first)
    expect(rig.venue.calls).toEqual(['submit entry buy 2'])
  })

  it('answers a repeated call after a restart as well', async () => {
    const home = tempHome()
    const before = open({ home })
    const first = await before.trade(buyTwo, 'signal-1')
    const after = open({ home, venue: before.venue })
    expect(await after.trade(buyTwo, 'signal-1')).toEqual(first)
    expect(before.venue.calls).toHaveLength(1)
  })

  it('tells what became of an unknown order when it is asked again after it was found', async () => {
    const rig = open()
    rig.venue.twists.submit.push('lost')
    expect(await rig.trade(buyTwo, 'signal-1')).toMatchObject({ kind: 'unknown' })
    expect(await rig.trade(buyTwo, 'signal-1')).toMatchObject({ kind: 'unknown' })
    await rig.reconcile()
    expect(await rig.trade(buyTwo, 'signal-1')).toMatchObject({ kind: 'accepted' })
    expect(rig.venue.calls).toHaveLength(1)
  })

  it('refuses another command under a name that was used', async () => {
    const rig = open()
    await rig.trade(buyTwo, 'signal-1')
    expect(await rig.trade({ ...buyTwo, quantity: lots(3) }, 'signal-1')).toMatchObject({
      kind: 'refused',
      refusal: { code: 'trade-invalid' },
    })
    expect(rig.venue.calls).toHaveLength(1)
  })

  it('remembers a refusal by a limit too', async () => {
    const rig = open({ limits: { maxNotionalMinor: 1 as never } })
    const first = await rig.trade(buyTwo, 'signal-1')
    expect(first).toMatchObject({ kind: 'refused', refusal: { code: 'trade-blocked' } })
    expect(await rig.trade(buyTwo, 'signal-1')).toEqual(first)
  })

  it.each([
    ['account', { accountId: 'other' as AccountId }],
    ['user', { userId: 'v'.repeat(12) }],
    ['mode', { mode: 'live' as const }],
  ])('refuses the context of another %s, and raises an alarm', async (_what, other) => {
    const alarms: string[] = []
    const log = { info: () => undefined, warn: () => undefined, error: (event: string) => void alarms.push(event) }
    const rig = open({ log })
    const outcome = await rig.trade(buyTwo, 's', tradingContext({ ...rig.context, ...other }))
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 'context-foreign' } })
    expect(alarms).toEqual(['context-foreign'])
    expect(rig.venue.calls).toEqual([])
    expect(rig.store.tradeCall('s')).toBeUndefined()
  })

  it('writes everything before anything is sent', async () => {
    const rig = open()
    let seen: unknown
    const { submit } = rig.venue.broker
    rig.venue.broker.submit = (order) => {
      seen = [rig.store.order(order.clientOrderId)?.status, rig.store.tradeCall('s')?.orders]
      return submit(order)
    }
    const outcome = await rig.trade(buyTwo, 's')
    expect(seen).toEqual(['sent', 'orders' in outcome ? outcome.orders : []])
  })

  it.each([
    [{ kind: 'buy', symbol: SYMBOL, quantity: lots(0) }, 'quantity 0'],
    [{ kind: 'buy', symbol: SYMBOL, quantity: 1.5 as never }, 'quantity 1.5'],
    [{ kind: 'buy', symbol: SYMBOL, quantity: 1e9 as never }, '1 to 1000000'],
    [{ kind: 'buy', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(-5) }, 'limit price -5'],
    [{ kind: 'reduce-position', symbol: SYMBOL, percent: 0 }, 'percent 0'],
    [{ kind: 'reduce-position', symbol: SYMBOL, percent: Number.NaN }, 'percent NaN'],
    [{ kind: 'trailing-stop', symbol: SYMBOL, trail: { by: 'percent', bps: 20_000 } }, 'trail 20000'],
  ] as const)('refuses %j and names the field and its range', async (command, said) => {
    const outcome = await open().trade(command)
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 'trade-invalid' } })
    expect(outcome.kind === 'refused' && outcome.refusal.message).toContain(said)
  })

  it('refuses a symbol it does not know', async () => {
    expect(await open().trade({ kind: 'buy', symbol: 'NOPE', quantity: lots(1) })).toMatchObject({
      refusal: { code: 'symbol-unknown' },
    })
  })

  it('records every reason of a refused entry as a decision, and never blocks an exit', async () => {
    const rig = open({ limits: { maxPositionLots: 2 } })
    await rig.trade(buyTwo)
    rig.venue.fill([...rig.venue.orders.keys()][0]!)
    await rig.settle()
    rig.book.mustReconcile('a test says so')
    const blocked = await rig.trade(buyTwo)
    expect(blocked).toMatchObject({ kind: 'refused', refusal: { code: 'not-reconciled' } })
    expect(blocked.reasons.map(({ code }) => code)).toContain('not-reconciled')
    expect(blocked.reasons.length).toBeGreaterThan(1)
    expect(await rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(2) })).toMatchObject({ kind: 'accepted' })
  })

  it('gives the same functions to strategies and agents, one for each command', async () => {
    const rig = open({ capabilities: PLAIN })
    const desk = openTradingDesk(rig.ctx, rig.book)
    expect(Object.keys(desk)).toHaveLength(31)
    const bought = await desk.buy(rig.context, { signalId: 'd1', symbol: SYMBOL, quantity: lots(1) })
    expect(bought.kind).toBe('accepted')
    expect(await desk.buy(rig.context, { signalId: 'd1', symbol: SYMBOL, quantity: lots(1) })).toEqual(bought)
    expect(await desk.flatten(rig.context, { signalId: 'd2' })).toMatchObject({ kind: 'accepted' })
    expect(rig.venue.open()).toEqual([])
  })
})
