import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import type { CashMovement, CashMovementKind } from '../../../src/domain/ledger/cash-movement.ts'
import { lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { clientOrderId, fillId } from '../../../src/domain/order/order.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { bookCash } from '../../../src/engine/bot/book-cash.ts'
import { beginRiskDay, watchRiskBetweenBars } from '../../../src/engine/bot/watch-risk.ts'
import { ABLE } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: ABLE, ...options })
  onTestFinished(() => rig.close())
  return rig
}

const movement = (kind: CashMovementKind, change: number, requestId = 'r1', note = ''): CashMovement => ({
  ...{ requestId, kind, changeMinor: minorUnits(change), note },
})
const pauses: number[] = []
const book = (rig: TradeRig, asked: CashMovement, pause = (_ms: number) => Promise.resolve()) =>
  bookCash(rig.ctx, rig.book, asked, pause)

/** Everything durable that a movement could change. */
function written(home: string) {
  const db = new Database(homeLayout(home).state('trade-1' as AccountId), { readonly: true })
  try {
    return {
      entries: db.prepare('SELECT at, kind, reference FROM ledger_entries ORDER BY seq').all(),
      balances: db.prepare('SELECT * FROM ledger_balances ORDER BY account').all(),
      movements: db.prepare('SELECT * FROM cash_movements').all(),
      risk: db.prepare('SELECT state FROM risk_state').pluck().get(),
      last: JSON.parse(
        (db.prepare('SELECT lines FROM reconciliations ORDER BY seq DESC').pluck().get() as string | undefined) ?? '[]',
      ) as unknown,
    }
  } finally {
    db.close()
  }
}

describe('money that moved without a fill', () => {
  it('is booked as the broker says, and entries are free at once', async () => {
    const home = tempHome()
    const rig = open({ home })
    rig.venue.moveCash(-1_250)
    expect((await rig.reconcile()).agrees).toBe(false)
    rig.book.mustReconcile('the books differ')
    expect(await book(rig, movement('fee', -1_250, 'r1', 'CME data'))).toMatchObject({
      ...{ kind: 'booked', isNew: true, agrees: true },
      movement: { kind: 'fee', changeMinor: -1_250, note: 'CME data', currency: 'USD', at: 60_000 },
    })
    expect(rig.book.unreconciled).toEqual([])
    expect(rig.store.ledgerBalance('cash', 'USD')).toBe(4_998_750)
    expect(rig.store.ledgerBalance('fees', 'USD')).toBe(1_250)
    expect(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1) })).toMatchObject({ kind: 'accepted' })
    const db = new Database(homeLayout(home).state('trade-1' as AccountId), { readonly: true })
    const reports = db.prepare('SELECT agrees, lines FROM reconciliations ORDER BY seq').all() as { lines: string }[]
    db.close()
    expect(reports.map(({ lines }) => (JSON.parse(lines) as { code: string }[]).map(({ code }) => code))).toEqual([
      ['cash-differs'],
      ['cash-booked'],
      [],
    ])
    expect(JSON.parse(reports[1]!.lines)).toEqual([
      {
        code: 'cash-booked',
        text: '12.50 USD went out as a fee (CME data), booked as r1: cash is 49987.50 USD here, 49987.50 USD at the broker',
      },
    ])
  })

  it('is booked once, whatever is asked again under its name, and answered again', async () => {
    const home = tempHome()
    const rig = open({ home })
    rig.venue.moveCash(20_000)
    await book(rig, movement('deposit', 10_000))
    const before = written(home)
    expect(await book(rig, movement('deposit', 10_000))).toMatchObject({ kind: 'booked', isNew: false, agrees: false })
    expect(await book(rig, movement('deposit', 9_999))).toMatchObject({ refusal: { code: 'cash-invalid' } })
    expect(await book(rig, movement('interest', 10_000))).toMatchObject({ refusal: { code: 'cash-invalid' } })
    expect(written(home)).toEqual(before)
    expect(await book(rig, movement('interest', 10_000, 'r2'))).toMatchObject({ kind: 'booked', agrees: true })
  })

  it.each([
    ['further away', 'deposit', 1_250, /50012\.50 USD here, which is further from/],
    ['beyond what the broker says', 'fee', -1_251, /49987\.49 USD here, which is beyond/],
  ] as const)('is refused with both numbers where it leads %s', async (_, kind, change, said) => {
    const home = tempHome()
    const rig = open({ home })
    rig.venue.moveCash(-1_250)
    await rig.reconcile()
    const before = written(home)
    const refused = await book(rig, movement(kind, change))
    expect(refused).toMatchObject({
      kind: 'refused',
      refusal: { code: 'cash-mismatch', message: expect.stringMatching(said) },
    })
    expect(refused).toMatchObject({
      refusal: { message: expect.stringContaining('Cash is 50000.00 USD here and 49987.50 USD at the broker') },
    })
    expect(written(home)).toEqual(before)
  })

  it('is refused where nothing is missing', async () => {
    const rig = open()
    expect(await book(rig, movement('fee', -1))).toMatchObject({
      refusal: { code: 'cash-mismatch', message: expect.stringContaining('50000.00 USD at both') },
    })
  })

  it('is refused, and nothing written, where the broker does not answer', async () => {
    const home = tempHome()
    const rig = open({ home })
    rig.venue.moveCash(-1_250)
    rig.venue.silence(true)
    expect(await book(rig, movement('fee', -1_250))).toMatchObject({
      refusal: { code: 'broker-refused', message: expect.stringContaining('the connection is down') },
    })
    rig.venue.silence(false)
    rig.venue.broker.cash = () => Promise.resolve({ ok: false, failure: { kind: 'disconnected' } })
    expect(await book(rig, movement('fee', -1_250))).toMatchObject({
      refusal: { code: 'broker-refused', message: expect.stringContaining('cash') },
    })
    expect(written(home)).toMatchObject({ movements: [], entries: [{ kind: 'opening' }] })
  })

  it('is refused at a broker whose cash changes with fills and nothing else', async () => {
    const rig = open({ capabilities: { ...ABLE, cashByFillsOnly: true } })
    rig.venue.moveCash(-1_250)
    expect(await book(rig, movement('fee', -1_250))).toMatchObject({
      refusal: { code: 'cash-invalid', message: expect.stringContaining('simulated') },
    })
    expect((await rig.reconcile()).lines[0]?.text).not.toContain('slipway cash')
  })
})

describe('a difference that a fill may have made', () => {
  it('is no longer there once the fill is taken, and what is left is booked', async () => {
    const rig = open()
    const id = firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1) }))
    rig.venue.fill(id, 1)
    rig.venue.moveCash(-200)
    // The fill itself costs nothing here; the commission is what was moved, and belongs to no fill that we know.
    expect(await book(rig, movement('fee', -200))).toMatchObject({ kind: 'booked', agrees: true })
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(1)
  })

  it('is refused while a position differs', async () => {
    const rig = open()
    rig.venue.broker.positions = () =>
      Promise.resolve({ ok: true, value: [{ symbol: SYMBOL, quantity: lots(2), avgPx: ticks(10) }] })
    rig.venue.moveCash(-200)
    expect(await book(rig, movement('fee', -200))).toMatchObject({
      refusal: {
        code: 'not-reconciled',
        message: expect.stringContaining(`${SYMBOL}: flat here, long 2 at the broker`),
      },
    })
    // Nobody is sent to book what may be a fill's.
    expect((await rig.reconcile()).lines.find(({ code }) => code === 'cash-differs')?.text).not.toContain(
      'slipway cash',
    )
  })

  it('is refused while fills of markets nobody knows are kept', async () => {
    const rig = open()
    rig.store.transact(() =>
      rig.store.keepForeignFill({
        ...{ fillId: fillId('X1'), clientOrderId: clientOrderId('o'), symbol: 'ALIEN', side: 'buy', quantity: lots(1) },
        ...{ price: '10', commission: '2', at: epochMs(1) },
      }),
    )
    rig.venue.moveCash(-200)
    expect(await book(rig, movement('fee', -200))).toMatchObject({
      refusal: { code: 'not-reconciled', message: expect.stringContaining('ALIEN') },
    })
  })

  it('is refused while an order has an unknown fate', async () => {
    const rig = open({ capabilities: { ...ABLE, visibilityLagMs: 5_000, dedupesClientOrderId: false } })
    rig.venue.twists.submit.push('dropped')
    await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(15_000) })
    rig.venue.moveCash(-200)
    expect(await book(rig, movement('fee', -200))).toMatchObject({ refusal: { code: 'not-reconciled' } })
  })

  it('is refused while lots are counted whose fills were not told', async () => {
    const rig = open()
    const id = firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1) }))
    rig.book.owedFills.counted(id, 1, 0)
    rig.venue.moveCash(-200)
    expect(await book(rig, movement('fee', -200))).toMatchObject({ refusal: { code: 'not-reconciled' } })
  })

  it('is looked at twice, as far apart as the venue shows things late', async () => {
    const rig = open({ capabilities: { ...ABLE, visibilityLagMs: 700 } })
    const id = firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1) }))
    rig.venue.fill(id, 1)
    await rig.settle()
    // What the fill has cost is seen before the fill: cash leads, and the next look finds it.
    rig.venue.moveCash(-200)
    pauses.length = 0
    const refused = await book(rig, movement('fee', -200), async (ms) => {
      pauses.push(ms)
      rig.venue.moveCash(pauses.length === 4 ? 200 : 0)
    })
    expect(refused).toMatchObject({ refusal: { code: 'cash-mismatch', message: expect.stringContaining('at both') } })
    expect(pauses.slice(0, 4)).toEqual([200, 200, 200, 100])
  })

  it('is given up where cash never stands still, and where the bot is asked to stop meanwhile', async () => {
    const rig = open({ capabilities: { ...ABLE, visibilityLagMs: 100 } })
    rig.venue.moveCash(-200)
    const moving = await book(rig, movement('fee', -200), async () => rig.venue.moveCash(-1))
    expect(moving).toMatchObject({ refusal: { code: 'not-reconciled', message: expect.stringContaining('moves') } })
    const stopped = await book(rig, movement('fee', -200), async () => {
      rig.book.stop = { flatten: true, keepOrders: false }
    })
    expect(stopped).toMatchObject({ refusal: { code: 'not-reconciled', message: expect.stringContaining('closing') } })
    expect(rig.store.cashMovement('r1')).toBeUndefined()
  })
})

describe('what a movement means for limits', () => {
  const limits = { maxDailyLossMinor: minorUnits(10_000), trailingDrawdownMinor: minorUnits(15_000) }

  it('of a fee: it is lost, and a limit it reaches is a breach', async () => {
    const rig = open({ limits })
    beginRiskDay(rig.ctx, rig.book, rig.ctx.now())
    rig.venue.moveCash(-10_000)
    await book(rig, movement('fee', -10_000))
    watchRiskBetweenBars(rig.ctx, rig.book)
    expect(rig.book.breaches.map(({ rule }) => rule)).toEqual(['daily-loss'])
  })

  it('of a withdrawal or a deposit: nothing, neither reached nor cleared', async () => {
    const rig = open({ limits })
    beginRiskDay(rig.ctx, rig.book, rig.ctx.now())
    rig.venue.moveCash(-40_000)
    await book(rig, movement('withdrawal', -40_000))
    watchRiskBetweenBars(rig.ctx, rig.book)
    expect(rig.book.breaches).toEqual([])
    rig.venue.moveCash(-10_000)
    await book(rig, movement('fee', -10_000, 'r2'))
    watchRiskBetweenBars(rig.ctx, rig.book)
    rig.venue.moveCash(90_000)
    await book(rig, movement('deposit', 90_000, 'r3'))
    watchRiskBetweenBars(rig.ctx, rig.book)
    expect(rig.book.breaches.map(({ rule }) => rule)).toEqual(['daily-loss'])
    expect(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1) })).toMatchObject({ kind: 'refused' })
  })

  it.each(['deposit', 'withdrawal', 'fee', 'interest'] as const)(
    'of %s is the same after a death right after the commit as without one',
    async (kind) => {
      const change = kind === 'deposit' || kind === 'interest' ? 7_700 : -7_700
      const home = tempHome()
      const rig = open({ home, limits })
      beginRiskDay(rig.ctx, rig.book, rig.ctx.now())
      rig.venue.moveCash(change)
      // Dead before it compares anew, and before anybody is answered.
      const { transact } = rig.store
      let commits = 0
      const dying = {
        ...rig.store,
        transact: <T>(work: () => T): T => {
          if (rig.store.cashMovement('r1')) throw new Error('killed')
          commits++
          return transact(work)
        },
      }
      const ctx = { ...rig.ctx, store: dying }
      await expect(bookCash(ctx, rig.book, movement(kind, change), () => Promise.resolve())).rejects.toThrow('killed')
      expect(commits).toBeGreaterThan(0)
      const after = written(home)
      const again = open({ home, limits, venue: rig.venue })
      expect(again.book.risk).toEqual(rig.book.risk)
      expect(await book(again, movement(kind, change))).toMatchObject({ kind: 'booked', isNew: false })
      expect(written(home)).toEqual(after)
      expect((await again.reconcile()).agrees).toBe(true)

      const other = tempHome()
      const lived = open({ home: other, limits })
      beginRiskDay(lived.ctx, lived.book, lived.ctx.now())
      lived.venue.moveCash(change)
      await book(lived, movement(kind, change))
      expect(written(other)).toEqual({ ...after, last: [] })
      expect(again.book.risk).toEqual(lived.book.risk)
    },
  )
})
