import { describe, expect, it } from 'vitest'
import { driveRounds } from './drive-rounds.ts'
import { describePlan, planRound } from './round-plan.ts'

const ROUNDS = 24

/** Rounds that found something once: the seed, how its plan begins, and what they found. */
const FOUND_ONCE = [
  [20261179, 'bracket to its target, power lost at point 3', 'the legs of a bracket sent a second time, beside it'],
] as const

// At once: a round waits for its venue more than it works.
describe.concurrent('bots that are killed while they order', () => {
  it('double no order, lose nothing and leave nothing without its stop', { timeout: 600_000 }, async () => {
    const findings: string[] = []
    const total = await driveRounds({ rounds: ROUNDS, seed: 1, atOnce: 4, say: (line) => findings.push(line) })
    // Told with the plan of each round, and how to run it again.
    expect(findings).toEqual([])
    expect(total).toMatchObject({ rounds: ROUNDS, duplicates: 0, lost: 0, naked: 0, stuck: 0 })
    expect(total.kills).toBeGreaterThan(ROUNDS / 3)
  })

  it.each(FOUND_ONCE)('keep round %i (%s) clean, which once found %s', { timeout: 120_000 }, async (seed, plan) => {
    // Where another plan is drawn now, the round proves something else: look for a seed that draws this one.
    expect(describePlan(planRound(seed))).toContain(plan)
    const findings: string[] = []
    const total = await driveRounds({ rounds: 1, seed, atOnce: 1, say: (line) => findings.push(line) })
    expect(findings).toEqual([])
    expect(total).toMatchObject({ rounds: 1, kills: 2, duplicates: 0, lost: 0, naked: 0, stuck: 0 })
  })
})
