import { describe, expect, it } from 'vitest'
import { driveRounds } from './drive-rounds.ts'

const ROUNDS = 24

describe('bots that are killed while they order', () => {
  it('double no order, lose nothing and leave nothing without its stop', { timeout: 600_000 }, async () => {
    const findings: string[] = []
    const total = await driveRounds({ rounds: ROUNDS, seed: 1, atOnce: 4, say: (line) => findings.push(line) })
    // Told with the plan of each round, and how to run it again.
    expect(findings).toEqual([])
    expect(total).toMatchObject({ rounds: ROUNDS, duplicates: 0, lost: 0, naked: 0, stuck: 0 })
    expect(total.kills).toBeGreaterThan(ROUNDS / 3)
  })
})
