import Database from 'better-sqlite3'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, describe } from 'vitest'
import { openCloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { readExperiences } from '../../../../src/adapters/cloud-db/experience-records.ts'
import { plantBundledSeed } from '../../../../src/apps/cloud/pool/plant-seed.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { repoRoot } from '../../../support/repo-root.ts'
import { askCloud, runningCloud } from '../../../support/running-cloud.ts'
import { tempHome } from '../../../support/temp-home.ts'

const SLOW = 120_000

/** Rows of the pool by whether they count yet, as they stand in the file. */
function rowsIn(home: string): { seeding: number; used: number } {
  const file = join(home, 'cloud', 'cloud.db')
  if (!existsSync(file)) return { seeding: 0, used: 0 }
  const db = new Database(file, { readonly: true })
  try {
    const count = db.prepare('SELECT count(*) FROM experiences WHERE status = ?').pluck()
    return { seeding: count.get('seeding') as number, used: count.get('used') as number }
  } catch {
    // Its tables are being made.
    return { seeding: 0, used: 0 }
  } finally {
    db.close()
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + SLOW; !isSo(); await delay(1))
    if (performance.now() > end) throw new Error('it did not come to that')
}

describe('the first start of a cloud', () => {
  it(
    'answers while its pool is planted, and goes on planting after a kill in the middle',
    async () => {
      const home = tempHome()
      const first = await runningCloud({ home })
      const answered: string[] = []
      while (rowsIn(home).used === 0 && answered.length < 2)
        for (const path of ['/health', '/api/license/keys']) {
          const { status } = await askCloud(first.url, path)
          if (rowsIn(home).used === 0) answered.push(`${status} ${path}`)
        }
      expect(answered).toContain('200 /health')
      expect(answered).toContain('200 /api/license/keys')
      await first.kill()
      const before = rowsIn(home)
      expect(before.used).toBe(0)
      const next = await runningCloud({ home })
      await until(() => next.output().includes('pool-seeded'))
      const { rows } = JSON.parse(readFileSync(join(repoRoot, 'resources', 'pool-seed.json'), 'utf8')) as {
        rows: number
      }
      expect(rowsIn(home)).toEqual({ seeding: 0, used: rows })
      expect(await next.stop()).toBe(0)
    },
    SLOW,
  )

  it('that is ended in the middle ends at once, and leaves what counts for nothing', async ({ onTestFinished }) => {
    const file = join(tempHome(), 'cloud.db')
    const { db, close } = await openCloudDb({ kind: 'sqlite', file })
    onTestFinished(() => close())
    const ending = new AbortController()
    const planting = plantBundledSeed(db, epochMs(1), ending.signal)
    for (let rows = 0; rows === 0; await new Promise((resolve) => setImmediate(resolve)))
      rows = (await db.selectFrom('experiences').select('seq').limit(1).execute()).length
    ending.abort()
    await expect(planting).rejects.toMatchObject({ name: 'AbortError' })
    expect(await readExperiences(db, 0, 10_000)).toEqual([])
  })
})
