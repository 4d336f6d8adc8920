import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overshotLots, type FillBack } from '../../../src/domain/order/overshot.ts'

const fill = (purpose: FillBack['purpose'], side: FillBack['side'], quantity: number): FillBack => ({
  purpose,
  side,
  quantity,
})
const heldAfter = (fills: readonly FillBack[]) =>
  fills.reduce((held, { side, quantity }) => held + (side === 'buy' ? quantity : -quantity), 0)
const overshotAfter = (fills: readonly FillBack[]) => overshotLots(heldAfter(fills), fills.toReversed()).lots

describe('what orders have opened that were to close', () => {
  it.each<[string, readonly FillBack[], number]>([
    ['nothing where nothing was traded', [], 0],
    ['nothing of an entry', [fill('entry', 'buy', 4)], 0],
    ['nothing of what is closed', [fill('entry', 'buy', 4), fill('exit', 'sell', 4)], 0],
    ['nothing of what is left of a position', [fill('entry', 'buy', 4), fill('target', 'sell', 3)], 0],
    [
      'all of an exit after the target',
      [fill('entry', 'buy', 4), fill('target', 'sell', 4), fill('exit', 'sell', 4)],
      4,
    ],
    ['what is beyond flat', [fill('entry', 'buy', 4), fill('stop', 'sell', 1), fill('exit', 'sell', 4)], 1],
    [
      'two that went beyond it together',
      [fill('entry', 'sell', 2), fill('exit', 'buy', 2), fill('stop', 'buy', 1), fill('target', 'buy', 2)],
      3,
    ],
    [
      'less what was closed of it again',
      [fill('entry', 'buy', 4), fill('stop', 'sell', 4), fill('exit', 'sell', 4), fill('exit', 'buy', 3)],
      1,
    ],
    [
      'not what was entered later',
      [fill('entry', 'buy', 1), fill('stop', 'sell', 1), fill('exit', 'sell', 1), fill('entry', 'sell', 5)],
      1,
    ],
    ['nothing of what somebody else turned', [fill('entry', 'buy', 4), fill(null, 'sell', 6)], 0],
    [
      'nothing of a position before the last one',
      [fill('entry', 'buy', 1), fill('exit', 'sell', 3), fill('exit', 'buy', 2), fill('entry', 'sell', 1)],
      0,
    ],
  ])('is %s', (_what, fills, lots) => {
    expect(overshotAfter(fills)).toBe(lots)
  })

  it('is told with the last order that opened some of it, whatever ended without a fill since', () => {
    const [entry, stop, exit, back] = [
      fill('entry', 'buy', 4),
      fill('stop', 'sell', 4),
      fill('exit', 'sell', 4),
      fill('exit', 'buy', 1),
    ]
    expect(overshotLots(-3, [back, exit, stop, entry])).toEqual({ lots: 3, by: exit })
    expect(overshotLots(0, [stop, entry])).toEqual({ lots: 0, by: undefined })
  })

  const purposes = fc.constantFrom('entry' as const, 'exit' as const, 'stop' as const, 'target' as const, null)
  const fills = fc.array(
    fc.tuple(purposes, fc.constantFrom('buy' as const, 'sell' as const), fc.integer({ min: 1, max: 5 })),
  )

  it('is never more than is held, and nothing once that much is closed', () => {
    fc.assert(
      fc.property(fills, (all) => {
        const made = all.map(([purpose, side, quantity]) => fill(purpose, side, quantity))
        const held = heldAfter(made)
        const over = overshotAfter(made)
        expect(over).toBeGreaterThanOrEqual(0)
        expect(over).toBeLessThanOrEqual(Math.abs(held))
        if (over > 0) expect(overshotAfter([...made, fill('exit', held > 0 ? 'sell' : 'buy', over)])).toBe(0)
      }),
    )
  })

  it('is the same whatever was traded before the account was last flat', () => {
    fc.assert(
      fc.property(fills, fills, (before, after) => {
        const [first, second] = [before, after].map((list) => list.map(([p, s, q]) => fill(p, s, q))) as [
          FillBack[],
          FillBack[],
        ]
        const held = heldAfter(first)
        const flat = held === 0 ? first : [...first, fill('exit', held > 0 ? 'sell' : 'buy', Math.abs(held))]
        expect(overshotAfter([...flat, ...second])).toBe(overshotAfter(second))
      }),
    )
  })
})
