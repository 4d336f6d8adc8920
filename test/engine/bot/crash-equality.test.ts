import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { PaperBooks } from '../../../src/domain/broker/paper-books.ts'
import type { HeldState } from '../../../src/adapters/state-db/open-state.ts'
import { minorUnits } from '../../../src/domain/units/units.ts'
import { openRig, otherInstrument, RIG_ACCOUNT, walkBars, type Rig, type RigOptions } from '../../support/bot-rig.ts'
import { watchfulStrategy } from '../../support/watchful-strategy.ts'
import { tempHome } from '../../support/temp-home.ts'

class PulledPlug extends Error {}

/** Lets a number of commits through, in either database, then ends the world before or after the next one. */
function plug(commits: number, when: 'before' | 'after') {
  let left = commits
  const guarded = <T>(commit: () => T): T => {
    if (left < 0) throw new PulledPlug()
    if (left === 0 && when === 'before') {
      left--
      throw new PulledPlug()
    }
    const result = commit()
    if (left-- === 0) throw new PulledPlug()
    return result
  }
  return {
    pulled: () => left < 0,
    wrapStore: (store: HeldState): HeldState => {
      let inside = false
      const alone = <T>(commit: () => T): T => (inside ? commit() : guarded(commit))
      return {
        ...store,
        markSent: (id, at) => alone(() => store.markSent(id, at)),
        moveOrder: (record, note) => alone(() => store.moveOrder(record, note)),
        insertOrderedCall: (call, decision, order) => alone(() => store.insertOrderedCall(call, decision, order)),
        transact: (work) => {
          if (inside) return store.transact(work)
          return guarded(() => {
            inside = true
            try {
              return store.transact(work)
            } finally {
              inside = false
            }
          })
        },
      }
    },
    wrapBooks: (books: PaperBooks): PaperBooks => ({
      ...books,
      account: () => books.account(),
      commit: (change) => guarded(() => books.commit(change)),
    }),
  }
}

type Ledger = {
  trades: unknown[]
  fills: unknown[]
  decisions: unknown[]
  actions: unknown[]
  balances: unknown[]
  orders: unknown[]
  risk: unknown[]
  breaches: unknown[]
  outbox: unknown[]
}

/** Everything that must not depend on where a run was interrupted. */
function ledgerOf(rig: Rig): Ledger {
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  const all = (sql: string) => db.prepare(sql).all()
  const ledger = {
    trades: all('SELECT * FROM trades ORDER BY seq'),
    fills: all(
      'SELECT fill_id, client_order_id, side, quantity, price, commission, at, session_date FROM fills ORDER BY seq',
    ),
    decisions: all('SELECT decision_id, action, side, quantity, price, reasons FROM decisions ORDER BY seq'),
    actions: all('SELECT * FROM position_actions ORDER BY action_id'),
    balances: all('SELECT * FROM ledger_balances ORDER BY account'),
    orders: all('SELECT client_order_id, status, cum_qty FROM orders ORDER BY seq'),
    risk: all('SELECT state FROM risk_state'),
    breaches: all('SELECT * FROM risk_breaches ORDER BY seq'),
    outbox: all('SELECT * FROM outbox ORDER BY seq'),
  }
  db.close()
  return ledger
}

async function runThrough(
  home: string,
  bars: ReturnType<typeof walkBars>,
  cut?: ReturnType<typeof plug>,
  rules: Pick<RigOptions, 'limits' | 'rules' | 'strategy' | 'riskPerTradeBps' | 'also'> = {},
): Promise<Ledger | 'cut'> {
  const rig = openRig({ home, bars, ...rules, ...(cut ? { wrapStore: cut.wrapStore, wrapBooks: cut.wrapBooks } : {}) })
  try {
    await rig.run()
    return ledgerOf(rig)
  } catch (error) {
    if (error instanceof PulledPlug || cut?.pulled()) return 'cut'
    throw error
  } finally {
    await new Promise((resolve) => setImmediate(resolve))
    await rig.close()
  }
}

describe('a bot whose process dies at any commit', () => {
  const bars = walkBars(260, 42)

  it('ends with the trades of a run that was never interrupted', { timeout: 300_000 }, async () => {
    const whole = (await runThrough(tempHome(), bars)) as Ledger
    expect(whole.trades.length).toBeGreaterThan(15)
    const kinds = new Set(whole.trades.map((trade) => (trade as { exit_reason: string }).exit_reason))
    expect([...kinds].sort()).toEqual(['signal', 'stop', 'target'])

    for (const when of ['before', 'after'] as const) {
      for (let commits = 3; commits < 180; commits += 19) {
        const home = tempHome()
        const first = await runThrough(home, bars, plug(commits, when))
        expect(first).toBe('cut')
        // Twice: the recovery itself is cut down too.
        await runThrough(home, bars, plug(4 + (commits % 5), when))
        expect(await runThrough(home, bars), `cut ${when} commit ${commits}`).toEqual(whole)
      }
    }
  })

  it.each([
    ['daily-loss', 50_000, 200_000],
    ['trailing-drawdown', 80_000, 200_000],
  ] as const)(
    'reaches the same limits at the same bars (%s)',
    { timeout: 300_000 },
    async (rule, dailyLoss, drawdown) => {
      const rules = {
        limits: {
          maxDailyLossMinor: minorUnits(dailyLoss),
          dailyLossCounts: 'open-from-balance' as const,
          trailingDrawdownMinor: minorUnits(drawdown),
          drawdownMark: 'intraday' as const,
          cooldownAfterLossMinutes: 1,
          maxOrdersPerMinute: 2,
        },
        rules: { mustBeFlat: '00:30-00:35 UTC' },
      }
      const whole = (await runThrough(tempHome(), bars, undefined, rules)) as Ledger
      expect(whole.breaches.map((breach) => (breach as { rule: string }).rule)).toContain(rule)
      expect(whole.trades.map((trade) => (trade as { exit_reason: string }).exit_reason)).toContain(rule)
      for (const when of ['before', 'after'] as const) {
        let commits = 3
        for (; ; commits += 29) {
          const home = tempHome()
          if ((await runThrough(home, bars, plug(commits, when), rules)) !== 'cut') break
          await runThrough(home, bars, plug(3 + (commits % 6), when), rules)
          expect(await runThrough(home, bars, undefined, rules), `cut ${when} commit ${commits}`).toEqual(whole)
        }
        expect(commits).toBeGreaterThan(100)
      }
    },
  )

  it('leaves a position whose entry is still filling just as it would have, wherever it is cut', async () => {
    // One lot fills at each bar: the exit comes while most of the entry is still working.
    const slow = walkBars(16, 42).map((bar) => ({ ...bar, volume: 10 }))
    const watchful = { strategy: watchfulStrategy, riskPerTradeBps: 9_000 }
    const whole = (await runThrough(tempHome(), slow, undefined, watchful)) as Ledger
    expect(whole.trades).toHaveLength(1)
    for (const when of ['before', 'after'] as const) {
      let commits = 3
      for (; ; commits++) {
        const home = tempHome()
        if ((await runThrough(home, slow, plug(commits, when), watchful)) !== 'cut') break
        expect(await runThrough(home, slow, undefined, watchful), `cut ${when} commit ${commits}`).toEqual(whole)
      }
      expect(commits).toBeGreaterThan(25)
    }
  })

  it(
    'in two instruments ends with the trades of both as if it had never been interrupted',
    { timeout: 300_000 },
    async () => {
      // The second market has gaps, and bars the first has not: the lanes come out of step.
      const second = walkBars(200, 11).filter((_, minute) => minute % 7 !== 3)
      const first = bars.filter(({ time }) => (time / 60_000) % 11 !== 5).slice(0, 180)
      const rules = {
        also: [{ instrument: otherInstrument('OTHERZ9', 'OTHER'), bars: second }],
        limits: {
          maxDailyLossMinor: minorUnits(60_000),
          dailyLossCounts: 'open-from-balance' as const,
          cooldownAfterLossMinutes: 1,
        },
      }
      const whole = (await runThrough(tempHome(), first, undefined, rules)) as Ledger
      const symbols = (whole.trades as { symbol: string }[]).map(({ symbol }) => symbol)
      expect(symbols.filter((symbol) => symbol === 'TESTZ9').length).toBeGreaterThan(3)
      expect(symbols.filter((symbol) => symbol === 'OTHERZ9').length).toBeGreaterThan(3)
      expect(whole.breaches).not.toEqual([])
      for (const when of ['before', 'after'] as const) {
        let commits = 5
        for (; ; commits += 23) {
          const home = tempHome()
          if ((await runThrough(home, first, plug(commits, when), rules)) !== 'cut') break
          await runThrough(home, first, plug(4 + (commits % 7), when), rules)
          expect(await runThrough(home, first, undefined, rules), `cut ${when} commit ${commits}`).toEqual(whole)
        }
        expect(commits).toBeGreaterThan(150)
      }
    },
  )

  it('keeps a ledger that balances and agrees with its trades', async () => {
    const { trades, balances } = (await runThrough(tempHome(), bars)) as Ledger
    const rows = balances as { account: string; balance: number }[]
    expect(rows.reduce((sum, row) => sum + row.balance, 0)).toBe(0)
    const gross = (trades as { gross: number }[]).reduce((sum, trade) => sum + trade.gross, 0)
    const open = rows.find((row) => row.account === 'realized-pnl')?.balance ?? 0
    expect(-open).toBe(gross)
  })
})
