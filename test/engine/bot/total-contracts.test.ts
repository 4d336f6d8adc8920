import { describe, expect, it } from 'vitest'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { leavesOf } from '../../../src/engine/order-entry/account-view.ts'
import type { BotBook } from '../../../src/engine/bot/bot-book.ts'
import { openRig, otherInstrument, RIG_INSTRUMENT, walkBars } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const MICRO: Instrument = { ...otherInstrument('TINYZ9', 'TINY'), contractMilli: 100 }

/** The most contracts, in thousandths, that were ever held and working, and every reason that entries met. */
async function trade(maxTotalContractsMilli: number) {
  let book: BotBook | undefined
  let most = 0
  const reasons = new Set<string>()
  const look = () => {
    const share = (symbol: string) => (symbol === RIG_INSTRUMENT.symbol ? 1_000 : 100)
    let sum = 0
    for (const held of book!.positions.values()) sum += Math.abs(held.quantity) * share(held.symbol)
    for (const record of book!.opens.values())
      if (record.order.purpose === 'entry') sum += leavesOf(record) * share(record.order.symbol)
    most = Math.max(most, sum)
  }
  const rig = openRig({
    ...{ home: tempHome(), bars: walkBars(400, 3), also: [{ instrument: MICRO, bars: walkBars(400, 8) }] },
    limits: { maxTotalContractsMilli, maxPositionLots: 50, maxOrderLots: 50 },
    onBook: (of) => void (book = of),
    edge: {
      breathless: () => {
        look()
        return false
      },
    },
    log: {
      ...{ warn: () => undefined, error: () => undefined },
      info: (event, _message, fields) => {
        // While a fill is booked its lots are both held and working.
        if (event === 'decision-enter') look()
        for (const code of (fields?.['reasons'] as readonly string[] | undefined) ?? []) reasons.add(code)
      },
    },
  })
  await rig.run()
  await rig.close()
  return { most, reasons: [...reasons] }
}

describe('a strategy with a mini and a micro', () => {
  it('holds no more contracts of both together than the limit', async () => {
    const limited = await trade(5_000)
    expect(limited.most).toBeLessThanOrEqual(5_000)
    expect(limited.most).toBeGreaterThan(4_000)
    expect(limited.reasons).toContain('max-total')
    expect((await trade(0)).most).toBeGreaterThan(5_000)
  })
})
