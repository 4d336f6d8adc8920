import type { ExpiryCycle, LotFact, OptionRules } from './option-rules.ts'

const [TUESDAY, WEDNESDAY, THURSDAY, FRIDAY] = [2, 3, 4, 5]
const QUARTERS = [3, 6, 9, 12]

const FROM_SEPTEMBER_2025 = 'SEBI circular of 2025-05-26 (Tuesday or Thursday); NSE and BSE circulars of June 2025'
const FAOP70616 = 'NSE circular FAOP70616 of 2025-10-03, as reported by NDTV Profit and Business Standard'
const FAOP64625 = 'NSE circular of 2024-10-18, first expiries as in the Sharekhan notice of 2024-11-26'

function weekly(weekday: number, from: string, until: string | undefined, source: string): ExpiryCycle {
  const rule = { cycle: 'weekly', weekdays: [weekday], week: 'every', from, withinDays: 35, source } as const
  return { ...rule, notInMonthlyWeek: true, ...(until === undefined ? {} : { until }) }
}

/** The last such weekday of each month: some three months ahead, and the quarters of nine months. */
function monthly(weekday: number, from: string, until: string | undefined, source: string): ExpiryCycle[] {
  const rule = { weekdays: [weekday], week: 'last', from, source, ...(until ? { until } : {}) } as const
  return [
    { ...rule, cycle: 'monthly', withinDays: 92 },
    { ...rule, cycle: 'quarterly', months: QUARTERS, withinDays: 275 },
  ]
}

function indexOptions(lots: readonly LotFact[], cycles: readonly ExpiryCycle[], step: string): OptionRules {
  return {
    style: 'european',
    settlement: 'cash',
    symbols: 'india',
    tickSize: '0.05',
    lots,
    cycles,
    strikes: [{ step }],
  }
}

/**
 * Index options of NSE and BSE. A date in `lots` is the first expiry that has the lot; contracts that were listed before
 * the change kept theirs to their end, and are named where they expire later.
 *
 * Facts as of 2026-10-09. What is not here: half-yearly expiries, and strikes wider apart for far expiries.
 */
export const INDIA_OPTIONS: Readonly<Record<string, OptionRules>> = {
  NIFTY: indexOptions(
    [
      { from: '2015-11-26', lotSize: '75', source: 'NSE, after SEBI CIR/MRD/DP/14/2015 of 2015-07-13' },
      { from: '2021-07-29', lotSize: '50', source: 'NSE circular FAOP47854 of 2021-03-31' },
      { from: '2024-05-02', lotSize: '25', source: 'NSE circular of 2024-04-02; Zerodha bulletin 375282' },
      { from: '2025-01-02', lotSize: '75', except: ['2025-01-30'], source: FAOP64625 },
      { from: '2026-01-01', lotSize: '65', source: FAOP70616 },
    ],
    [
      weekly(THURSDAY, '2019-02-14', '2025-08-28', 'NSE: weekly options on NIFTY since 2019-02-11'),
      weekly(TUESDAY, '2025-09-02', undefined, FROM_SEPTEMBER_2025),
      ...monthly(THURSDAY, '2001-06-28', '2025-08-28', 'NSE contract specification'),
      ...monthly(TUESDAY, '2025-09-02', undefined, FROM_SEPTEMBER_2025),
    ],
    '50',
  ),
  BANKNIFTY: indexOptions(
    [
      { from: '2018-11-29', lotSize: '20', source: 'NSE, lots from 2018-10-26; general knowledge, not checked' },
      { from: '2020-07-30', lotSize: '25', source: 'lot of 25 in NSE circular FAOP47854; its start was not checked' },
      { from: '2023-07-06', lotSize: '15', source: 'NSE circular of 2023-03-31 (July 2023 expiry)' },
      { from: '2025-02-27', lotSize: '30', source: FAOP64625 },
      { from: '2025-07-31', lotSize: '35', source: 'NSE circular FAOP67372 of 2025-03-28, NDTV Profit' },
      { from: '2026-01-01', lotSize: '30', source: FAOP70616 },
    ],
    [
      weekly(THURSDAY, '2016-06-02', '2023-08-31', 'NSE: weekly options on NIFTY Bank since 2016-05-27'),
      weekly(WEDNESDAY, '2023-09-06', '2024-11-13', 'NSE, from 2023-09-04; the last before SEBI ended them'),
      ...monthly(THURSDAY, '2005-06-30', '2024-02-29', 'NSE contract specification'),
      ...monthly(WEDNESDAY, '2024-03-01', '2024-12-31', 'NSE, from 2024-03-01'),
      ...monthly(THURSDAY, '2025-01-01', '2025-08-28', 'NSE circular of 2024-11-29, from 2025-01-01'),
      ...monthly(TUESDAY, '2025-09-02', undefined, FROM_SEPTEMBER_2025),
    ],
    '100',
  ),
  SENSEX: indexOptions(
    [
      { from: '2023-05-15', lotSize: '10', source: 'BSE, from 2023-05-15; Mint 2023-03-28' },
      { from: '2025-01-03', lotSize: '20', source: 'BSE, contracts listed from 2024-11-20 on; Zerodha support page' },
    ],
    [
      weekly(FRIDAY, '2023-05-19', '2025-01-03', 'BSE, from 2023-05-15; 2025-01-03 kept its Friday'),
      weekly(TUESDAY, '2025-01-07', '2025-08-26', 'BSE circular of 2024-11-28, Business Standard'),
      weekly(THURSDAY, '2025-09-04', undefined, FROM_SEPTEMBER_2025),
      ...monthly(FRIDAY, '2023-05-15', '2024-12-31', 'BSE, from 2023-05-15'),
      ...monthly(TUESDAY, '2025-01-01', '2025-08-26', 'BSE circular of 2024-11-28, Business Standard'),
      ...monthly(THURSDAY, '2025-09-04', undefined, FROM_SEPTEMBER_2025),
    ],
    '100',
  ),
}
