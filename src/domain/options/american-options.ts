import type { ExpiryCycle, OptionRules, StrikeStep } from './option-rules.ts'

const [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY] = [1, 2, 3, 4, 5]
const QUARTERS = [3, 6, 9, 12]
const CBOE = 'Cboe, available weeklys and product pages; general knowledge'

/** Third Fridays: some four months ahead, and the quarters of a year. */
function thirdFridays(source: string): ExpiryCycle[] {
  const rule = { weekdays: [FRIDAY], week: 3, source } as const
  return [
    { ...rule, cycle: 'monthly', withinDays: 122 },
    { ...rule, cycle: 'quarterly', months: QUARTERS, withinDays: 365 },
  ]
}

const FRIDAYS: ExpiryCycle = {
  cycle: 'weekly',
  weekdays: [FRIDAY],
  week: 'every',
  from: '2010-06-04',
  withinDays: 42,
  source: CBOE,
}
const everyWeek = (weekdays: readonly number[], from: string, until?: string): ExpiryCycle => ({
  ...FRIDAYS,
  weekdays,
  from,
  withinDays: 14,
  ...(until === undefined ? {} : { until }),
})
/** SPY and QQQ: three days a week at first, every day since November 2022. */
const DAILY: readonly ExpiryCycle[] = [
  FRIDAYS,
  everyWeek([MONDAY, WEDNESDAY], '2018-02-26', '2022-11-13'),
  everyWeek([MONDAY, TUESDAY, WEDNESDAY, THURSDAY], '2022-11-14'),
]

const WITH_DAILY = ['SPY', 'QQQ']
const WITH_WEEKLY =
  'IWM DIA GLD SLV TLT XLF XLE EEM AAPL MSFT NVDA AMZN GOOGL GOOG META TSLA AMD NFLX INTC BAC JPM'.split(' ')
/** Funds whose strikes are a dollar apart at every price. */
const DOLLAR_STRIKES = ['SPY', 'QQQ', 'IWM', 'DIA', 'GLD', 'TLT']

const DOLLARS: readonly StrikeStep[] = [{ step: '1' }]
/** OCC and exchange rules for stocks. */
const STOCK_STRIKES: readonly StrikeStep[] = [{ below: '25', step: '2.5' }, { below: '200', step: '5' }, { step: '10' }]
/** Weekly classes list strikes closer together. */
const WEEKLY_STRIKES: readonly StrikeStep[] = [
  { below: '100', step: '1' },
  { below: '200', step: '2.5' },
  { step: '5' },
]

/**
 * Options on a US stock or ETF: 100 shares, American, delivered. Third Fridays for every ticker; weekly and daily
 * expiries for the few we know to have them. The venue's own list is the truth: this one is what can be expected.
 */
export function usEquityOptions(symbol: string): OptionRules {
  const isDaily = WITH_DAILY.includes(symbol)
  const isWeekly = WITH_WEEKLY.includes(symbol)
  const hasDollars = DOLLAR_STRIKES.includes(symbol)
  return {
    style: 'american',
    settlement: 'physical',
    symbols: 'occ',
    tickSize: '0.01',
    // Penny classes; SPY, QQQ and IWM trade in cents at every premium.
    ...(['SPY', 'QQQ', 'IWM'].includes(symbol) ? {} : { tickSteps: [{ from: '3', tickSize: '0.05' }] }),
    lots: [{ from: '1973-04-26', lotSize: '100', source: 'OCC contract specification' }],
    cycles: [...thirdFridays('OCC: third Friday'), ...(isDaily ? DAILY : isWeekly ? [FRIDAYS] : [])],
    strikes: hasDollars ? DOLLARS : isWeekly ? WEEKLY_STRIKES : STOCK_STRIKES,
  }
}

const CME = 'CME Group contract specification: third Friday; general knowledge'
const clock = (hour: number, minute: number) => hour * 60 + minute

/** Quarterly options end with the future's opening settlement, the months between at 15:00 Chicago. */
function cmeIndexOptions(tickSize: string, fromPremium: string, largerTick: string, step: string): OptionRules {
  const rule = { weekdays: [FRIDAY], week: 3, source: CME } as const
  return {
    style: 'american',
    settlement: 'physical',
    symbols: 'dated',
    tickSize,
    tickSteps: [{ from: fromPremium, tickSize: largerTick }],
    lots: [],
    cycles: [
      { ...rule, cycle: 'quarterly', months: QUARTERS, withinDays: 365, expiryMinute: clock(8, 30) },
      { ...rule, cycle: 'monthly', months: [1, 2, 4, 5, 7, 8, 10, 11], withinDays: 92, expiryMinute: clock(15, 0) },
    ],
    strikes: [{ step }],
  }
}

/** Options on the stock index futures of CME, by the product's symbol; one option delivers one future. */
export const CME_OPTIONS: Readonly<Record<string, OptionRules>> = {
  ES: cmeIndexOptions('0.05', '5', '0.25', '5'),
  MES: cmeIndexOptions('0.05', '5', '0.25', '5'),
  NQ: cmeIndexOptions('0.05', '5', '0.25', '10'),
  MNQ: cmeIndexOptions('0.05', '5', '0.25', '10'),
}
