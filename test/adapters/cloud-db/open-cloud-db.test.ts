import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isDatabaseAway } from '../../../src/adapters/cloud-db/database-away.ts'
import { leaveDuty, takeDuty } from '../../../src/adapters/cloud-db/duty-records.ts'
import { openCloudDb } from '../../../src/adapters/cloud-db/open-cloud-db.ts'
import { MIGRATIONS } from '../../../src/adapters/cloud-db/migrations/migrations.ts'
import { inOrderOf, transact } from '../../../src/adapters/cloud-db/transact.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { describeOnBothDatabases, describeWithPostgres, freshDatabaseOn } from '../../support/cloud-databases.ts'

const user = (userId: string, at = 1) => ({
  user_id: userId,
  email: null,
  first_at: at,
  last_at: at,
  app_version: null,
})

const experience = (key: string) => ({
  ...{ kind: 'signal', user_id: 'u', contributor: 'c', idempotency_key: key, body_hash: 'h' },
  ...{ symbol: '6EH4', symbol_class: '6E', side: 'buy', strategy: 's', timeframe: '1m', source: 'paper' },
  ...{ features: '{}', outcome: '{}', r: 1.5, day: '2026-11-20', stored_at: 1, status: 'used' },
})

describeOnBothDatabases("the cloud's database", (open) => {
  it('answers numbers as numbers: times, counts, sums and row numbers', async () => {
    const { db } = await open()
    const at = 1_795_260_000_123
    await db.insertInto('users').values(user('a', at)).execute()
    const { seq } = await db
      .insertInto('experiences')
      .values(experience('k1'))
      .returning('seq')
      .executeTakeFirstOrThrow()
    expect(seq).toBe(1)
    const row = await db
      .selectFrom('users')
      .select(({ fn }) => ['last_at', fn.countAll<number>().as('count'), fn.sum<number>('last_at').as('sum')])
      .groupBy('last_at')
      .executeTakeFirst()
    expect(row).toEqual({ last_at: at, count: 1, sum: at })
  })

  it('takes a contribution of one user once', async () => {
    const { db } = await open()
    const insert = () =>
      db
        .insertInto('experiences')
        .values(experience('k1'))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
    expect((await insert()).numInsertedOrUpdatedRows).toBe(1n)
    expect((await insert()).numInsertedOrUpdatedRows).toBe(0n)
    await expect(db.insertInto('experiences').values(experience('k1')).execute()).rejects.toThrow(/unique/i)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 21, -21])('holds no result of %s R', async (r) => {
    const { db } = await open()
    await expect(
      db
        .insertInto('experiences')
        .values({ ...experience('k1'), r })
        .execute(),
    ).rejects.toThrow(/constraint/i)
  })

  it('holds no event of a licence that there is not', async () => {
    const { db } = await open()
    const event = { licence_id: 'none', at: 1, kind: 'made', actor: 'cli', detail: '' }
    await expect(transact(db, (trx) => trx.insertInto('licence_events').values(event).execute())).rejects.toThrow(
      /foreign/i,
    )
  })

  it('leaves nothing of a transaction that failed', async () => {
    const { db } = await open()
    const failing = transact(db, async (trx) => {
      await trx.insertInto('users').values(user('a')).execute()
      throw new Error('half-way')
    })
    await expect(failing).rejects.toThrow('half-way')
    expect(await db.selectFrom('users').selectAll().execute()).toEqual([])
  })

  it('loses no step of many transactions that read and then write, from two instances at once', async () => {
    const one = await open()
    const two = await one.again()
    await one.db.insertInto('users').values(user('a', 0)).execute()
    const step = (instance: typeof two) =>
      transact(instance.db, async (trx) => {
        const { last_at } = await trx.selectFrom('users').select('last_at').executeTakeFirstOrThrow()
        await trx
          .updateTable('users')
          .set({ last_at: last_at + 1 })
          .execute()
      })
    for (let round = 0; round < 10; round++) await Promise.all([step(one), step(two), step(one)])
    expect(await one.db.selectFrom('users').select('last_at').executeTakeFirst()).toEqual({ last_at: 30 })
  })

  it('lets a transaction inside another be part of it', async () => {
    const { db } = await open()
    const failing = transact(db, async (trx) => {
      await transact(trx, (inner) => inner.insertInto('users').values(user('a')).execute())
      throw new Error('outer')
    })
    await expect(failing).rejects.toThrow('outer')
    expect(await db.selectFrom('users').selectAll().execute()).toEqual([])
  })

  it('is opened again with what it holds', async () => {
    const one = await open()
    await one.db.insertInto('users').values(user('a')).execute()
    const two = await one.again()
    expect(await two.db.selectFrom('users').select('user_id').execute()).toEqual([{ user_id: 'a' }])
    await expect(two.ping()).resolves.toBeUndefined()
  })

  it('is refused when a newer Slipway has changed its tables', async () => {
    const one = await open()
    const newer = MIGRATIONS.length + 1
    await sql`insert into schema_migrations (version, name) values (${newer}, 'later')`.execute(one.db)
    await expect(one.again()).rejects.toMatchObject({ refusal: { code: 'state-newer' } })
  })

  it('gives a duty to one instance until it leaves it or its time is over', async () => {
    const { db } = await open()
    expect(await takeDuty(db, 'mail', 'a', epochMs(0), 100)).toBe(true)
    expect(await takeDuty(db, 'mail', 'b', epochMs(99), 100)).toBe(false)
    expect(await takeDuty(db, 'mail', 'a', epochMs(99), 100)).toBe(true)
    expect(await takeDuty(db, 'mail', 'b', epochMs(150), 100)).toBe(false)
    expect(await takeDuty(db, 'mail', 'b', epochMs(199), 100)).toBe(true)
    await leaveDuty(db, 'mail', 'b')
    expect(await takeDuty(db, 'mail', 'a', epochMs(200), 100)).toBe(true)
  })
})

describeWithPostgres("the cloud's database", (open) => {
  it('is made once by instances that start at the same moment', async () => {
    const { options } = await open()
    if (options.kind !== 'postgres') throw new Error('not PostgreSQL')
    const url = await freshDatabaseOn(options.url)
    const instances = await Promise.all(Array.from({ length: 4 }, () => openCloudDb({ kind: 'postgres', url })))
    onTestFinished(async () => {
      for (const one of instances) await one.close()
    })
    const { rows } = await sql`select version from schema_migrations`.execute(instances[0]!.db)
    expect(rows).toHaveLength(MIGRATIONS.length)
  })

  it('connects again when the server has closed its connections', async () => {
    const one = await open()
    const other = await one.again()
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
      other.db,
    )
    await expect
      .poll(() =>
        one.ping().then(
          () => 'answers',
          () => 'fails',
        ),
      )
      .toBe('answers')
  })

  it('lives on when the server goes while a transaction is between two questions', async () => {
    const one = await open()
    const other = await one.again()
    const killed = transact(one.db, async (trx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
      await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(other.db)
      // The end of the connection is heard before the next question is asked.
      await new Promise((heard) => setTimeout(heard, 50))
      await trx.selectFrom('users').selectAll().execute()
    })
    await expect(killed).rejects.toSatisfy(isDatabaseAway)
    await expect(one.ping()).resolves.toBeUndefined()
  })

  it('shows rows in the order of their numbers to who follows them', async () => {
    const one = await open()
    const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>()
    const { promise: inserted, resolve: hasInserted } = Promise.withResolvers<void>()
    const add = (key: string, wait?: Promise<void>) =>
      transact(
        one.db,
        async (trx) => {
          await inOrderOf(trx, 'experiences')
          await trx.insertInto('experiences').values(experience(key)).execute()
          hasInserted()
          await wait
        },
        'read committed',
      )
    const slow = add('slow', mayCommit)
    await inserted
    const fast = add('fast')
    const seen = await one.db.selectFrom('experiences').select('seq').execute()
    commit()
    await Promise.all([slow, fast])
    const rows = await one.db.selectFrom('experiences').select(['seq', 'idempotency_key']).orderBy('seq').execute()
    expect(seen).toEqual([])
    expect(rows.map((row) => row.idempotency_key)).toEqual(['slow', 'fast'])
  })
})

describe("the cloud's database", () => {
  const folder = () => {
    const path = mkdtempSync(join(tmpdir(), 'slipway-cloud-'))
    onTestFinished(() => rmSync(path, { recursive: true, force: true }))
    return path
  }

  it('says that PostgreSQL can not be reached, without the password', async () => {
    const url = 'postgresql://someone:hunter2@127.0.0.1:1/none'
    const refused = await openCloudDb({ kind: 'postgres', url, connectMs: 500 }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ refusal: { code: 'server-unreachable' } })
    expect(JSON.stringify(refused) + String(refused)).not.toContain('hunter2')
  })

  it('is refused when its file is no database', async () => {
    const file = join(folder(), 'cloud.db')
    writeFileSync(file, 'this is not a database, whatever its name says'.repeat(100))
    await expect(openCloudDb({ kind: 'sqlite', file })).rejects.toMatchObject({ refusal: { code: 'state-corrupt' } })
  })

  it.skipIf(process.platform === 'win32')('is nobody else’s to read', async () => {
    const file = join(folder(), 'data', 'cloud.db')
    const { db, close } = await openCloudDb({ kind: 'sqlite', file })
    await db.insertInto('users').values(user('a')).execute()
    const modes = ['', '-wal', '-shm'].map((end) => (statSync(file + end).mode & 0o777).toString(8))
    expect(modes).toEqual(['600', '600', '600'])
    await close()
  })

  it('survives a power cut with every commit: WAL and synchronous=FULL', async () => {
    const file = join(folder(), 'cloud.db')
    const { db, close } = await openCloudDb({ kind: 'sqlite', file })
    expect((await sql`pragma journal_mode`.execute(db)).rows).toEqual([{ journal_mode: 'wal' }])
    expect((await sql`pragma synchronous`.execute(db)).rows).toEqual([{ synchronous: 2 }])
    await close()
    expect(new Database(file).pragma('integrity_check', { simple: true })).toBe('ok')
  })
})
