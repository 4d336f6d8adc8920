import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  mayPass,
  NO_CRASHES,
  restartDelay,
  RESTART_POLICY,
  retryDelay,
  superviseEnding,
  type CrashHistory,
} from '../../../src/domain/bot/supervise.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const START = 1_700_000_000_000
const at = (ms: number) => epochMs(START + ms)
const died = { kind: 'died', ranMs: 100 } as const

describe('supervision', () => {
  it.each(['requested', 'feed-ended', 'fenced', 'refused'] as const)('lets a bot rest that ended as %s', (reason) =>
    expect(superviseEnding({ kind: 'ended', reason, ranMs: 100 }, NO_CRASHES, at(0), 0)).toEqual({
      kind: 'rest',
      reason,
    }),
  )

  it('tries again what was refused for what passes, ever more slowly, and soon where somebody else is waited for', () => {
    expect([1, 2, 3, 20].map((refusals) => retryDelay('disk-full', refusals, 0.5))).toEqual([
      1_000, 2_000, 4_000, 60_000,
    ])
    expect([1, 20].map((refusals) => retryDelay('account-held', refusals, 0.5))).toEqual([5_000, 5_000])
  })

  it.each([
    ['account-held', true],
    ['disk-full', true],
    ['system-busy', true],
    ['vault-locked', true],
    ['data-missing', false],
    ['state-corrupt', false],
    ['broker-refused', false],
    ['account-foreign', false],
    ['licence-refused', false],
    ['fenced', false],
    ['', false],
  ])('knows whether a refusal may pass by itself: %s', (code, passes) => expect(mayPass(code)).toBe(passes))

  it('goes on as before when what ended was only there to close everything', () => {
    const history = { crashes: [at(-5_000), at(-1_000)], streak: 2 }
    expect(superviseEnding({ kind: 'ended', reason: 'flattened', ranMs: 100 }, history, at(0), 0.5)).toEqual({
      ...{ kind: 'restart', delayMs: 2_000, history },
    })
  })

  it('starts a bot again that says it failed', () =>
    expect(superviseEnding({ kind: 'ended', reason: 'failed', ranMs: 100 }, NO_CRASHES, at(0), 0.5).kind).toBe(
      'restart',
    ))

  it('waits 1 s, then doubles up to 60 s', () =>
    expect([1, 2, 3, 4, 5, 6, 7, 8, 40].map((streak) => restartDelay(streak, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]))

  it('spreads restarts by a fifth either way, and never beyond 60 s', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (streak, draw) => {
          const plain = Math.min(60_000, 1_000 * 2 ** (streak - 1))
          const delay = restartDelay(streak, draw)
          expect(delay).toBeGreaterThanOrEqual(Math.round(plain * 0.8))
          expect(delay).toBeLessThanOrEqual(Math.min(60_000, Math.round(plain * 1.2)))
        },
      ),
    ))

  it('gives up at the fifth crash within ten minutes', () => {
    let history: CrashHistory = NO_CRASHES
    const moves: string[] = []
    for (const second of [0, 2, 6, 14, 30]) {
      const move = superviseEnding(died, history, at(second * 1_000), 0.5)
      moves.push(move.kind)
      if (move.kind !== 'rest') history = move.history
    }
    expect(moves).toEqual(['restart', 'restart', 'restart', 'restart', 'give-up'])
  })

  it('forgets crashes older than ten minutes, but keeps the longer delay until a bot has run well', () => {
    const history = { crashes: [at(0), at(1), at(2), at(3)], streak: 4 }
    const now = at(RESTART_POLICY.windowMs + 3)
    expect(superviseEnding(died, history, now, 0.5)).toEqual({
      kind: 'restart',
      delayMs: 16_000,
      history: { crashes: [now], streak: 5 },
    })
    const healthy = { ranMs: RESTART_POLICY.healthyMs }
    for (const ending of [
      { kind: 'died', ...healthy },
      { kind: 'ended', reason: 'failed', ...healthy },
    ] as const)
      expect(superviseEnding(ending, history, now, 0.5)).toMatchObject({ delayMs: 1_000, history: { streak: 1 } })
  })

  it('does not count crashes from the future, as after a clock set back', () => {
    const history = { crashes: [at(1e9), at(2e9), at(3e9), at(4e9)], streak: 0 }
    expect(superviseEnding(died, history, at(0), 0.5).kind).toBe('restart')
  })
})
