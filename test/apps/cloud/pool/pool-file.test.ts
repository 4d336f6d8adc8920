import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  countByStatus,
  readGivenExperiences,
  storeExperience,
} from '../../../../src/adapters/cloud-db/experience-records.ts'
import { plantSeed } from '../../../../src/adapters/cloud-db/seed-records.ts'
import { openCloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { exportPool } from '../../../../src/apps/cloud/pool/export-pool.ts'
import { importPool } from '../../../../src/apps/cloud/pool/import-pool.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { answerOf, slipway } from '../../../support/cli-run.ts'
import { describeOnBothDatabases, type OpenedCloud } from '../../../support/cloud-databases.ts'
import { rowOf } from '../../../support/pool-experiences.ts'
import { tempHome } from '../../../support/temp-home.ts'

const NOW = epochMs(Date.UTC(2026, 10, 21, 12))
const key = (n: number) => `key-${String(n).padStart(16, '0')}`

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'slipway-pool-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** Ten trades of two licences and of a bare user, one of them held, and a seed. */
async function fill({ db }: Pick<OpenedCloud, 'db'>): Promise<void> {
  await plantSeed(db, 'test', [rowOf({ contributor: 'seed:1', idempotency_key: key(99) })], NOW)
  for (let n = 0; n < 10; n++) {
    const contributor = n === 9 ? 'user:0123456789ab' : `lic_${n % 2}`
    const source = n === 8 ? 'synthetic' : 'paper'
    const row = rowOf({ contributor, source, idempotency_key: key(n), weight: 0.5 })
    await storeExperience(db, row, NOW, () => (n === 7 ? 'held-day' : 'used'))
  }
}

describeOnBothDatabases('a pool file', (open) => {
  it('brings everything that people gave to another database, once', async () => {
    const [from, to] = [await open(), await open()]
    await fill(from)
    const file = join(folder(), 'pool.ndjson.gz')
    const sum = await exportPool(from.db, file, { attributed: true, now: NOW })
    expect(sum.rows).toBe(10)
    const taken = await importPool(to.db, file, { usesSynthetic: true, now: NOW })
    expect(taken).toMatchObject({ rows: 10, taken: 10, sha256: sum.sha256 })
    const rows = async ({ db }: OpenedCloud) =>
      (await readGivenExperiences(db, 0, 100)).map((row) => ({ ...row, seq: 0, body_hash: '' }))
    expect(await rows(to)).toEqual(await rows(from))
    expect(await importPool(to.db, file, { usesSynthetic: true, now: NOW })).toMatchObject({ rows: 10, taken: 0 })
    expect(readdirSync(join(file, '..'))).toEqual(['pool.ndjson.gz'])
  })

  it('names nobody unless it is asked to, and tells contributors apart all the same', async () => {
    const [from, to] = [await open(), await open()]
    await fill(from)
    const file = join(folder(), 'pool.ndjson')
    await exportPool(from.db, file, { attributed: false, now: NOW })
    const text = readFileSync(file, 'utf8')
    expect(text).not.toMatch(/lic_|0123456789ab|user_id/)
    await importPool(to.db, file, { usesSynthetic: false, now: NOW })
    const rows = await readGivenExperiences(to.db, 0, 100)
    expect(new Set(rows.map(({ contributor }) => contributor)).size).toBe(3)
    expect(rows.filter(({ contributor }) => contributor.startsWith('user:import-'))).toHaveLength(1)
    expect(new Set(rows.map((row) => row.user_id))).toEqual(new Set(['000000000000']))
    // Made-up prices count only where that is wanted.
    expect(await countByStatus(to.db)).toEqual(
      new Map([
        ['held-day', 1],
        ['source', 1],
        ['used', 8],
      ]),
    )
  })

  it('can’t make its rows what Slipway brought with it', async () => {
    const [from, to] = [await open(), await open()]
    await storeExperience(from.db, rowOf({ contributor: 'lic_1' }), NOW, () => 'used')
    const file = join(folder(), 'pool.ndjson')
    await exportPool(from.db, file, { attributed: true, now: NOW })
    await importPool(
      to.db,
      rewritten(file, (text) => text.replace('"lic_1"', '"seed:1"')),
      { usesSynthetic: false, now: NOW },
    )
    const [row] = await readGivenExperiences(to.db, 0, 9)
    expect(row?.contributor).toBe('seed-1')
  })

  it.each<[string, (text: string) => string, RegExp]>([
    ['cut short', (text) => text.slice(0, text.lastIndexOf('{')), /the file ends before its last line/],
    ['changed', (text) => text.replace('"r":1', '"r":2'), /it was changed after it was written/],
    ['with a row less', (text) => text.replace(/\n\{"kind".*?\n/, '\n'), /it has 9 rows and should have 10/],
    ['of something else', () => 'time,open,high\n1,2,3\n', /line 1: is no JSON/],
    ['of another version', (text) => text.replace('"version":1', '"version":2'), /line 1: is no header of a pool file/],
    [
      'with a result that no server takes',
      (text) => text.replace('"r":1', '"r":99'),
      /line 2: is no experience: outcome.r/,
    ],
    ['with words after its end', (text) => `${text}{}\n`, /something follows the last line/],
    ['that is empty', () => '', /the file ends before its last line/],
  ])('%s is refused whole', async (_, change, why) => {
    const [from, to] = [await open(), await open()]
    await fill(from)
    const file = join(folder(), 'pool.ndjson')
    await exportPool(from.db, file, { attributed: false, now: NOW })
    const reading = importPool(to.db, rewritten(file, change), { usesSynthetic: false, now: NOW })
    await expect(reading).rejects.toThrow(why)
    expect(await countByStatus(to.db)).toEqual(new Map())
  })
})

/** Another text in the same place; its sum is made right only where the sum is not the point. */
function rewritten(file: string, change: (text: string) => string): string {
  const changed = change(readFileSync(file, 'utf8'))
  const isContributor = changed.includes('"seed:1"')
  writeFileSync(file, isContributor ? withSum(changed) : changed)
  return file
}

function withSum(text: string): string {
  const lines = text.trimEnd().split('\n').slice(0, -1)
  const sha256 = createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex')
  return `${lines.join('\n')}\n${JSON.stringify({ rows: lines.length - 1, sha256 })}\n`
}

describe('slipway cloud pool', () => {
  it('exports, imports, tells and excludes', async () => {
    const [home, other] = [tempHome(), tempHome()]
    const operator = (at: string, ...words: string[]) =>
      slipway(at, ['cloud', 'pool', ...words, '--json'], { env: {}, now: () => NOW })
    const database = await openCloudDb({ kind: 'sqlite', file: join(home, 'cloud', 'cloud.db') })
    await fill(database)
    await database.close()
    const file = join(home, 'all.ndjson.gz')
    const exported = answerOf<{ rows: number; sha256: string }>(await operator(home, 'export', file))
    expect(exported).toMatchObject({ file, rows: 10, attributed: false })
    expect(gunzipSync(readFileSync(file)).toString().split('\n')).toHaveLength(13)
    expect(await operator(home, 'export', file)).toMatchObject({ code: 2 })
    expect(answerOf(await operator(other, 'import', file))).toMatchObject({ rows: 10, taken: 10, alreadyThere: 0 })
    expect(answerOf(await operator(home, 'status'))).toMatchObject({
      ...{ total: 11, byStatus: { 'held-day': 1, used: 10 } },
      contributors: [{ contributor: 'lic_0', count: 5, used: 5 }, { contributor: 'lic_1', count: 4, used: 3 }, {}, {}],
    })
    expect(await operator(home, 'exclude', 'lic_0')).toMatchObject({ code: 2 })
    expect(answerOf(await operator(home, 'exclude', 'lic_0', '--yes'))).toEqual({
      contributor: 'lic_0',
      excluded: true,
      rows: 5,
    })
    expect(await operator(home, 'exclude', 'nobody', '--yes')).toMatchObject({ code: 2 })
    expect(answerOf(await operator(home, 'include', 'lic_0'))).toMatchObject({ rows: 5, excluded: false })
    expect(await operator(home, 'import', join(home, 'missing.ndjson'))).toMatchObject({ code: 2 })
  })
})
