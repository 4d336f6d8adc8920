import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { openPaperBooks } from '../../../src/adapters/paper-books/open-paper-books.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { neutralConfidence } from '../../../src/domain/confidence/confidence.ts'
import { tradingContext } from '../../../src/domain/context/trading-context.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { postOpening } from '../../../src/domain/ledger/post-fill.ts'
import { paperIsFree } from '../../../src/domain/licence/licence.ts'
import { assessShape } from '../../../src/domain/options/assess-shape.ts'
import { impliedVolatility } from '../../../src/domain/options/implied-volatility.ts'
import type { ImpliedVolatilityQuestion } from '../../../src/domain/options/pricing-port.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import { NO_LIMITS } from '../../../src/domain/risk/risk-limits.ts'
import { openRiskRules } from '../../../src/domain/risk/risk-rules.ts'
import { durationMs, epochMs, lots, minorUnits } from '../../../src/domain/units/units.ts'
import { loadBook } from '../../../src/engine/bot/bot-book.ts'
import { holdings } from '../../../src/engine/bot/account-equity.ts'
import { openContexts } from '../../../src/engine/bot/open-contexts.ts'
import { executeTrade } from '../../../src/engine/order-entry/execute-trade.ts'
import { tendOrders } from '../../../src/engine/order-entry/tend-orders.ts'
import { applyExecution } from '../../../src/engine/order-events/apply-execution.ts'
import { reconcile } from '../../../src/engine/reconciliation/reconcile.ts'
import { openSimBroker } from '../../../src/engine/simulation/sim-broker.ts'
import { eagerStrategy } from '../../support/eager-strategy.ts'
import { termsOf } from '../../support/simulation.ts'
import { barAt, EXPIRY_CLOSE, EXPIRY_DAY, INDEX, MINUTE_MS, optionOf, STOCK } from '../../support/simulated-venue.ts'
import { tempHome } from '../../support/temp-home.ts'

const LATER = '2025-11-11'
const CASH = minorUnits(50_000_000)

/** The trading service on real state, at the simulated venue on real books; an index or a stock whose price is told. */
async function accountOn(underlying: Instrument, firstPx: number) {
  const accountId = 'sim-1' as AccountId
  const layout = homeLayout(tempHome())
  mkdirSync(layout.account(accountId), { recursive: true })
  const now = () => epochMs(EXPIRY_CLOSE)
  const store = openState({ layout, accountId, instanceId: 'rig', expectExisting: false, now })
  const books = openPaperBooks({ layout, accountId, expectExisting: false })
  const resolve = (symbol: string) => {
    if (symbol === underlying.symbol) return underlying
    return store.instrument(symbol) ?? listed().find((one) => one.symbol === symbol)
  }
  const barMs = durationMs(MINUTE_MS)
  const broker = openSimBroker({
    ...{ books, instrument: underlying, defer: setImmediate, instrumentOf: resolve, barMs },
    settings: termsOf({ startingCash: CASH, options: { volatility: 0.2, rate: 0, spreadTicks: 0 } }),
  })
  const listed = () => broker.optionMarket.chain(underlying.symbol, epochMs(EXPIRY_CLOSE - 300 * MINUTE_MS))
  onTestFinished(async () => {
    await broker.close()
    store.close()
  })
  const series = `${underlying.symbol}:1m`
  store.transact(() => {
    store.postLedger(epochMs(1), 'opening', 'opening', postOpening(underlying.currency.code, CASH))
    store.saveInstrument(underlying)
  })
  const book = loadBook(store, [{ instrument: underlying, series }])
  const context = tradingContext({
    ...{ userId: 'u'.repeat(12), accountId, mode: 'paper', signature: 'hand', tradingDate: EXPIRY_DAY },
    ...{ modelId: '', baseModel: '' },
  })
  const session = {
    ...{ date: EXPIRY_DAY, open: epochMs(0), close: epochMs(EXPIRY_CLOSE + 10 ** 10), holidayFacts: 'known' as const },
  }
  const sessionAt = () => session
  const limits = { ...NO_LIMITS, maxPositionLots: 100, maxOrderLots: 50 }
  const pricing = {
    price: () => Promise.reject(new Error('not asked')),
    impliedVolatility: (asked: readonly ImpliedVolatilityQuestion[]) =>
      Promise.resolve({
        ok: true as const,
        value: asked.map(({ option, price }) => ({ kind: 'priced' as const, value: impliedVolatility(option, price) })),
      }),
    checkShape: (question: Parameters<typeof assessShape>[0]) =>
      Promise.resolve({ ok: true as const, value: assessShape(question) }),
  }
  const silent = () => undefined
  const ctx = openContexts(
    {
      ...{ trading: context, store, broker, optionMarket: broker.optionMarket, pricing, now, riskPerTradeBps: 100 },
      ...{ confidence: neutralConfidence, licence: paperIsFree, replaying: true, changed: silent },
      risk: openRiskRules(limits, { dayBoundary: 'session' }, { sessionAt }),
      sha256Hex: (text: string) => createHash('sha256').update(text).digest('hex'),
      signal: new AbortController().signal,
    },
    [
      {
        ...{ instrument: underlying, timeframeMs: barMs, series, strategyId: 'hand', strategyKey: 'hand' },
        run: eagerStrategy.open({ instrument: underlying, timeframeMs: barMs, parameters: {} }),
        ...{ sessions: { sessionAt }, observe: silent, matchedUpTo: silent },
        log: { info: silent, warn: silent, error: silent },
      },
    ],
    book,
    { resolve, mark: (symbol) => broker.optionMarket.quote(symbol)?.markPx },
  )[0]!
  broker.onExecution((report) => applyExecution(ctx, book, report))
  book.brokerAnswered = true
  const settle = async () => {
    for (let round = 0; round < 20; round++) {
      await new Promise((done) => setImmediate(done))
      await tendOrders(ctx, book)
    }
  }
  let minutes = 300
  let calls = 0
  const rig = {
    /** One bar at one price. */
    async bar(px: number) {
      const bar = barAt(epochMs(EXPIRY_CLOSE - minutes-- * MINUTE_MS), [px, px, px, px])
      await broker.observe(bar, EXPIRY_DAY)
      book.lanes[0]!.see(bar)
      await settle()
    },
    async trade(command: TradeCommand) {
      const signalId = `call-${++calls}`
      const outcome = await executeTrade(ctx, book, context, command, {
        signalId,
        strategyId: 'hand',
      })
      await settle()
      return outcome
    },
    holdings: () => holdings(ctx, book),
    held: (symbol: string) => book.positionOf(symbol).quantity as number,
    /** Whether the bot's books are the venue's, cash to the last cent. */
    async agrees() {
      const { agrees, lines } = await reconcile(ctx, book)
      return { agrees, lines }
    },
  }
  await rig.bar(firstPx)
  book.reconciled()
  return rig
}

describe('an American option at the simulated venue', () => {
  it('is bought, exercised in part at what it is worth, and the books agree', async () => {
    const rig = await accountOn(STOCK, 500)
    const { symbol } = optionOf('call', 500, { on: STOCK })
    const choice = { underlying: 'STOCK', expiry: { date: EXPIRY_DAY }, strike: { itmOffset: 0 } } as const
    expect(await rig.trade({ kind: 'buy-call', ...choice, quantity: lots(3) })).toMatchObject({ kind: 'accepted' })
    await rig.bar(520)
    expect(rig.held(symbol)).toBe(3)
    const [held] = rig.holdings()
    // Worth 20.00 to whoever exercises it, priced from the bar of its stock.
    expect(held).toMatchObject({ symbol, quantity: 3, mark: { barAt: EXPIRY_CLOSE - 299 * MINUTE_MS } })
    expect(held!.mark!.px).toBeGreaterThanOrEqual(400)
    expect(await rig.trade({ kind: 'exercise', symbol, quantity: lots(2) })).toMatchObject({ kind: 'accepted' })
    expect(rig.held(symbol)).toBe(1)
    expect(await rig.agrees()).toEqual({ agrees: true, lines: [] })
  })
})

describe('a calendar spread at the simulated venue', () => {
  it('sells the near expiry, buys the far one, closes again, and the books agree', async () => {
    const rig = await accountOn(INDEX, 20_000)
    const [near, far] = [EXPIRY_DAY, LATER].map((expiry) => optionOf('call', 20_000, { expiry }).symbol) as [
      string,
      string,
    ]
    const spread: TradeCommand = {
      ...({ kind: 'calendar-spread', type: 'call', side: 'buy', underlying: 'INDEX', quantity: lots(2) } as const),
      ...{ expiry: { date: EXPIRY_DAY }, far: { date: LATER }, strike: { itmOffset: 0 } },
    }
    expect(await rig.trade(spread)).toMatchObject({
      kind: 'accepted',
      orders: [expect.any(String), expect.any(String)],
    })
    await rig.bar(20_000)
    expect([rig.held(near), rig.held(far)]).toEqual([-2, 2])
    expect(await rig.agrees()).toEqual({ agrees: true, lines: [] })

    await rig.trade({ kind: 'close-all-positions' })
    await rig.bar(20_010)
    await rig.bar(20_010)
    expect([rig.held(near), rig.held(far)]).toEqual([0, 0])
    expect(await rig.agrees()).toEqual({ agrees: true, lines: [] })
  })
})
