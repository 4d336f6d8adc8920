import { describe, expect, it } from 'vitest'
import { experienceOf } from '../../../../src/apps/cloud/pool/file-experience.ts'
import { bundledSeed } from '../../../../src/apps/cloud/pool/plant-seed.ts'
import { openNeighbours } from '../../../../src/apps/cloud/pool/open-neighbours.ts'
import type { PoolFileRow } from '../../../../src/adapters/pool-file/pool-file.ts'
import { EMBEDDED_POOL } from '../../../../src/domain/pool/pool-settings.ts'
import { Pool } from '../../../../src/domain/pool/pool.ts'

const { rows } = await bundledSeed()
/** Runs of generated markets that the pool under test has not seen. */
const isHeldOut = ({ contributor }: PoolFileRow) => contributor.endsWith('-4')

function poolOf(some: readonly PoolFileRow[]): Pool {
  const pool = new Pool(EMBEDDED_POOL, openNeighbours())
  for (const row of some) {
    const { kind, contributor, symbol, side, strategy, features, outcome, weight } = row
    const { symbol_class: symbolClass } = experienceOf(row)
    const { r, exit } = outcome
    const path = { mfe: outcome.mfe, mae: outcome.mae, exit }
    pool.add({ kind, contributor, weight, symbol, symbolClass, side, strategy, features, r, ...path })
  }
  return pool
}

const ask = (pool: Pool, row: PoolFileRow) =>
  pool.ask({ kind: row.kind, symbolClass: experienceOf(row).symbol_class, side: row.side, features: row.features })

describe('what Slipway brings with it', () => {
  it('is marked as its own, names no user, and holds both strategies on several classes of symbols', () => {
    expect(rows.length).toBeGreaterThan(2_000)
    for (const row of rows) {
      expect(row.contributor).toMatch(/^seed:(vwap-bounce|segment-options)-[A-Z0-9-]+-\d$/)
      expect(row.source).toBe('synthetic')
      expect(row).not.toHaveProperty('user_id')
    }
    const cells = poolOf(rows).health()
    for (const wanted of ['us-equity', 'energy', 'metals', 'fx', 'crypto', 'stock', 'india-equity'])
      expect(cells.some(({ cell }) => cell.includes(` ${wanted} `))).toBe(true)
    expect(cells.some(({ cell }) => cell.endsWith('segment-options'))).toBe(true)
  })

  it('tells the chance of a trade it has not seen better than the average of its strategy, symbol and side does', () => {
    const known = rows.filter((row) => !isHeldOut(row))
    const pool = poolOf(known)
    const signals = rows.filter((row) => isHeldOut(row) && row.kind === 'signal')
    const rate = new Map<string, { won: number; count: number }>()
    const keyOf = (row: PoolFileRow) => `${row.strategy} ${row.symbol} ${row.side}`
    for (const row of known.filter(({ kind }) => kind === 'signal')) {
      const one = rate.get(keyOf(row)) ?? { won: 0, count: 0 }
      rate.set(keyOf(row), { won: one.won + (row.outcome.r > 0 ? 1 : 0), count: one.count + 1 })
    }
    let told = 0
    let constant = 0
    const bins = Array.from({ length: 4 }, () => ({ said: 0, won: 0, count: 0 }))
    const answers = signals.flatMap((row) => {
      const { winRate } = ask(pool, row)
      const of = rate.get(keyOf(row))!
      return winRate === undefined ? [] : [{ winRate, won: row.outcome.r > 0 ? 1 : 0, usual: of.won / of.count }]
    })
    for (const { winRate, won, usual } of answers) {
      told += (winRate - won) ** 2
      constant += (usual - won) ** 2
    }
    for (const [place, { winRate, won }] of answers.toSorted((a, b) => a.winRate - b.winRate).entries()) {
      const bin = bins[Math.floor((place * bins.length) / answers.length)]!
      bin.said += winRate
      bin.won += won
      bin.count++
    }
    const shown = bins.map(({ said, won, count }) => ({ said: said / count, won: won / count }))
    expect(answers.length).toBeGreaterThan(500)
    expect(told).toBeLessThan(constant)
    // Where it says more, more are won, and about as many as it says.
    expect(shown.at(-1)!.won).toBeGreaterThan(shown[0]!.won + 0.1)
    for (const { said, won } of shown) expect(Math.abs(said - won)).toBeLessThan(0.1)
  })

  it('suggests exits within bounds, and never a stop farther away', () => {
    const pool = poolOf(rows)
    let suggested = 0
    for (const row of rows.filter(({ kind }) => kind === 'exit').slice(0, 300)) {
      const { stopMultiple, targetMultiple } = ask(pool, row)
      if (stopMultiple === undefined || targetMultiple === undefined) continue
      suggested++
      expect(stopMultiple).toBeGreaterThanOrEqual(0.5)
      expect(stopMultiple).toBeLessThanOrEqual(1)
      expect(targetMultiple).toBeGreaterThanOrEqual(0.5)
      expect(targetMultiple).toBeLessThanOrEqual(2)
    }
    expect(suggested).toBeGreaterThan(50)
  })
})
