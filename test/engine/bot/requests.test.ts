import { describe, expect, it } from 'vitest'
import Database from 'better-sqlite3'
import type { TradeCommand, TradeOutcome } from '../../../src/domain/order/trade-command.ts'
import type { Strategy } from '../../../src/domain/strategy/strategy.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import type { BotBook } from '../../../src/engine/bot/bot-book.ts'
import { openRig, RIG_ACCOUNT, walkBars, type Rig } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const bars = walkBars(120, 7)

const BUY: TradeCommand = { kind: 'buy', symbol: 'TESTZ9', quantity: lots(2) }

function ask(book: BotBook, command: TradeCommand, signalId: string): Promise<TradeOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<TradeOutcome>()
  book.requests.push({ command, signalId, settle: resolve, fail: reject })
  return promise
}

/** Does nothing by itself but what a test has it propose. */
function quiet(propose: (bar: number) => TradeCommand | undefined): Strategy {
  return {
    id: 'quiet',
    title: 'Quiet',
    parameters: [],
    open: ({ snapshot }) => {
      let bar = (snapshot as number | undefined) ?? 0
      return {
        onBar: () => {
          const command = propose(++bar)
          return (
            command && { kind: 'trade', command, reasons: [{ code: 'test', text: `bar ${bar}` }], features: { bar } }
          )
        },
        snapshot: () => bar,
        takeWarnings: () => [],
        indicators: () => undefined,
      }
    },
  }
}

function all<T>(rig: Rig, sql: string): T[] {
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}

describe('a trade that is asked of a running bot', () => {
  it('is carried out between two bars and answered with what became of it', async () => {
    const answers: Promise<TradeOutcome>[] = []
    const rig = openRig({
      home: tempHome(),
      bars,
      strategy: quiet(() => undefined),
      edge: {
        auditDue: () => {
          if (rig.book.lastBar?.time === bars[10]!.time) answers.push(ask(rig.book, BUY, 'mine-1'))
          return false
        },
      },
    })
    await rig.run()
    const orders = all<{ status: string; signal_id: string }>(rig, 'SELECT status, signal_id FROM orders')
    await rig.close()
    expect(await Promise.all(answers)).toMatchObject([{ kind: 'accepted' }])
    expect(orders).toEqual([{ status: 'filled', signal_id: 'mine-1' }])
    expect(rig.book.position.quantity).toBe(2)
  })

  it('is the same order when it is asked for again', async () => {
    const answers: Promise<TradeOutcome>[] = []
    const rig = openRig({
      home: tempHome(),
      bars,
      strategy: quiet(() => undefined),
      edge: {
        auditDue: () => {
          const { lastBar } = rig.book
          if (lastBar && lastBar.time >= bars[10]!.time && answers.length < 3)
            answers.push(ask(rig.book, BUY, 'mine-1'))
          return false
        },
      },
    })
    await rig.run()
    const orders = all(rig, 'SELECT status FROM orders')
    await rig.close()
    expect(await Promise.all(answers)).toHaveLength(3)
    expect(orders).toHaveLength(1)
  })

  it('is refused in words when the bot ends before it comes to it', async () => {
    const rig = openRig({
      home: tempHome(),
      bars,
      strategy: quiet(() => undefined),
      onBook: (book) => (book.stop = { flatten: false, keepOrders: false }),
    })
    const answer = ask(rig.book, BUY, 'late')
    await rig.run()
    await rig.close()
    expect(await answer).toMatchObject({ kind: 'refused', refusal: { code: 'not-running' } })
    expect(rig.book.opens.size).toBe(0)
  })
})

describe('a trade that a strategy proposes', () => {
  const sell: TradeCommand = { kind: 'sell', symbol: 'TESTZ9', quantity: lots(2) }

  it('goes through the trading service, once for its bar', async () => {
    const rig = openRig({
      home: tempHome(),
      bars,
      strategy: quiet((bar) => (bar === 5 ? BUY : bar === 20 ? sell : undefined)),
    })
    await rig.run()
    const orders = all<{ signal_id: string; purpose: string }>(
      rig,
      'SELECT signal_id, purpose FROM orders ORDER BY seq',
    )
    const trades = all<{ quantity: number }>(rig, 'SELECT quantity FROM trades')
    const why = all<{ reasons: string; features: string }>(rig, 'SELECT reasons, features FROM decisions ORDER BY seq')
    await rig.close()
    expect(orders).toEqual([
      { signal_id: `TESTZ9:1m:${bars[4]!.time}:trade`, purpose: 'entry' },
      { signal_id: `TESTZ9:1m:${bars[19]!.time}:trade`, purpose: 'exit' },
    ])
    expect(trades).toEqual([{ quantity: 2 }])
    expect(why.map(({ reasons }) => (JSON.parse(reasons) as { text: string }[])[0]!.text)).toEqual(['bar 5', 'bar 20'])
    expect(why[0]!.features).toBe('{"bar":5}')
  })

  it('that cannot be understood is a decision not to trade, with the reason', async () => {
    const odd = { kind: 'limit-order', side: 'buy', symbol: 'TESTZ9', quantity: lots(0), limitPx: ticks(1) } as const
    const rig = openRig({ home: tempHome(), bars, strategy: quiet((bar) => (bar === 5 ? odd : undefined)) })
    await rig.run()
    const decisions = all<{ action: string; reasons: string }>(rig, 'SELECT action, reasons FROM decisions')
    await rig.close()
    expect(decisions).toHaveLength(1)
    expect(decisions[0]!.action).toBe('hold')
    expect(rig.book.opens.size).toBe(0)
  })

  it('is looked at and not made on a bar of the past, unless it closes', async () => {
    let now = 0
    const rig = openRig({
      home: tempHome(),
      bars: bars.slice(0, 20),
      realTime: () => now,
      strategy: quiet((bar) => {
        // The first bars come as they end; after the eighth the feed is an hour late.
        now = bars[bar - 1]!.time + (bar <= 8 ? 60_000 : 3_660_000)
        if (bar === 5) return BUY
        if (bar === 10) return { ...BUY, quantity: lots(1) }
        return bar === 15 ? sell : undefined
      }),
    })
    await rig.run()
    const decisions = all<{ action: string; reasons: string }>(
      rig,
      'SELECT action, reasons FROM decisions ORDER BY seq',
    )
    await rig.close()
    expect(decisions.map(({ action }) => action)).toEqual(['enter', 'hold', 'exit'])
    expect(decisions[1]!.reasons).toContain('stale-bar')
    expect(rig.book.position.quantity).toBe(0)
  })
})
