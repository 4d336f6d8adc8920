import type { implement } from '@orpc/server'
import type { FillRow, HoldingRow, OrderRow } from '../../src/contracts/account-records.ts'
import type { CashReply, CashReport, CashRequest } from '../../src/contracts/cash-request.ts'
import type { launcherContract } from '../../src/contracts/launcher-api.ts'
import type {
  ChartBarRow,
  ChartBarsAnswer,
  ChartFill,
  ChartLevel,
  EquityAnswer,
} from '../../src/contracts/launcher/charts.ts'
import type { LockReport } from '../../src/contracts/launcher/locks.ts'

type Api = ReturnType<typeof implement<typeof launcherContract>>

/** Bars of one account, and what was done there, as the test makes them up. */
export type FakeChart = {
  about: Omit<ChartBarsAnswer, 'bars' | 'sessions' | 'older' | 'gap'>
  bars: ChartBarRow[]
  fills: ChartFill[]
  levels: ChartLevel[]
}

const MINUTE = 60_000

/** The n-th minute of a chart: 1000 + n ticks of a quarter point. */
export function chartBar(n: number, fields: Partial<{ close: number; vwap: number | null }> = {}): ChartBarRow {
  const { close = 1_000 + n, vwap = 1_000 } = fields
  return [n * MINUTE, close - 1, close + 2, close - 2, close, 10, vwap, vwap === null ? null : 4]
}

export function fakeChart(bars: number): FakeChart {
  return {
    about: {
      ...{ symbol: 'ESH5', symbols: ['ESH5'], timeframe: '1m', timeframes: ['1m', '5m', '15m', '1h', '1d'] },
      ...{ tickUnits: 25, priceDigits: 2, zone: 'America/Chicago', bandSigma: 2, lastBarAt: null },
    },
    bars: Array.from({ length: bars }, (_, n) => chartBar(n)),
    fills: [],
    levels: [],
  }
}

/** A fill in the n-th minute of a chart. */
export function chartFill(n: number, fields: Partial<ChartFill> = {}): ChartFill {
  return {
    ...{ fillId: `F${n}`, at: n * MINUTE, side: 'buy', quantity: 2, price: 1_000, clientOrderId: `o${n}` },
    ...{ purpose: 'entry', reason: 'entry' },
    ...fields,
  }
}

/** What is known of accounts beside their listings: charts, balance, what is open, who holds them. */
export function fakeAccountBook() {
  const charts = new Map<string, FakeChart>()
  const balances = new Map<string, EquityAnswer>()
  const holdings = new Map<string, HoldingRow[]>()
  const openOrders = new Map<string, OrderRow[]>()
  const fills = new Map<string, FillRow[]>()
  const locks = new Map<string, LockReport>()
  const cash = new Map<string, CashReport>()
  const cashAsked: { requestId: string; movement: CashRequest }[] = []
  const cashReplies: (CashReply | Error)[] = []
  const locksAsked: string[] = []
  const asked: object[] = []
  const chartOf = (id: string) => charts.get(id) ?? fakeChart(0)

  const handlers = (api: Api) => ({
    chart: {
      bars: api.chart.bars.handler(({ input }) => {
        asked.push(input)
        const { about, bars } = chartOf(input.id)
        const span = bars.filter(([at]) => at >= (input.from ?? 0) && at < (input.before ?? Infinity))
        const shown = span.slice(-input.limit)
        const first = shown[0]?.[0] ?? 0
        const gap = input.from !== undefined && first > input.from
        return { ...about, bars: shown, sessions: [], older: shown.length > 0 && bars[0]![0] < first, gap }
      }),
      marks: api.chart.marks.handler(({ input }) => {
        const chart = chartOf(input.id)
        const [known = 0] = input.after?.split(':').map(Number) ?? []
        const isNew = (at: number) => at >= input.from && at <= (input.to ?? Infinity)
        return {
          fills: input.after === undefined ? chart.fills.filter(({ at }) => isNew(at)) : chart.fills.slice(known),
          levels: chart.levels,
          partial: false,
          cursor: `${chart.fills.length}:0`,
        }
      }),
      equity: api.chart.equity.handler(({ input }) => {
        const whole = balances.get(input.id)
        if (!whole) return { currency: 'USD', digits: 2, opening: 0, points: [], bookings: 0, cursor: '0:0:0' }
        const known = Number(input.after?.split(':')[0] ?? 0)
        const points = whole.points.slice(known)
        return { ...whole, points, bookings: points.length, cursor: `${whole.points.length}:0:0` }
      }),
    },
    cash: {
      show: api.cash.show.handler(({ input }) => cash.get(input.id) ?? cashReport({ accountId: input.id })),
      book: api.cash.book.handler(({ input: { accountId, requestId, movement } }) => {
        cashAsked.push({ requestId, movement })
        const reply = cashReplies.shift()
        if (!reply || reply instanceof Error) throw reply ?? new Error('no reply was made up')
        // What the bot has booked agrees with the broker.
        if (reply.kind === 'booked') cash.set(accountId, cashReport({ accountId, cash: reply.cash }))
        return reply
      }),
    },
    holdings: api.holdings.handler(({ input }) => holdings.get(input.id) ?? []),
    openOrders: api.openOrders.handler(({ input }) => openOrders.get(input.id) ?? []),
    fills: api.fills.handler(({ input }) => fills.get(input.id) ?? []),
    locks: {
      show: api.locks.show.handler(({ input }) => {
        locksAsked.push(input.id)
        return locks.get(input.id) ?? lockReport({ accountId: input.id })
      }),
    },
  })

  return {
    ...{ charts, balances, holdings, openOrders, fills, locks, locksAsked, asked, handlers },
    /** Cash by account, what was asked to be booked, and what is answered to that, in turn. */
    ...{ cash, cashAsked, cashReplies },
  }
}

/** Cash that agrees with the broker's, with what the test is about put in. */
export function cashReport(fields: Partial<CashReport> = {}): CashReport {
  return {
    ...{ accountId: 'A1', currency: 'USD', cash: '50000.00', closed: null, movements: [] },
    broker: { cash: '50000.00', books: '50000.00', difference: '0.00', askedAt: '2024-01-05T15:00:00.000Z' },
    ...fields,
  }
}

/** A lock nobody holds, with what the test is about put in. */
export function lockReport(fields: Partial<LockReport> = {}): LockReport {
  return {
    ...{ accountId: 'A1', verdict: 'free', held: false, text: 'Nobody holds it.', takeover: 'Start takes it at once.' },
    ...{ record: null, recordFile: '/home/locks/account_A1.lock', guardFile: '/home/locks/guard/account_A1.db' },
    ...fields,
  }
}
