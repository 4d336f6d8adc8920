import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { openSessionClock } from '../../../src/domain/calendar/session-clock.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import type { StrategyRun } from '../../../src/domain/strategy/strategy.ts'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'
import { checkStrategy, type Finding } from '../../../src/engine/strategy-check/check-strategy.ts'

const MES = resolveInstrument('MES', []) as Instrument
const [KB, MB] = [1024, 2 ** 20]

describe('the check of a strategy', () => {
  it('finds what is kept for each bar, though the engine gives back much more at once', async () => {
    const found = await memoryFinding((reading) => 20 * MB + reading * 50 * KB - (reading > 6 ? 3 * MB : 0))
    expect(found.result).toBe('fail')
    expect(found.text).toContain('512 bytes for each bar')
  })

  it('lets a strategy be whose memory jumps once', async () => {
    const found = await memoryFinding((reading) => 20 * MB + (reading > 6 ? 3 * MB : 0))
    expect(found).toMatchObject({ result: 'ok', text: 'It uses 23.0 MB and does not grow.' })
  })

  it('lets a strategy be whose memory goes up and down', async () => {
    const found = await memoryFinding((reading) => 20 * MB + (reading % 2) * 200 * KB)
    expect(found.result).toBe('ok')
  })

  it('says so when there are too few bars to tell', async () => {
    const found = await memoryFinding((reading) => 20 * MB + reading * 50 * KB, 6)
    expect(found).toMatchObject({ result: 'ok', text: 'Too few bars to see whether it grows.' })
  })
})

describe('the check of what a strategy proposes', () => {
  it('refuses a feature whose name would be lost on its way to the pool, with the bar and what to do', async () => {
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      const [, found] = await findingsOf(JSON.parse(`{"${name}":1}`) as Record<string, number>)
      expect(found).toMatchObject({ check: 'proposals', result: 'fail' })
      expect(found!.text).toContain('The proposal at bar 6 (2026-06-01T00:05:00.000Z)')
      expect(found!.text).toContain(
        `its feature "${name}" has a name that every object of JavaScript has. Give it another`,
      )
    }
    expect((await findingsOf({ rsi: 30 }))[1]).toMatchObject({ check: 'proposals', result: 'ok' })
  })
})

/** Of a strategy that tells these features at its sixth bar. */
function findingsOf(features: Readonly<Record<string, number>>): Promise<readonly Finding[]> {
  return checkStrategy({
    bars: Array.from({ length: 20 }, (_, index) => barAt(index)),
    clock: openSessionClock(MES, bundledCalendar()),
    open: () => {
      let bar = 0
      const onBar: StrategyRun['onBar'] = () =>
        bar++ === 5 ? { kind: 'hold', side: 'buy', reasons: [{ code: 'a', text: 'b' }], features } : undefined
      return Promise.resolve({ run: { ...IDLE, onBar }, memory: () => undefined, close: () => Promise.resolve() })
    },
    now: () => 0,
    cuts: [],
    barMs: 250,
    memoryBytes: 64 * MB,
  })
}

/** @param memory what is in use at the n-th reading, bytes */
async function memoryFinding(memory: (reading: number) => number, count = 1_200): Promise<Finding> {
  const findings = await checkStrategy({
    bars: Array.from({ length: count }, (_, index) => barAt(index)),
    clock: openSessionClock(MES, bundledCalendar()),
    open: () => {
      let reading = 0
      return Promise.resolve({ run: IDLE, memory: () => memory(reading++), close: () => Promise.resolve() })
    },
    now: () => 0,
    cuts: [],
    barMs: 250,
    memoryBytes: 64 * MB,
  })
  return findings.find(({ check }) => check === 'memory')!
}

const IDLE: StrategyRun = {
  onBar: () => undefined,
  snapshot: () => null,
  takeWarnings: () => [],
  indicators: () => ({}),
}

function barAt(index: number): Bar {
  const price = ticks(20_000)
  const time = epochMs(Date.UTC(2026, 5, 1) + index * 60_000)
  return { time, open: price, high: price, low: price, close: price, volume: lots(1) }
}
