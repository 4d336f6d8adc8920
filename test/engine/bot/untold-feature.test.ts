import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Proposal, Strategy } from '../../../src/domain/strategy/strategy.ts'
import { openRig, RIG_ACCOUNT, walkBars } from '../../support/bot-rig.ts'
import { eagerStrategy } from '../../support/eager-strategy.ts'
import { tempHome } from '../../support/temp-home.ts'

/** The eager strategy, whose entries have one feature more, as a plug-in's answer is parsed. */
function withFeature(name: string): Strategy {
  const more = (proposal: Proposal | undefined) =>
    proposal?.kind === 'enter'
      ? { ...proposal, features: JSON.parse(`{"hash":1,${JSON.stringify(name)}:2}`) as Record<string, number> }
      : proposal
  return {
    ...eagerStrategy,
    open: (setup) => {
      const run = eagerStrategy.open(setup)
      return { ...run, onBar: (...bar) => more(run.onBar(...bar)) }
    },
  }
}

async function traded(name: string) {
  const said: string[] = []
  const log = {
    info: () => undefined,
    warn: (event: string, message: string) => void said.push(`${event} ${message}`),
    error: () => undefined,
  }
  const rig = openRig({ home: tempHome(), bars: walkBars(200, 3), strategy: withFeature(name), log })
  await rig.run()
  await rig.close()
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number
  const found = { trades: count('trades'), contributions: count('outbox'), said }
  db.close()
  return found
}

describe('a setup with a feature whose name every object of JavaScript has', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('is traded, and its trade tells nobody: %s', async (name) => {
    const { trades, contributions, said } = await traded(name)
    expect(trades).toBeGreaterThan(3)
    expect(contributions).toBe(0)
    expect(said).toContain(
      `feature-not-told its feature "${name}" has a name that every object of JavaScript has: the pool is not asked about this setup, and its trade contributes nothing. Give it another name in the strategy`,
    )
  })

  it('is like any other under another name', async () => {
    const { trades, contributions, said } = await traded('builder')
    expect(contributions).toBeGreaterThanOrEqual(trades)
    expect(said.join()).not.toContain('feature-not-told')
  })
})
