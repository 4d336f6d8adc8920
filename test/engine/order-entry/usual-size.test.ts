import { describe, expect, it, onTestFinished } from 'vitest'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { lots, minorUnits } from '../../../src/domain/units/units.ts'
import { RIG_INSTRUMENT } from '../../support/bot-rig.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

/** A tenth of the rig's future. */
const MICRO: Instrument = {
  ...RIG_INSTRUMENT,
  ...{ symbol: 'TINYZ9', root: 'TINY', tickValue: minorUnits(125), contractMilli: 100 },
}

function openRig(options: Partial<TradeRigOptions> = {}) {
  return openTradeRig({
    ...{ home: tempHome(), capabilities: PLAIN, instruments: [RIG_INSTRUMENT, MICRO] },
    ...options,
    limits: { fatFingerMultiple: 2, maxPositionLots: 1_000, ...options.limits },
  })
}

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openRig(options)
  onTestFinished(() => rig.close())
  return rig
}

const buy = (rig: TradeRig, symbol: string, quantity: number) =>
  rig.trade({ kind: 'buy', symbol, quantity: lots(quantity) })

async function enter(rig: TradeRig, times: number, symbol: string, quantity: number): Promise<void> {
  for (let i = 0; i < times; i++) expect((await buy(rig, symbol, quantity)).kind).not.toBe('refused')
}

describe('the usual size of an account that trades micros and minis', () => {
  it('lets micros pass that are no larger than its minis', async () => {
    const rig = open()
    await enter(rig, 5, SYMBOL, 1)
    await enter(rig, 1, MICRO.symbol, 20)
    // 40 micros are 4 contracts, the usual are (5 × 1 + 2) / 6.
    expect(await buy(rig, MICRO.symbol, 40)).toMatchObject({
      kind: 'refused',
      reasons: [{ code: 'fat-finger', text: '40 lots are more than 2 × the usual 11.7' }],
    })
  })

  it('refuses minis that are far larger than its micros', async () => {
    const rig = open()
    await enter(rig, 5, MICRO.symbol, 5)
    expect(await buy(rig, SYMBOL, 5)).toMatchObject({
      kind: 'refused',
      reasons: [{ code: 'fat-finger', text: '5 lots are more than 2 × the usual 0.5' }],
    })
    await enter(rig, 1, SYMBOL, 1)
  })

  it('is the same after a restart', async () => {
    const home = tempHome()
    const before = openRig({ home })
    await enter(before, 5, MICRO.symbol, 5)
    const known = before.book.risk
    before.close()
    const rig = open({ home, venue: before.venue })
    expect(rig.book.risk).toEqual(known)
  })
})
