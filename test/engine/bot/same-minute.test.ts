import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Bar } from '../../../src/domain/market/bar.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import type { Strategy } from '../../../src/domain/strategy/strategy.ts'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'
import { openRig, otherInstrument, RIG_ACCOUNT, RIG_INSTRUMENT } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const SECOND = otherInstrument('OTHERZ9', 'OTHER')
const FIRST = RIG_INSTRUMENT

const bars = (...closes: readonly (readonly [low: number, close: number])[]): Bar[] =>
  closes.map(([low, close], i) => ({
    time: epochMs(i * 60_000),
    ...{ open: ticks(close), high: ticks(close + 2), low: ticks(low), close: ticks(close), volume: 1_000 },
  }))
const quiet = bars([99, 100], [99, 100], [99, 100], [99, 100], [99, 100])
/** In the fourth minute, and only there, the price comes down to 90. */
const dips = bars([99, 100], [99, 100], [99, 100], [88, 100], [99, 100])

/** In the third minute the market that dips gets an order; at the end of the fourth the other one's lane acts on it. */
function twoLanes(trader: string, act: TradeCommand): Strategy {
  const order = (symbol: string): TradeCommand => ({
    ...{ kind: 'limit-order', side: 'buy', symbol, quantity: lots(1), limitPx: ticks(90), timeInForce: 'gtc' },
  })
  return {
    id: 'two-lanes',
    title: 'Two lanes',
    parameters: [],
    open: ({ instrument }) => ({
      onBar: (bar) => {
        const other = instrument.symbol !== trader
        const minute = bar.time / 60_000
        const command = minute === 2 && other ? order(instrument.symbol) : minute === 3 && !other ? act : undefined
        return command && { kind: 'trade', command, reasons: [{ code: 'plan', text: 'as planned' }], features: {} }
      },
      snapshot: () => 0,
      takeWarnings: () => [],
      indicators: () => undefined,
    }),
  }
}

async function ordersAfter(dipping: string, act: (symbol: string) => TradeCommand) {
  const of = (symbol: string) => (symbol === dipping ? dips : quiet)
  const trader = dipping === FIRST.symbol ? SECOND.symbol : FIRST.symbol
  const rig = openRig({
    ...{ home: tempHome(), bars: of(FIRST.symbol), also: [{ instrument: SECOND, bars: of(SECOND.symbol) }] },
    strategy: twoLanes(trader, act(dipping)),
  })
  await rig.run()
  await rig.close()
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  try {
    return db.prepare('SELECT symbol, purpose, status, cum_qty FROM orders ORDER BY seq').all()
  } finally {
    db.close()
  }
}

describe.each([FIRST.symbol, SECOND.symbol])(
  'what a lane asks of another market at the end of a minute (%s)',
  (symbol) => {
    const filled = { symbol, purpose: 'entry', status: 'filled', cum_qty: 1 }

    it('comes after what that market did in it: an order that filled is not canceled', async () => {
      expect(await ordersAfter(symbol, () => ({ kind: 'cancel-all', symbol }))).toEqual([filled])
    })

    it('finds what filled in it, and can close it', async () => {
      const orders = await ordersAfter(symbol, () => ({ kind: 'close-position', symbol }))
      expect(orders).toEqual([filled, { symbol, purpose: 'exit', status: 'filled', cum_qty: 1 }])
    })
  },
)
