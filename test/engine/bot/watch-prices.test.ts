import { describe, expect, it, onTestFinished } from 'vitest'
import { epochMs, lots } from '../../../src/domain/units/units.ts'
import { exitEverything } from '../../../src/engine/bot/exit-position.ts'
import { openPriceWatch } from '../../../src/engine/bot/watch-prices.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { runWithoutBars } from '../../support/silent-loop.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, OTHER, PX, SYMBOL, type TradeRigOptions } from '../../support/trade-rig.ts'

const MINUTE = 60_000

async function hold(more: Partial<TradeRigOptions> = {}) {
  const told: string[] = []
  const note = (event: string, message: string) => void (/held/.test(event) && told.push(`${event}: ${message}`))
  const log = { info: note, warn: note, error: note }
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN, log, ...more })
  onTestFinished(() => rig.close())
  rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(4) })))
  await rig.settle()
  const watch = openPriceWatch(rig.ctx, rig.book, epochMs(0))
  const codesOf = async (symbol: string) => {
    const outcome = await rig.trade({ kind: 'buy', symbol, quantity: lots(1) })
    return outcome.kind === 'refused' ? outcome.reasons.map(({ code }) => code) : []
  }
  return { rig, told, watch, codesOf }
}

describe('a market that is held and has fallen silent', () => {
  it('is told of once, with what protects the position, and again only after it has spoken', async () => {
    const { rig, told, watch } = await hold()
    rig.wait(3 * MINUTE)
    expect([watch.look(), told]).toEqual([undefined, []])
    rig.wait(1_000)
    for (const _again of [1, 2, 3]) expect(watch.look()).toMatch(/^4 TESTZ9 held without a current price \(no bar for/)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/^held-without-price: .*count them at 4000\.00 .*No stop of theirs is at the broker/)
    rig.bar(PX)
    expect(watch.look()).toBeUndefined()
    rig.wait(4 * MINUTE)
    expect(watch.look()).toBeDefined()
    expect(told.map((text) => text.slice(0, text.indexOf(':')))).toEqual([
      'held-without-price',
      'held-price-back',
      'held-without-price',
    ])
  })

  it('is not entered, while others are and exits pass', async () => {
    const { rig, told, watch, codesOf } = await hold()
    expect(await codesOf(SYMBOL)).toEqual([])
    rig.wait(4 * MINUTE)
    expect(await codesOf(SYMBOL)).toEqual(['stale-price'])
    expect(await codesOf(OTHER.symbol)).toEqual([])
    expect(watch.look()).toBeDefined()
    for (const lane of rig.book.lanes) lane.see({ ...lane.lastBar!, time: epochMs(rig.ctx.now() - MINUTE) })
    expect([watch.look(), await codesOf(SYMBOL)]).toEqual([undefined, []])
    expect(told.at(-1)).toMatch(/^held-price-back/)
    rig.wait(10 * MINUTE)
    await exitEverything(rig.ctx, rig.book, 'flatten', [])
    expect(rig.venue.calls.at(-1)).toBe('submit exit sell 4')
  })

  it('is not closed for it', async () => {
    const { rig } = await hold()
    rig.venue.calls.length = 0
    await runWithoutBars(rig, 60 * MINUTE)
    expect([rig.venue.held(SYMBOL), rig.venue.calls]).toEqual([4, []])
  })

  it('is late by as many bars as the account says', async () => {
    const { rig, watch } = await hold({ limits: { stalePriceBars: 10 } })
    rig.wait(11 * MINUTE)
    expect(watch.look()).toBeUndefined()
    rig.wait(1_000)
    expect(watch.look()).toBeDefined()
  })

  it('is not late while it is closed, nor in a replay', async () => {
    const { rig, watch } = await hold()
    for (const lane of rig.ctx.lanes) Object.assign(lane, { sessions: { sessionAt: () => undefined } })
    rig.wait(60 * MINUTE)
    expect(watch.look()).toBeUndefined()
    const replay = await hold({ replaying: true })
    replay.rig.wait(60 * MINUTE)
    expect(replay.watch.look()).toBeUndefined()
  })
})
