import type { RiskPreset } from './preset.ts'

const SOURCE = [
  'https://ftmo.com/en/trading-objectives',
  'https://academy.ftmo.com/lesson/maximum-daily-loss',
  'https://ftmo.com/en/faq/ftmo-account',
]

/**
 * FTMO Challenge, two steps: the day's loss is at most 5 % of the initial capital, open positions included, counted
 * from the balance at midnight CE(S)T; equity never below 90 % of the initial capital; target 10 %.
 */
const CHALLENGES = [
  { size: '10', dailyLoss: '500', loss: '1000' },
  { size: '25', dailyLoss: '1250', loss: '2500' },
  { size: '50', dailyLoss: '2500', loss: '5000' },
  { size: '100', dailyLoss: '5000', loss: '10000' },
  { size: '200', dailyLoss: '10000', loss: '20000' },
] as const

export const FTMO_PRESETS: readonly RiskPreset[] = CHALLENGES.map(({ size, dailyLoss, loss }) => ({
  name: `ftmo-${size}k`,
  title: `FTMO Challenge (two steps) ${size}K`,
  currency: 'USD',
  source: SOURCE,
  asOf: '2026-11-21',
  unverified: [
    'FTMO sets no largest position; the account keeps its own',
    'the pages are stored copies: the newest terms are in the client area',
    'minimum trading days are not a limit and not watched',
    'the target is that of the Challenge: the Verification has half of it, the FTMO Account none',
  ],
  limits: {
    maxDailyLoss: dailyLoss,
    dailyLossCounts: 'open-from-balance',
    trailingDrawdown: loss,
    drawdownMark: 'static',
    drawdownEnds: 'cleared',
    profitTarget: loss,
    dayBoundary: '00:00 Europe/Prague',
  },
}))
