import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { quantLibTable, type TableName } from '../../support/quantlib-table.ts'
import { repoRoot } from '../../support/repo-root.ts'

const FIRST = 25

/** The system's Python comes with the package; another one may stand before it in the path. */
const python = ['python3', '/usr/bin/python3'].find(
  (program) => spawnSync(program, ['-c', 'import QuantLib'], { timeout: 30_000 }).status === 0,
)
if (python === undefined) console.log('skipped: Python has no QuantLib here (Debian: apt-get install quantlib-python)')

describe.skipIf(python === undefined)('the tables of QuantLib', () => {
  it('are what QuantLib says today', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-quantlib-'))
    try {
      const script = join(repoRoot, 'test', 'support', 'quantlib-oracle.py')
      const { status, stderr } = spawnSync(python!, [script, folder, '--first', String(FIRST)], { encoding: 'utf8' })
      expect([status, stderr]).toEqual([0, ''])
      for (const name of ['european', 'black76', 'american'] satisfies TableName[]) {
        const kept = quantLibTable(name).rows.slice(0, FIRST)
        for (const [index, row] of quantLibTable(name, folder).rows.entries())
          for (const [at, value] of row.entries())
            if (typeof value === 'number') {
              const before = kept[index]?.[at] as number
              // Another version may round otherwise.
              expect(Math.abs(value - before)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(before)))
            } else expect(value).toBe(kept[index]?.[at])
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
