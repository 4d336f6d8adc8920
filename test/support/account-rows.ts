import type { OrderRow, TradeRow } from '../../src/contracts/account-records.ts'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { LogLine } from '../../src/contracts/launcher/logs.ts'
import type { RiskReport } from '../../src/contracts/risk-report.ts'

/** An account without a bot, with what the test is about put in. */
export function accountStatus(fields: Partial<AccountStatus> = {}): AccountStatus {
  return {
    accountId: 'A1',
    userId: '0123456789ab',
    broker: 'sim',
    mode: 'paper',
    strategy: 'vwap-bounce',
    symbol: 'ESH5',
    state: 'stopped',
    stateReason: null,
    pid: null,
    instanceId: null,
    startedAt: null,
    lastBarAt: null,
    position: 0,
    realizedPnl: '0.00',
    unrealizedPnl: '0.00',
    currency: 'USD',
    tradesToday: 0,
    lastError: null,
    ...fields,
  }
}

/** The n-th line of a log, counted from 0. */
export function logLine(n: number, fields: Partial<LogLine> = {}): LogLine {
  const time = new Date(1_700_000_000_000 + n).toISOString()
  const message = fields.message ?? `line ${n}`
  return { offset: n * 100, time, level: 'info', event: 'test', message, raw: `raw of ${message}`, ...fields }
}

/** The n-th trade of an account, counted from 1. */
export function tradeRow(n: number, fields: Partial<TradeRow> = {}): TradeRow {
  return {
    tradeId: `T${n}`,
    accountId: 'A1',
    userId: '0123456789ab',
    symbol: 'ESH5',
    side: 'long',
    quantity: 1,
    entryTime: '2024-01-05T15:00:00.000Z',
    entryPrice: '4700.00',
    exitTime: '2024-01-05T15:30:00.000Z',
    exitPrice: '4701.00',
    grossPnl: '50.00',
    fees: '4.00',
    netPnl: `${46 + n}.00`,
    currency: 'USD',
    exitReason: 'target',
    confidence: 1,
    ...fields,
  }
}

/** An order of an account, with what the test is about put in. */
export function orderRow(fields: Partial<OrderRow> = {}): OrderRow {
  return {
    clientOrderId: 'o1',
    venueOrderId: 'V1',
    accountId: 'A1',
    symbol: 'ESH5',
    side: 'sell',
    type: 'stop',
    purpose: 'stop',
    quantity: 2,
    cumQty: 0,
    limitPrice: null,
    stopPrice: '4690.00',
    timeInForce: 'gtc',
    trail: null,
    status: 'acknowledged',
    reason: 'stop',
    createdAt: '2024-01-05T15:00:00.000Z',
    updatedAt: '2024-01-05T15:00:00.000Z',
    ...fields,
  }
}

/** Where an account stands against its limits, with what the test is about put in. */
export function riskReport(fields: Partial<RiskReport> = {}): RiskReport {
  return {
    ...{ accountId: 'A1', userId: '0123456789ab', currency: 'USD', preset: 'none', at: '2024-01-05T15:30:00.000Z' },
    ...{ equity: '99250.00', balance: '99250.00', limits: [], breaches: [], pauses: [], killMarks: [] },
    day: { boundary: 'session', startedAt: '2024-01-04T23:00:00.000Z', endsAt: '2024-01-05T22:00:00.000Z' },
    blackout: null,
    emergency: null,
    unpriced: [],
    flattening: null,
    portfolio: null,
    ...fields,
  }
}
