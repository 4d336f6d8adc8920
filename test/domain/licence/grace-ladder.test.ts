import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graceStep, leaseTimes } from '../../../src/domain/licence/grace-ladder.ts'
import { epochMs, type EpochMs } from '../../../src/domain/units/units.ts'

const MADE = epochMs(Date.UTC(2026, 10, 20, 12))
const HOUR = 3_600_000
const lease = leaseTimes(MADE, null)
const at = (hours: number, ms = 0) => graceStep(lease, (MADE + hours * HOUR + ms) as EpochMs)

describe('the grace ladder', () => {
  it.each([
    [0, 'fresh', true, false],
    [24, 'silent', true, false],
    [72, 'warn', true, true],
    [168, 'ended', false, true],
  ] as const)('begins at hour %i with the rung %s', (hour, rung, entries, isSaid) => {
    expect(at(hour)).toMatchObject({ rung, entries, isSaid })
    if (hour > 0) expect(at(hour, -1).rung).not.toBe(rung)
  })

  it('says when the next rung begins, and when entries end', () => {
    expect(at(30)).toMatchObject({ until: MADE + 72 * HOUR, entriesUntil: MADE + 168 * HOUR })
    expect(at(500).until).toBeUndefined()
  })

  it('takes a lease of a clock ahead of ours as new', () => {
    expect(at(-48).rung).toBe('fresh')
  })

  it('ends with the licence, however new the lease is', () => {
    const short = leaseTimes(MADE, epochMs(MADE + 2 * HOUR))
    expect(graceStep(short, epochMs(MADE + 2 * HOUR - 1)).rung).toBe('fresh')
    expect(graceStep(short, epochMs(MADE + 2 * HOUR)).rung).toBe('ended')
  })

  it('never climbs as time passes', () => {
    const order = ['fresh', 'silent', 'warn', 'ended']
    const time = fc.integer({ min: -10 * HOUR, max: 400 * HOUR })
    fc.assert(
      fc.property(time, time, fc.option(fc.integer({ min: 1, max: 400 * HOUR })), (a, b, ends) => {
        const one = leaseTimes(MADE, ends === null ? null : epochMs(MADE + ends))
        const [earlier, later] = [Math.min(a, b), Math.max(a, b)].map((ms) =>
          order.indexOf(graceStep(one, epochMs(MADE + ms)).rung),
        )
        expect(earlier).toBeLessThanOrEqual(later!)
      }),
    )
  })
})
