import fc from 'fast-check'
import { sql } from 'kysely'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCloudDb, type CloudDb } from '../../../src/adapters/cloud-db/open-cloud-db.ts'
import { CloudFailure } from '../../../src/contracts/cloud/failure.ts'
import { askCloud, servedCloud } from '../../support/running-cloud.ts'

type Operation = Readonly<{
  requestBody?: { content: { 'application/json': { schema: { properties?: Record<string, unknown> } } } }
  security?: unknown
}>

const INJECTIONS = [
  "'; DROP TABLE licences; --",
  '1 OR 1=1',
  '\r\nSet-Cookie: a=b',
  '\u0000',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '${jndi:ldap://x}',
  '{{7*7}}',
  'x'.repeat(60_000),
]
/** What is written down of every request, whatever becomes of it. */
const BOOKS = new Set(['rate_offences', 'schema_migrations', 'duties', 'sqlite_sequence', 'experiences'])

/** A server behind a proxy, so that every request may come from somewhere else. */
async function tried() {
  const { url, folder } = await servedCloud({ behindProxy: true })
  const { db, close } = await openCloudDb({ kind: 'sqlite', file: join(folder, 'cloud.db') })
  const { body } = await askCloud(url, '/api/openapi.json')
  const { paths } = body as { paths: Record<string, Record<string, Operation>> }
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  let asked = 0
  const ask = (path: string, options: { method: string; body?: unknown; headers?: Record<string, string> }) => {
    asked++
    const from = `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`
    return askCloud(url, path, { ...options, headers: { 'x-forwarded-for': from, ...options.headers } })
  }
  return { routes, ask, rows: () => countAll(db), close }
}

async function countAll(db: CloudDb): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_schema where type = 'table'`.execute(db)
  const counts: Record<string, number> = {}
  for (const { name } of rows.filter((row) => !BOOKS.has(row.name)))
    counts[name] = Number(
      (await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(db)).rows[0]!.n,
    )
  // The server plants its seed while it is asked.
  const given = sql<{ n: number }>`select count(*) as n from experiences where contributor not like 'seed:%'`
  return { ...counts, experiences: Number((await given.execute(db)).rows[0]!.n) }
}

describe('every call of the cloud', () => {
  it('refuses what is no request of its own with a code, and nothing is stored', async () => {
    const { routes, ask, rows, close } = await tried()
    const before = await rows()
    const posts = routes.filter(({ method }) => method === 'POST')
    expect(posts.length).toBeGreaterThan(5)
    for (const { path, operation } of posts) {
      const names = Object.keys(operation.requestBody!.content['application/json'].schema.properties ?? {})
      const everything = (value: unknown) => Object.fromEntries(names.map((name) => [name, value]))
      const bodies: unknown[] = [
        ...['', '{', 'null', '[]', '"text"', '{"unknown":1}', `{"x":"${'x'.repeat(1_048_576)}"}`],
        // A call without parameters takes the empty object that this would be.
        ...(names.length === 0 ? [] : [null, 1e308, [], {}, -1, ...INJECTIONS].map(everything)),
      ]
      for (const body of bodies) {
        const answer = await ask(path, { method: 'POST', body })
        expect({ path, status: answer.status, text: answer.text.slice(0, 300) }).toSatisfy(refusedProperly)
        expect(answer.text).not.toMatch(/DROP|jndi|passwd|<script|sqlite|at .*\.ts:/i)
        expect(answer.headers['set-cookie']).toBeUndefined()
      }
      const wrongType = await ask(path, { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } })
      expect([401, 415]).toContain(wrongType.status)
    }
    expect(await rows()).toEqual(before)
    await close()
  })

  it('lets nobody in as an admin', async () => {
    const { routes, ask, rows, close } = await tried()
    const before = await rows()
    const admin = routes.filter(({ operation }) => operation.security !== undefined)
    expect(admin.length).toBeGreaterThan(5)
    for (const { method, path } of admin)
      for (const authorization of [
        '',
        'Bearer ',
        `Bearer sla_${'a'.repeat(43)}`,
        "Bearer ' OR 1=1 --",
        'Basic YWRtaW46YWRtaW4=',
      ]) {
        const answer = await ask(path, {
          method,
          headers: { authorization },
          ...(method === 'POST' ? { body: '{}' } : {}),
        })
        expect([path, answer.status, (answer.body as CloudFailure).code]).toEqual([path, 401, 'unauthorized'])
      }
    expect(await rows()).toEqual(before)
    await close()
  })

  it('never fails inside, whatever it is sent', async () => {
    const { routes, ask, close } = await tried()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes.filter(({ operation }) => operation.security === undefined)),
        fc.json({ maxDepth: 4 }),
        fc.string({ maxLength: 60 }),
        async ({ method, path }, body, text) => {
          const headers = {
            'x-slipway-lease': printable(text),
            'x-slipway-device': printable(text),
            'x-request-id': printable(text),
          }
          const query = method === 'POST' ? '' : `?user_id=${encodeURIComponent(text)}`
          const answer = await ask(path + query, { method, headers, ...(method === 'POST' ? { body } : {}) })
          expect(answer.status).not.toBe(500)
          if (answer.status >= 400) CloudFailure.parse(answer.body)
        },
      ),
      { numRuns: 150 },
    )
    await close()
  })
})

const printable = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, '?')

function refusedProperly({ status, text }: { status: number; text: string }): boolean {
  return status >= 400 && status < 500 && /^\{"code":"[a-z_]+","message":"[^"]+/.test(text)
}
