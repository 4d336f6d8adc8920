import { contractsText } from '../instrument/contract-share.ts'
import { formatMoney, type Currency } from '../instrument/instrument.ts'
import { minorUnits, type EpochMs } from '../units/units.ts'
import { dayResult, judgeWorth } from './judge-worth.ts'
import type { RiskRules } from './risk-rules.ts'
import { drawdownFloor, type RiskState, type Worth } from './risk-state.ts'

/** One limit, what of it is used, and what is left; numbers as text, money in the account's currency. */
export type LimitRow = Readonly<{
  code: string
  symbol: string | null
  setting: string
  unit: string
  limit: string
  used: string | null
  room: string | null
  reached: boolean
}>

/**
 * What is held of one instrument, working entries counted in; `root` is its product, and `contractMilli` what one lot counts
 * as in contracts.
 */
export type HeldLots = Readonly<{
  symbol: string
  root: string
  lots: number
  worthMinor: number
  contractMilli: number
}>

const MINUTE = 60_000

/** Every limit an account has, with what is used of it at a moment. */
export function limitRows(
  rules: RiskRules,
  account: Readonly<{ worth: Worth; state: RiskState; held: readonly HeldLots[]; at: EpochMs; currency: Currency }>,
): LimitRow[] {
  const { limits } = rules
  const { worth, state, held, at, currency } = account
  const money = (minor: number) => formatMoney(currency, minorUnits(minor))
  const reached = new Set(judgeWorth(state, worth, limits, currency).map(({ rule }): string => rule))
  const rows: LimitRow[] = []
  const add = (code: string, setting: string, unit: string, more: Partial<LimitRow> & { limit: string }) =>
    void rows.push({ code, symbol: null, setting, unit, used: null, room: null, reached: false, ...more })
  const counted = (code: string, setting: string, unit: string, limit: number, used: number, symbol?: string) =>
    add(code, setting, unit, {
      limit: String(limit),
      used: String(used),
      room: String(Math.max(0, limit - used)),
      reached: used >= limit,
      ...(symbol === undefined ? {} : { symbol }),
    })
  const worths = (code: string, setting: string, limit: number, used: number, symbol?: string) =>
    add(code, setting, 'money', {
      limit: money(limit),
      used: money(used),
      room: money(Math.max(0, limit - used)),
      reached: symbol === undefined ? reached.has(code) : used >= limit,
      ...(symbol === undefined ? {} : { symbol }),
    })

  for (const { symbol, lots } of held)
    counted('max-position', 'maxPositionLots', 'lots', limits.maxPositionLots, lots, symbol)
  if (limits.maxTotalContractsMilli > 0) {
    const most = limits.maxTotalContractsMilli
    const all = held.reduce((sum, { lots, contractMilli }) => sum + lots * contractMilli, 0)
    add('max-total', 'maxTotalContracts', 'contracts', {
      limit: contractsText(most),
      used: contractsText(all),
      room: contractsText(Math.max(0, most - all)),
      reached: all >= most,
    })
  }
  add('max-order', 'maxOrderLots', 'lots', { limit: String(limits.maxOrderLots) })
  if (limits.maxNotionalMinor > 0)
    for (const { symbol, worthMinor } of held)
      worths('max-notional', 'maxNotional', limits.maxNotionalMinor, worthMinor, symbol)
  counted('max-trades', 'maxTradesPerDay', 'trades', limits.maxTradesPerDay, state.tradesToday)
  if (limits.maxOrdersPerMinute > 0) {
    const recent = state.orders.filter((order) => order > at - MINUTE).length
    counted('order-rate', 'maxOrdersPerMinute', 'orders', limits.maxOrdersPerMinute, recent)
  }
  const made = dayResult(state, worth.equityMinor, limits)
  if (limits.maxDailyLossMinor > 0) worths('daily-loss', 'maxDailyLoss', limits.maxDailyLossMinor, Math.max(0, -made))
  if (limits.dailyProfitTargetMinor > 0)
    worths(
      'daily-profit',
      'dailyProfitTarget',
      limits.dailyProfitTargetMinor,
      Math.max(0, worth.equityMinor - state.dayStartBalanceMinor),
    )
  if (limits.trailingDrawdownMinor > 0) {
    const floor = drawdownFloor(state, limits)
    // The floor stops rising at its lock, so the distance can be more than what was set.
    const room = Math.max(0, worth.equityMinor - floor)
    add('trailing-drawdown', 'trailingDrawdown', 'money', {
      limit: money(limits.trailingDrawdownMinor),
      used: money(Math.max(0, limits.trailingDrawdownMinor - room)),
      room: money(room),
      reached: reached.has('trailing-drawdown'),
    })
  }
  if (limits.profitTargetMinor > 0)
    worths(
      'profit-target',
      'profitTarget',
      limits.profitTargetMinor,
      Math.max(0, worth.balanceMinor - state.startMinor),
    )
  if (limits.priceCollarBps > 0)
    add('price-collar', 'priceCollarBps', 'basis points', { limit: String(limits.priceCollarBps) })
  if (limits.stalePriceBars > 0) add('stale-price', 'stalePriceBars', 'bars', { limit: String(limits.stalePriceBars) })
  if (limits.fatFingerMultiple > 0)
    add('fat-finger', 'fatFingerMultiple', 'times', { limit: String(limits.fatFingerMultiple) })
  if (rules.tradingWindows)
    add('trading-window', 'tradingWindow', 'wall time', {
      limit: rules.tradingWindows.text,
      reached: !rules.tradingWindows.contains(at),
    })
  if (rules.flatTimes)
    add('must-be-flat', 'mustBeFlat', 'wall time', {
      limit: rules.flatTimes.text,
      reached: rules.flatTimes.contains(at),
    })
  if (rules.lockedSymbols.size > 0)
    add('symbol-lock', 'lockedSymbols', 'symbols', {
      limit: [...rules.lockedSymbols].join(','),
      reached: held.some(({ symbol, root }) => rules.lockedSymbols.has(symbol) || rules.lockedSymbols.has(root)),
    })
  const { portfolio } = rules
  const across = (code: string, setting: string, limit: number) => {
    if (limit > 0) add(code, setting, 'money', { limit: money(limit) })
  }
  across('portfolio-notional', 'portfolioMaxNotional', portfolio.maxNotionalMinor)
  across('portfolio-daily-loss', 'portfolioMaxDailyLoss', portfolio.maxDailyLossMinor)
  across('correlation-cap', 'correlationCap', portfolio.correlationCapMinor)
  if (portfolio.maxPositions > 0)
    add('portfolio-positions', 'portfolioMaxPositions', 'positions', { limit: String(portfolio.maxPositions) })
  return rows
}
