import { assessEntry } from '../../src/domain/risk/assess-entry.ts'
import { openBlackouts } from '../../src/domain/risk/blackout.ts'
import { openCorrelationGroups } from '../../src/domain/risk/correlation-groups.ts'
import type { PortfolioShare } from '../../src/domain/risk/portfolio/portfolio-share.ts'
import { epochMs, lots, minorUnits, ticks } from '../../src/domain/units/units.ts'
import { accountOf, NOON, RISK_INSTRUMENT, rulesOf, wantedOf } from '../support/risk.ts'
import type { Figure } from './figure.ts'

export const name = 'risk verdict'

const VERDICTS = 20_000
/** Many, because V8 itself moves the heap by more than a megabyte that no verdict has caused. */
const QUIET_ROUNDS = 2_000_000

/** Every number is limited; windows are apart, because they ask the clock of a zone. */
const LIMITS = {
  maxPositionLots: 10,
  maxTotalContractsMilli: 10_000,
  maxOrderLots: 6,
  maxTradesPerDay: 50,
  maxNotionalMinor: minorUnits(1_000_000_000),
  maxOrdersPerMinute: 20,
  maxDailyLossMinor: minorUnits(100_000),
  dailyLossCounts: 'open-from-balance' as const,
  trailingDrawdownMinor: minorUnits(200_000),
  profitTargetMinor: minorUnits(300_000),
  dailyProfitTargetMinor: minorUnits(200_000),
  priceCollarBps: 100,
  stalePriceBars: 3,
  fatFingerMultiple: 5,
}
const WINDOWS = { tradingWindow: '08:00-12:00 Europe/Berlin', mustBeFlat: '15:10-17:00 America/Chicago' }
const HISTORY = { orders: [NOON, NOON, NOON], sizes: Array.from({ length: 20 }, (_, i) => 3 + (i % 3)) }

const groupOf = openCorrelationGroups()
const LOT = 16_000 * RISK_INSTRUMENT.tickValue
const ACROSS = {
  maxNotionalMinor: minorUnits(20 * LOT),
  maxPositions: 5,
  maxDailyLossMinor: minorUnits(500_000),
  correlationCapMinor: minorUnits(12 * LOT),
}
const GROUP = groupOf(RISK_INSTRUMENT)
const OWN = { notional: 2 * LOT, positions: 1, [`${GROUP}:long`]: 2 * LOT, [`${GROUP}:short`]: 0 }
const SHARE: PortfolioShare = {
  ...{ epoch: 1, seq: 1, asOf: NOON, currency: 'USD', accounts: 4, unknown: [], dayResultMinor: -100_000 },
  used: OWN,
  ceilings: { notional: 12 * LOT, positions: 3, [`${GROUP}:long`]: 8 * LOT, [`${GROUP}:short`]: 8 * LOT },
}

/** Four releases a month for ten years, none of them near. */
function yearsOfReleases() {
  const names = ['FOMC', 'NFP', 'CPI', 'PPI'] as const
  const week = 7 * 86_400_000
  const until = '2031-12-31'
  return openBlackouts(
    {
      ...{ asOf: '2026-01-01', zone: 'UTC', knownFrom: '2021-01-01' },
      knownUntil: { FOMC: until, NFP: until, CPI: until, PPI: until },
      events: Array.from({ length: 480 }, (_, i) => ({
        ...{ name: names[i % 4]!, status: 'scheduled' as const, projections: false },
        at: epochMs(NOON + (i - 240) * week + week / 2),
      })),
    },
    { level: 'high,medium', beforeMinutes: 15, afterMinutes: 15, flat: true, currencies: ['USD'] },
  )
}

/** One entry against all limits at once: when it passes, and when every one of them is against it. */
export function run(): Promise<{ figures: Figure[] }> {
  const rules = rulesOf(LIMITS, { lockedSymbols: ['CL', 'NG'] })
  const timed = rulesOf(LIMITS, WINDOWS)
  const wanted = wantedOf(4)
  const account = accountOf(HISTORY, { otherContractsMilli: 3_000 })
  const hopeless = accountOf(
    {
      ...HISTORY,
      tradesToday: 50,
      cooldownUntil: epochMs(NOON + 1),
      stopGuardUntil: epochMs(NOON + 1),
      highMarkMinor: minorUnits(6_000_000),
      orders: Array.from({ length: 20 }, () => NOON),
    },
    { position: lots(10), equityMinor: minorUnits(4_000_000), balanceMinor: minorUnits(6_000_000) },
  )
  const mad = wantedOf(400, { stopPx: ticks(1), targetPx: ticks(99_000), lastBarEnd: epochMs(NOON - 86_400_000) })
  const everything = rulesOf(LIMITS, {
    ...WINDOWS,
    lockedSymbols: ['CL', 'NG'],
    blackouts: yearsOfReleases(),
    portfolio: ACROSS,
  })
  const among = { ...account, waitingEntries: 2, portfolio: { limits: ACROSS, share: SHARE, own: OWN, groupOf } }
  const alone = { ...hopeless, portfolio: { limits: ACROSS, share: { ...SHARE, ceilings: {} }, own: OWN, groupOf } }
  const passAll = medianUs(() => assessEntry(everything, wanted, among, RISK_INSTRUMENT))
  const deniedAll = medianUs(() => assessEntry(everything, mad, alone, RISK_INSTRUMENT))
  const allReasons = assessEntry(everything, mad, alone, RISK_INSTRUMENT).reasons.length
  const pass = medianUs(() => assessEntry(rules, wanted, account, RISK_INSTRUMENT))
  const passTimed = medianUs(() => assessEntry(timed, wanted, account, RISK_INSTRUMENT))
  const denied = medianUs(() => assessEntry(timed, mad, hopeless, RISK_INSTRUMENT))
  const reasons = assessEntry(timed, mad, hopeless, RISK_INSTRUMENT).reasons.length
  return Promise.resolve({
    figures: [
      { name: 'entry that passes all limits, median', value: pass, limit: 20, unit: 'µs' },
      { name: 'the same with two windows of the day, median', value: passTimed, limit: 20, unit: 'µs' },
      {
        name: 'entry that twelve limits are against, median',
        value: denied,
        limit: 20,
        unit: 'µs',
        note: `${reasons} reasons, each a sentence`,
      },
      { name: 'entry that passes everything, releases and other accounts included, median', ...us(passAll) },
      {
        name: 'entry that everything is against, median',
        ...us(deniedAll),
        note: `${allReasons} reasons`,
      },
      {
        name: 'heap used by an entry that passes',
        value: heapPerVerdict(() => assessEntry(rules, wanted, account, RISK_INSTRUMENT)),
        limit: 2,
        unit: 'bytes',
        note: 'no collection in between',
      },
    ],
  })
}

const us = (value: number) => ({ value, limit: 20, unit: 'µs' })

function medianUs(verdict: () => unknown): number {
  for (let i = 0; i < VERDICTS; i++) verdict()
  const times = new Float64Array(VERDICTS)
  for (let i = 0; i < VERDICTS; i++) {
    const start = performance.now()
    verdict()
    times[i] = performance.now() - start
  }
  return Math.round(times.sort()[VERDICTS / 2]! * 1e6) / 1e3
}

function heapPerVerdict(verdict: () => unknown): number {
  const collect = globalThis.gc
  if (!collect) throw new Error('run with node --expose-gc')
  for (let i = 0; i < QUIET_ROUNDS; i++) verdict()
  collect()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < QUIET_ROUNDS; i++) verdict()
  return Math.max(0, Math.round(((process.memoryUsage().heapUsed - before) / QUIET_ROUNDS) * 100) / 100)
}
