import type { RiskPreset } from './preset.ts'

const SOURCE = [
  'https://help.topstep.com/en/articles/8284204-what-is-the-maximum-loss-limit',
  'https://intercom.help/topstep-llc/en/articles/8284209-what-does-maximum-position-size-mean',
  'https://intercom.help/topstep-llc/en/articles/9221977-topstepx-micros-and-minis',
  'https://tradingfunder.com/topstep-trading-combine-accounts-unique-rules/',
]

/**
 * Topstep Trading Combine. The maximum loss limit trails the highest balance at the end of a day, is judged with open
 * positions at all times, and stops rising at the starting balance. The largest position is that of all instruments
 * together, long and short added up: two ES long and three CL short are five.
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
    'the daily loss limit and profit target come from a third party, not from a page of Topstep',
    'ten micro contracts count as one on TopstepX, in the Combine and the Express Funded Account; on other platforms and in the Live Funded Account a micro is a whole contract',
    'what micro silver (a fifth), micro bitcoin and micro ether (a whole contract) count comes from a third party',
    'the scaling plan of the Express Funded Account, which begins with fewer contracts, is not here',
    'Topstep lets traders switch the daily loss limit off; here it is on',
    'the day from 17:00 and flat by 15:10 Chicago time come from secondary sources',
    'on days that end early it is flat as long before the close as on others; what Topstep asks for then was not found on a page of theirs',
  ],
  limits: {
    maxPositionLots: minis,
    maxOrderLots: minis,
    maxTotalContracts: minis,
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
}))
