import type { RiskPreset } from './preset.ts'

const SOURCE = [
  'https://help.topstep.com/en/articles/8284204-what-is-the-maximum-loss-limit',
  'https://tradingfunder.com/topstep-trading-combine-accounts-unique-rules/',
]

/**
 * Topstep Trading Combine. The maximum loss limit trails the highest balance at the end of a day, is judged with open
 * positions at all times, and stops rising at the starting balance.
 */
const COMBINES = [
  { size: '50', minis: 5, dailyLoss: '1000', drawdown: '2000', target: '3000' },
  { size: '100', minis: 10, dailyLoss: '2000', drawdown: '3000', target: '6000' },
  { size: '150', minis: 15, dailyLoss: '3000', drawdown: '4500', target: '9000' },
] as const

export const TOPSTEP_PRESETS: readonly RiskPreset[] = COMBINES.map(({ size, minis, dailyLoss, drawdown, target }) => ({
  name: `topstep-${size}k`,
  title: `Topstep Trading Combine ${size}K`,
  currency: 'USD',
  source: SOURCE,
  asOf: '2026-11-21',
  unverified: [
    'the daily loss limit, position sizes and profit target come from a third party, not from a page of Topstep',
    'ten micro contracts counting as one; the firm counts all instruments together, here each is limited apart',
    'Topstep lets traders switch the daily loss limit off; here it is on',
    'the day from 17:00 and flat by 15:10 Chicago time come from secondary sources',
  ],
  limits: {
    maxPositionLots: minis,
    maxOrderLots: minis,
    maxDailyLoss: dailyLoss,
    dailyLossCounts: 'open-from-balance',
    trailingDrawdown: drawdown,
    drawdownMark: 'end-of-day',
    drawdownEnds: 'cleared',
    drawdownLock: '0',
    profitTarget: target,
    dayBoundary: '17:00 America/Chicago',
    mustBeFlat: '15:10-17:00 America/Chicago',
  },
  maxMicroLots: minis * 10,
}))
