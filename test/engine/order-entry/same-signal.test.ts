import { describe, expect, it, onTestFinished } from 'vitest'
import { assessShape } from '../../../src/domain/options/assess-shape.ts'
import type { ListedOption } from '../../../src/domain/options/option-market.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { RIG_INSTRUMENT } from '../../support/bot-rig.ts'
import { ABLE } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig, SYMBOL } from '../../support/trade-rig.ts'

const PRICE = String((16_000 * RIG_INSTRUMENT.tickUnits) / 10 ** RIG_INSTRUMENT.priceDigits)
const CALL: ListedOption = {
  ...{ ...RIG_INSTRUMENT, symbol: `${SYMBOL} C${PRICE}`, root: `${SYMBOL}OPT`, kind: 'option' },
  option: {
    ...{ underlying: SYMBOL, type: 'call', style: 'european', strike: PRICE, expiry: '2020-01-31', settlement: 'cash' },
  },
}

/** An account whose option mathematics waits until it is released. */
function open() {
  let release: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  const never = () => {
    throw new Error('not asked here')
  }
  const rig = openTradeRig({
    ...{ home: tempHome(), capabilities: ABLE, options: [CALL] },
    quote: () => ({ bid: ticks(40), ask: ticks(41), markPx: ticks(40) }),
    pricing: {
      ...{ price: never, impliedVolatility: never },
      checkShape: async (question) => {
        await gate
        return { ok: true, value: assessShape(question) }
      },
    },
  })
  onTestFinished(() => rig.close())
  return { rig, release }
}

const buy = {
  kind: 'buy-call',
  underlying: SYMBOL,
  expiry: { nth: 0 },
  strike: { price: PRICE },
  quantity: lots(1),
} as const

describe('a signal that comes again while its first call waits for an answer', () => {
  it('gets the outcome of the first, and sends nothing', async () => {
    const { rig, release } = open()
    const both = Promise.all([rig.trade(buy, 'same'), rig.trade(buy, 'same')])
    release()
    const [first, second] = await both
    expect(first).toMatchObject({ kind: 'accepted' })
    expect(second).toEqual(first)
    expect(rig.venue.calls).toHaveLength(1)
  })

  it('is refused where it comes with another command', async () => {
    const { rig, release } = open()
    const first = rig.trade(buy, 'same')
    const second = rig.trade({ ...buy, quantity: lots(2) }, 'same')
    release()
    expect(await second).toMatchObject({ kind: 'refused', refusal: { code: 'trade-invalid' } })
    expect(await first).toMatchObject({ kind: 'accepted' })
    expect(rig.venue.calls).toHaveLength(1)
  })
})
