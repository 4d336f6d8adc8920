import type { Session, SessionClock } from '../../src/domain/calendar/session.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import type { StrategyRun } from '../../src/domain/strategy/strategy.ts'
import { vwapBounce } from '../../src/domain/strategy/vwap-bounce/vwap-bounce.ts'
import type { EpochMs, Ticks } from '../../src/domain/units/units.ts'
import { generatedBars, instrumentOf } from '../support/sample-bars.ts'
import { FLAT, openRun, sessionClockOf } from '../support/strategy-replay.ts'
import type { Figure } from './figure.ts'

export const name = 'strategy fold'

const BARS = 1_000_000
const ROUNDS = 5
const BARS_A_DAY = 390
/** Many, because the heap also moves by some 400 kB that no bar has caused. */
const QUIET_ROUNDS = 20_000

type Columns = Readonly<Record<'time' | 'open' | 'high' | 'low' | 'close' | 'volume', Float64Array>>

/**
 * Bars a second that the strategy folds, against a loop that only reads the same columns into the same bar object and
 * adds them up. Both take a day per call, so that V8 optimises the function instead of one endless loop.
 */
export async function run(): Promise<{ figures: Figure[] }> {
  const spy = instrumentOf('SPY')
  const columns = columnsOf(generatedBars({ symbol: 'SPY', days: 3_800, seed: 9 }).slice(0, BARS))
  const bars = columns.time.length
  const clock = sessionClockOf(spy)
  const fold: number[] = []
  const bare: number[] = []
  let setups = 0
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(timed(() => readAll(columns)))
    const strategy = openRun(vwapBounce, spy)
    fold.push(timed(() => (setups = foldAll(strategy, clock, columns))))
  }
  const heap = heapPerBar(columns)
  return {
    figures: [
      {
        name: 'vwap-bounce: time to fold a bar, against reading its six numbers',
        value: round2(median(fold) / median(bare)),
        limit: 60,
        unit: 'x baseline',
        baseline: round2((median(bare) * 1e6) / bars),
        note: `${round2((median(fold) * 1e6) / bars)} ns a bar, baseline ns a bar; ${bars} bars, ${setups} setups told`,
      },
      {
        name: 'vwap-bounce: bars folded a second',
        value: Math.round(bars / (median(fold) / 1000)),
        limit: 1_000_000,
        better: 'higher',
        unit: 'bars/s',
        note: `median of ${ROUNDS}; session clock included`,
      },
      {
        name: 'vwap-bounce: heap kept',
        value: round2(heap.kept),
        limit: 0.1,
        unit: 'bytes/bar',
        note: 'after a full collection, over all bars',
      },
      {
        name: 'vwap-bounce: heap used by a bar without a setup',
        value: round2(heap.used),
        limit: 1,
        unit: 'bytes/bar',
        note: 'no collection in between',
      },
    ],
  }
}

function foldAll(strategy: StrategyRun, clock: SessionClock, columns: Columns): number {
  const bar = new ReusedBar()
  let setups = 0
  for (let from = 0; from < columns.time.length; from += BARS_A_DAY) {
    setups += foldDay(strategy, clock, columns, bar, from, Math.min(from + BARS_A_DAY, columns.time.length))
  }
  return setups
}

function foldDay(s: StrategyRun, clock: SessionClock, columns: Columns, bar: Bar, from: number, to: number): number {
  let setups = 0
  for (let index = from; index < to; index++) {
    readInto(bar, columns, index)
    if (s.onBar(bar, clock.sessionAt(bar.time), FLAT) !== undefined) setups++
  }
  return setups
}

function readAll(columns: Columns): number {
  const bar = new ReusedBar()
  let sum = 0
  for (let from = 0; from < columns.time.length; from += BARS_A_DAY) {
    sum += readDay(columns, bar, from, Math.min(from + BARS_A_DAY, columns.time.length))
  }
  return sum
}

function readDay(columns: Columns, bar: Bar, from: number, to: number): number {
  let sum = 0
  for (let index = from; index < to; index++) {
    readInto(bar, columns, index)
    sum += bar.time + bar.open + bar.high + bar.low + bar.close + bar.volume
  }
  return sum
}

function readInto(bar: Bar, columns: Columns, index: number): void {
  bar.time = columns.time[index] as EpochMs
  bar.open = columns.open[index] as Ticks
  bar.high = columns.high[index] as Ticks
  bar.low = columns.low[index] as Ticks
  bar.close = columns.close[index] as Ticks
  bar.volume = columns.volume[index]!
}

/** Bands so wide that nothing is ever proposed: what is left is the cost of a plain bar. */
function heapPerBar(columns: Columns): { kept: number; used: number } {
  const collect = globalThis.gc
  if (!collect) throw new Error('run with node --expose-gc')
  const spy = instrumentOf('SPY')
  const clock = sessionClockOf(spy)
  const strategy = openRun(vwapBounce, spy, { bandSigma: 5, rsiLong: 1 })
  const bar = new ReusedBar()
  const plain = quietDay(columns)
  const session = clock.sessionAt(columns.time[plain] as EpochMs)
  const hundred = () => foldSession(strategy, session, columns, bar, plain, plain + 100)
  foldAll(strategy, clock, columns)
  for (let again = 0; again < 1_000; again++) hundred()
  collect()
  const before = process.memoryUsage().heapUsed
  for (let again = 0; again < QUIET_ROUNDS; again++) hundred()
  const used = (process.memoryUsage().heapUsed - before) / (QUIET_ROUNDS * 100)
  collect()
  const start = process.memoryUsage().heapUsed
  foldAll(strategy, clock, columns)
  collect()
  const kept = (process.memoryUsage().heapUsed - start) / columns.time.length
  return { kept: Math.max(0, kept), used: Math.max(0, used) }
}

function foldSession(
  strategy: StrategyRun,
  session: Session | undefined,
  columns: Columns,
  bar: Bar,
  from: number,
  to: number,
): number {
  let setups = 0
  for (let index = from; index < to; index++) {
    readInto(bar, columns, index)
    if (strategy.onBar(bar, session, FLAT) !== undefined) setups++
  }
  return setups
}

/** Place of a hundred bars in the middle of a session. */
function quietDay(columns: Columns): number {
  const clock = sessionClockOf(instrumentOf('SPY'))
  for (let index = 30 * BARS_A_DAY; ; index++) {
    const first = clock.sessionAt(columns.time[index] as EpochMs)
    if (first && columns.time[index] === first.open + 60 * 60_000) return index
  }
}

function columnsOf(bars: readonly Bar[]): Columns {
  const column = (of: keyof Bar) => Float64Array.from(bars, (bar) => bar[of])
  return {
    time: column('time'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  }
}

/** A shape of its own whose fields begin as doubles: V8 then writes them in place instead of boxing each number. */
class ReusedBar implements Bar {
  time = Number.NaN as EpochMs
  open = Number.NaN as Ticks
  high = Number.NaN as Ticks
  low = Number.NaN as Ticks
  close = Number.NaN as Ticks
  volume = Number.NaN
}

function timed(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
