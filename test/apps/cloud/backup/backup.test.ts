import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { BACKUP_TABLES, filledTables } from '../../../../src/adapters/cloud-db/backup-records.ts'
import { openCloudDb, type CloudDatabase } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { readBackup } from '../../../../src/apps/cloud/backup/read-backup.ts'
import { restoreBackup } from '../../../../src/apps/cloud/backup/restore-backup.ts'
import { writeBackup } from '../../../../src/apps/cloud/backup/write-backup.ts'
import { Refused } from '../../../../src/domain/failure/refusal.ts'
import { describeOnBothDatabases, describeWithPostgres } from '../../../support/cloud-databases.ts'
import { everythingIn, fillCloud } from '../../../support/filled-cloud.ts'
import { NOON } from '../../../support/push-rig.ts'

const STAMP = { now: NOON, version: '1.2.3' }

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-backup-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function sqliteForTest(): Promise<CloudDatabase> {
  const database = await openCloudDb({ kind: 'sqlite', file: join(folderForTest(), 'cloud.db') })
  onTestFinished(() => database.close())
  return database
}

const refusalOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? `${error.refusal.code}: ${error.refusal.message}` : String(error)),
  )

/** The lines of a backup, changed. */
function rewrite(file: string, change: (lines: string[]) => string[]): string {
  const changed = `${file}.changed`
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
  writeFileSync(changed, gzipSync(`${change(lines).join('\n')}\n`))
  return changed
}

describeOnBothDatabases('a backup of the cloud', (open) => {
  it('brings everything back into an empty database', async () => {
    const [from, to] = [await open(), await open()]
    await fillCloud(from.db)
    const file = join(folderForTest(), 'cloud.backup')
    const written = await writeBackup(from, file, STAMP)
    expect(written.tables.get('experiences')).toMatchObject({ rows: 1_203 })
    await restoreBackup(to, file, { replace: false })
    const [before, after] = [await everythingIn(from.db), await everythingIn(to.db)]
    // Whoever keeps a copy of these must read them anew.
    for (const counted of ['pool_state', 'calendar_revision']) {
      expect(after[counted]).not.toEqual(before[counted])
      delete after[counted]
      delete before[counted]
    }
    expect(after).toEqual(before)
  })

  it('leaves no table out but those that say what happens this minute', async () => {
    const { db } = await open()
    const tables = (await db.introspection.getTables()).map(({ name }) => name)
    const elsewhere = ['schema_migrations', 'page_sessions', 'duties', 'gifts_of_day']
    expect(tables.filter((name) => !elsewhere.includes(name)).toSorted()).toEqual([...BACKUP_TABLES].toSorted())
    // And the other tests have something in each of them.
    await fillCloud(db, 1)
    expect(await filledTables(db)).toEqual(BACKUP_TABLES)
  })

  it('gives rows that come later higher numbers than those it brought back', async () => {
    const [from, to] = [await open(), await open()]
    await fillCloud(from.db)
    const file = join(folderForTest(), 'cloud.backup')
    await writeBackup(from, file, STAMP)
    await restoreBackup(to, file, { replace: false })
    const newest = (
      await to.db
        .selectFrom('pushes')
        .select((row) => row.fn.max('seq').as('seq'))
        .executeTakeFirstOrThrow()
    ).seq
    const { seq } = await to.db
      .insertInto('pushes')
      .values({ at: NOON, topic: 'signal', audience: null, payload: '{}' })
      .returning('seq')
      .executeTakeFirstOrThrow()
    expect(seq).toBeGreaterThan(Number(newest))
  })

  it('holds one moment, while others go on writing', async () => {
    const from = await open()
    await fillCloud(from.db, 6_000)
    const other = await from.again()
    const file = join(folderForTest(), 'cloud.backup')
    let writing = true
    const writer = (async () => {
      for (let n = 0; writing; n++, await setImmediate())
        await other.db
          .insertInto('pushes')
          .values({ at: NOON, topic: 'signal', audience: null, payload: `{"n":${n}}` })
          .execute()
    })()
    const written = await writeBackup(from, file, STAMP)
    writing = false
    await writer
    expect(await readBackup(file)).toEqual({ head: written.head, tables: written.tables })
    const now = await from.db.selectFrom('pushes').selectAll().execute()
    expect(written.tables.get('pushes')!.rows).toBeLessThan(now.length)
  })

  it('does not go into a database that holds something, unless told to replace it', async () => {
    const [from, to] = [await open(), await open()]
    await fillCloud(from.db, 10)
    const file = join(folderForTest(), 'cloud.backup')
    await writeBackup(from, file, STAMP)
    await to.db.insertInto('pushes').values({ at: 1, topic: 'old', audience: null, payload: '{}' }).execute()
    await to.db.insertInto('pool_state').values({ id: 1, epoch: 50, seed: null }).execute()
    const before = await everythingIn(to.db)
    expect(await refusalOf(restoreBackup(to, file, { replace: false }))).toContain(
      'bad-usage: The database is not empty',
    )
    expect(await everythingIn(to.db)).toEqual(before)
    await restoreBackup(to, file, { replace: true })
    const after = await everythingIn(to.db)
    expect(after.pushes).toEqual((await everythingIn(from.db)).pushes)
    expect(await to.db.selectFrom('pool_state').selectAll().execute()).toEqual([{ id: 1, epoch: 51, seed: 'run-1' }])
  })

  it('does not go into a database that a server has open', async () => {
    const [from, to] = [await open(), await open()]
    const file = join(folderForTest(), 'cloud.backup')
    await writeBackup(from, file, STAMP)
    const server = await to.again()
    await server.db.selectFrom('pushes').selectAll().execute()
    expect(await refusalOf(restoreBackup(to, file, { replace: true }))).toContain('A server has this database open')
    await server.close()
    await expect.poll(() => refusalOf(restoreBackup(to, file, { replace: true })), { timeout: 10_000 }).toBe('done')
  })

  it('is taken whole or not at all', async () => {
    const [from, to] = [await open(), await open()]
    await fillCloud(from.db)
    const file = join(folderForTest(), 'cloud.backup')
    await writeBackup(from, file, STAMP)
    const packed = readFileSync(file)
    const middle = gunzipSync(packed)
      .toString()
      .split('\n')
      .findIndex((line) => line.includes('key-0000000000000500'))
    const broken = {
      cut: [packed.subarray(0, packed.length - 20), 'damaged'],
      'one bit': [
        Buffer.from(packed).fill(packed[packed.length >> 1]! ^ 1, packed.length >> 1, (packed.length >> 1) + 1),
        '',
      ],
      'not packed': [Buffer.from('hello'), 'damaged'],
      empty: [Buffer.alloc(0), ''],
    } as const
    for (const [name, [bytes, why]] of Object.entries(broken)) {
      const bad = `${file}.${name}`
      writeFileSync(bad, bytes)
      expect(await refusalOf(restoreBackup(to, bad, { replace: false })), name).toMatch(
        new RegExp(`^backup-invalid.*${why}`),
      )
    }
    const changed: Record<string, (lines: string[]) => string[]> = {
      'a row less': (lines) => lines.toSpliced(middle, 1),
      'a row twice': (lines) => lines.toSpliced(middle, 0, lines[middle]!),
      'another value': (lines) => lines.with(middle, lines[middle]!.replace('"ES"', '"NQ"')),
      'no end': (lines) => lines.slice(0, -1),
      'an end too many': (lines) => [...lines, lines.at(-1)!],
      'a value less': (lines) => lines.with(middle, JSON.stringify((JSON.parse(lines[middle]!) as unknown[]).slice(1))),
      'another format': (lines) => lines.with(0, lines[0]!.replace('"version":1', '"version":2')),
      'an unknown table': (lines) => lines.map((line) => line.replace('"table":"mails"', '"table":"secrets"')),
    }
    for (const [name, change] of Object.entries(changed))
      expect(await refusalOf(restoreBackup(to, rewrite(file, change), { replace: false })), name).toMatch(
        /^backup-invalid/,
      )
    const newer = rewrite(file, (lines) => lines.with(0, lines[0]!.replace(/"schema":\d+/, '"schema":999')))
    expect(await refusalOf(restoreBackup(to, newer, { replace: false }))).toMatch(/^state-newer/)
    expect(Object.values(await everythingIn(to.db)).flat()).toEqual([])
  })

  it('leaves what was there where it can not be put in', async () => {
    const [from, to] = [await open(), await open()]
    await fillCloud(from.db, 700)
    await fillCloud(to.db, 3)
    const file = join(folderForTest(), 'cloud.backup')
    await writeBackup(from, file, STAMP)
    const before = await everythingIn(to.db)
    // Its sums are right, and the database refuses it: two licences with one key.
    const foul = rewrite(file, (lines) => {
      const at = lines.findIndex((line) => line.startsWith('{"table":"experiences"'))
      const columns = (JSON.parse(lines[at]!) as { columns: string[] }).columns
      return lines.with(at, JSON.stringify({ table: 'experiences', columns: columns.with(0, 'no_such_column') }))
    })
    expect(await refusalOf(restoreBackup(to, foul, { replace: true }))).toContain('no_such_column')
    expect(await everythingIn(to.db)).toEqual(before)
  })

  it('overwrites no file, leaves no half one, and lets only its owner read it', async () => {
    const from = await open()
    const folder = folderForTest()
    const file = join(folder, 'cloud.backup')
    await writeBackup(from, file, STAMP)
    expect(await refusalOf(writeBackup(from, file, STAMP))).toMatch(/^bad-usage/)
    expect(await refusalOf(writeBackup(from, join(folder, 'no', 'such', 'folder'), STAMP))).toMatch(/^file-unreadable/)
    expect(readdirSync(folder)).toEqual(['cloud.backup'])
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})

describeWithPostgres('a backup of one database', (open) => {
  it('goes into the other and back, and is the same', async () => {
    const [first, between, last] = [await sqliteForTest(), await open(), await sqliteForTest()]
    await fillCloud(first.db)
    const folder = folderForTest()
    const [there, back] = [join(folder, 'there'), join(folder, 'back')]
    await writeBackup(first, there, STAMP)
    await restoreBackup(between, there, { replace: false })
    const { tables } = await writeBackup(between, back, STAMP)
    await restoreBackup(last, back, { replace: false })
    const original = (await readBackup(there)).tables
    for (const [table, sum] of original)
      if (table !== 'pool_state' && table !== 'calendar_revision') expect(tables.get(table), table).toEqual(sum)
    const [before, after] = [await everythingIn(first.db), await everythingIn(last.db)]
    expect(after.experiences).toEqual(before.experiences)
    expect(after.licences).toEqual(before.licences)
  })
})
