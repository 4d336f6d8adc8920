import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graceStep, leaseTimes } from '../../../src/domain/licence/grace-ladder.ts'
import {
  CLOCK_TOLERANCE_MS,
  hearServerTime,
  readTrustedClock,
  trustedClock,
} from '../../../src/domain/licence/trusted-clock.ts'
import { epochMs, type EpochMs } from '../../../src/domain/units/units.ts'

const NOW = epochMs(Date.UTC(2026, 10, 20, 12))
const HOUR = 3_600_000
const DAY = 24 * HOUR
const later = (ms: number) => (NOW + ms) as EpochMs

describe('trusted time', () => {
  it('is the wall clock where that is right', () => {
    const clock = trustedClock(NOW, 100)
    expect(readTrustedClock(clock, later(5 * DAY), 200)).toMatchObject({ nowMs: later(5 * DAY), isFrozen: false })
  })

  it('does not go back with a wall clock that is set back, and says so', () => {
    const clock = trustedClock(NOW, 0)
    const read = readTrustedClock(clock, later(-3 * DAY), 2 * HOUR)
    expect(read).toMatchObject({ nowMs: later(2 * HOUR), isFrozen: true })
  })

  it('puts up with a clock that is a little slow', () => {
    const read = readTrustedClock(trustedClock(NOW, 0), later(-CLOCK_TOLERANCE_MS), 0)
    expect(read).toMatchObject({ nowMs: NOW, isFrozen: false })
  })

  it('keeps no mark of a clock that was ahead for a while', () => {
    const ahead = readTrustedClock(trustedClock(NOW, 0), later(400 * DAY), 1_000)
    expect(ahead.nowMs).toBe(later(400 * DAY))
    const right = readTrustedClock(ahead.clock, later(2_000), 2_000)
    expect(right).toMatchObject({ nowMs: later(2_000), isFrozen: false })
  })

  it('expires nothing when a clock is set back', () => {
    const lease = leaseTimes(NOW, null)
    const read = readTrustedClock(trustedClock(later(5 * DAY), 0), later(-365 * DAY), 0)
    expect(read.isFrozen).toBe(true)
    expect(graceStep(lease, read.nowMs).rung).toBe('warn')
  })

  it('follows the server where the machine is a year off, ahead or behind', () => {
    for (const off of [365 * DAY, -365 * DAY]) {
      const heard = hearServerTime(NOW, later(off), 0)
      expect(readTrustedClock(heard, later(off + HOUR), HOUR)).toMatchObject({ nowMs: later(HOUR), isFrozen: false })
    }
  })

  it('counts the time that a machine sleeps, which its monotonic clock does not', () => {
    const heard = hearServerTime(NOW, later(30 * DAY), 0)
    expect(readTrustedClock(heard, later(40 * DAY), HOUR).nowMs).toBe(later(10 * DAY))
  })

  it('gives nobody more than a week of running time on one lease, however the clock is set between runs', () => {
    const lease = leaseTimes(NOW, null)
    const runs = fc.array(
      fc.record({ wall: fc.integer({ min: -400 * DAY, max: 6 * DAY }), ran: fc.integer({ min: HOUR, max: 3 * DAY }) }),
      { minLength: 1, maxLength: 30 },
    )
    fc.assert(
      fc.property(runs, (all) => {
        let [floorMs, traded] = [NOW, 0]
        for (const { wall, ran } of all) {
          const start = trustedClock(floorMs, 0)
          const read = readTrustedClock(start, later(wall), ran)
          if (graceStep(lease, read.nowMs).entries) traded += ran
          floorMs = read.clock.floorMs
        }
        expect(traded).toBeLessThan(7 * DAY)
      }),
    )
  })

  it('has a floor that is running time alone', () => {
    const step = fc.record({ wall: fc.integer({ min: -DAY, max: DAY }), mono: fc.integer({ min: 0, max: HOUR }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let [clock, mono] = [trustedClock(NOW, 0), 0]
        for (const { wall, mono: more } of steps) {
          mono += more
          const read = readTrustedClock(clock, later(wall), mono)
          expect(read.clock.floorMs).toBe(later(mono))
          expect(read.nowMs).toBeGreaterThanOrEqual(read.clock.floorMs)
          clock = read.clock
        }
      }),
    )
  })
})
