import { assessEntry } from '../../src/domain/risk/assess-entry.ts'
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

/** One entry against all limits at once: when it passes, and when every one of them is against it. */
export function run(): Promise<{ figures: Figure[] }> {
  const rules = rulesOf(LIMITS, { lockedSymbols: ['CL', 'NG'] })
  const timed = rulesOf(LIMITS, WINDOWS)
  const wanted = wantedOf(4)
  const account = accountOf(HISTORY)
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
  const pass = medianUs(() => assessEntry(rules, wanted, account, RISK_INSTRUMENT))
  const passTimed = medianUs(() => assessEntry(timed, wanted, account, RISK_INSTRUMENT))
  const denied = medianUs(() => assessEntry(timed, mad, hopeless, RISK_INSTRUMENT))
  const reasons = assessEntry(timed, mad, hopeless, RISK_INSTRUMENT).reasons.length
  return Promise.resolve({
    figures: [
      { name: 'entry that passes all limits, median', value: pass, limit: 20, unit: 'µs' },
      { name: 'the same with two windows of the day, median', value: passTimed, limit: 20, unit: 'µs' },
      {
        name: 'entry that eleven limits are against, median',
        value: denied,
        limit: 20,
        unit: 'µs',
        note: `${reasons} reasons, each a sentence`,
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
