import { describe, expect, it } from 'vitest'
import { botStatus, type Identity, type Life } from '../../../src/apps/bot/bot-status.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { openRig, RIG_INSTRUMENT, walkBars } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const who: Identity = { instanceId: 'i', accountId: 'acc', startedAt: epochMs(5), instrument: RIG_INSTRUMENT }
const life: Life = { phase: 'trading', reason: null, blind: undefined, lastError: null }

/** A bot that has run a while and is reconciled. */
async function ran() {
  const rig = openRig({ home: tempHome(), bars: walkBars(60, 7) })
  await rig.run()
  return rig
}

describe('what a bot says of itself', () => {
  it('is "starting" until its state is open, whatever it will be then', () => {
    expect(botStatus(who, life, undefined)).toMatchObject({ state: 'starting', position: 0, generation: 0 })
  })

  it('is "trading" only while nothing stands in the way of an entry', async () => {
    const rig = await ran()
    expect(botStatus(who, life, rig)).toMatchObject({ state: 'trading', stateReason: null, currency: 'USD' })
    rig.book.mustReconcile('the outcome of order x is unknown')
    expect(botStatus(who, life, rig)).toMatchObject({
      state: 'blocked',
      stateReason: 'the outcome of order x is unknown',
    })
    await rig.close()
  })

  it('is "blind" before it is anything else, when it sees no prices', async () => {
    const rig = await ran()
    rig.book.mustReconcile('anything')
    const blind = { ...life, blind: 'no bar for 5 minutes' }
    expect(botStatus(who, blind, rig)).toMatchObject({ state: 'blind', stateReason: 'no bar for 5 minutes' })
    await rig.close()
  })

  it('says what is held without a price, whatever else it is', async () => {
    const rig = await ran()
    const unpriced = '4 ES held without a current price (no bar for 5 minutes)'
    const reason = { stateReason: unpriced }
    expect(botStatus(who, { ...life, unpriced }, rig)).toMatchObject({ state: 'trading', ...reason })
    expect(botStatus(who, { ...life, unpriced, blind: 'no bar' }, rig)).toMatchObject({ state: 'blind', ...reason })
    rig.book.mustReconcile('anything')
    expect(botStatus(who, { ...life, unpriced }, rig)).toMatchObject({
      state: 'blocked',
      stateReason: `${unpriced}; anything`,
    })
    await rig.close()
  })

  it('is "stopping" from the moment it is asked', async () => {
    const rig = await ran()
    rig.book.stop = { flatten: false, keepOrders: false }
    expect(botStatus(who, life, rig).state).toBe('stopping')
    await rig.close()
  })

  it('counts what was realised over the life of the account, as its ledger does', async () => {
    const rig = await ran()
    const { store } = rig
    const ledger = -store.ledgerBalance('realized-pnl', 'USD') - store.ledgerBalance('commission', 'USD')
    expect(ledger).not.toBe(0)
    expect(botStatus(who, life, rig).realizedPnlMinor).toBe(ledger)
    await rig.close()
  })

  it('tells what the account is worth and what its day has made of that', async () => {
    const rig = await ran()
    const { equityMinor, todayPnlMinor, unrealizedPnlMinor, lossUsed } = botStatus(who, life, rig)
    const cash = rig.store.ledgerBalance('cash', 'USD')
    expect(equityMinor).toBe(cash + unrealizedPnlMinor)
    expect(todayPnlMinor).toBe(equityMinor! - rig.book.risk.dayStartEquityMinor)
    expect(lossUsed).toBeNull()
    await rig.close()
  })

  it('counts what its logs had to say, over all its markets', () => {
    const logs = [
      { warnings: 2, errors: 0 },
      { warnings: 1, errors: 4 },
    ]
    expect(botStatus(who, { ...life, logs }, undefined)).toMatchObject({ warnings: 3, errors: 4 })
  })
})
