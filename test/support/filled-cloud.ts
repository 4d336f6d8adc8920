import { sql } from 'kysely'
import { BACKUP_TABLES } from '../../src/adapters/cloud-db/backup-records.ts'
import type { CloudDb } from '../../src/adapters/cloud-db/open-cloud-db.ts'

const AT = Date.UTC(2026, 10, 21, 12)
/** Texts that come out of order, out of their quotes or out of their bytes where somebody is careless. */
const TEXTS = ["O'Brien", 'Ärger', 'ärger', 'Zebra', 'zebra', '😀 \u2028 line', 'a"b\\c', '-- ; drop table users', '']

/** Puts rows into every table that a backup holds. */
export async function fillCloud(db: CloudDb, experiences = 1_203): Promise<void> {
  const each = TEXTS.map((text, n) => ({ text, n, at: AT + n }))
  await db
    .insertInto('licences')
    .values(
      each.map(({ text, n, at }) => ({
        ...{ id: `lic_${text}${n}`, key_hash: `hash${n}`, key_hint: 'slw_ab', user_id: 'aaaaaaaaaaaa', email: null },
        ...{ plan: 'pro', accounts: 2, devices: 3, created_at: at, expires_at: n % 2 ? at : null, revoked_at: null },
        ...{ revoked_reason: text, source: 'cli', subscription_id: null },
      })),
    )
    .execute()
  const licence = `lic_${TEXTS[0]}0`
  await db
    .insertInto('licence_events')
    .values(each.map(({ text, at }) => ({ licence_id: licence, at, kind: 'made', actor: 'cli', detail: text })))
    .execute()
  await db
    .insertInto('licence_devices')
    .values(
      each.map(({ text, n, at }) => ({
        ...{ licence_id: licence, device_id: `${text}${n}`, first_at: at, last_at: at, app_version: '1.0.0' },
      })),
    )
    .execute()
  await db
    .insertInto('licence_accounts')
    .values({ licence_id: licence, account_id: '0'.repeat(32), mode: 'live', first_at: AT, last_at: AT })
    .execute()
  await db
    .insertInto('account_leases')
    .values({
      ...{ account_id: '0'.repeat(32), user_id: 'aaaaaaaaaaaa', licence_id: licence, device_id: 'device-1', fence: 7 },
      ...{ jti: 'j', taken_at: AT, renewed_at: AT, expires_at: AT + 1, released_at: null },
    })
    .execute()
  await db
    .insertInto('users')
    .values(
      each.map(({ text, n, at }) => ({
        user_id: `${n}${text}`,
        email: text,
        first_at: at,
        last_at: at,
        app_version: null,
      })),
    )
    .execute()
  await db
    .insertInto('subscriptions')
    .values({
      ...{ id: 'sub_1', customer_id: 'cus_1', licence_id: licence, user_id: null, plan: null, status: 'active' },
      ...{ period_end: null, event_at: AT },
    })
    .execute()
  await db
    .insertInto('stripe_events')
    .values({
      ...{ id: 'evt_1', type: 'invoice.paid', created_at: AT, received_at: AT, payload: '{"a":1.5}' },
      ...{ processed_at: null, problem: null },
    })
    .execute()
  for (let from = 0; from < experiences; from += 500)
    await db
      .insertInto('experiences')
      .values(
        Array.from({ length: Math.min(500, experiences - from) }, (_, at) => from + at).map((n) => ({
          ...{ kind: n % 3 ? 'signal' : 'exit', user_id: 'aaaaaaaaaaaa', contributor: 'lic_1', side: 'buy' },
          ...{ idempotency_key: `key-${String(n).padStart(16, '0')}`, body_hash: `h${n}`, symbol: 'ES' },
          ...{ symbol_class: 'us-index', strategy: 'vwap-bounce', timeframe: '1m', source: 'paper' },
          ...{ features: JSON.stringify({ a: n / 7 }), outcome: '{}', r: Math.sin(n) * 20, day: '2026-11-20' },
          ...{ stored_at: AT + n, status: 'used', weight: 1 / (n + 1) },
        })),
      )
      .execute()
  await db.insertInto('pool_state').values({ id: 1, epoch: 4, seed: 'run-1' }).execute()
  await db
    .insertInto('calendar_events')
    .values({
      ...{ id: 'FOMC:2026-12-09', name: 'FOMC', date: '2026-12-09', time: '14:00', zone: 'America/New_York' },
      ...{
        status: 'scheduled',
        projections: 1,
        impact: 'high',
        note: null,
        minutes: null,
        updated_at: AT,
        removed_at: null,
      },
    })
    .execute()
  await db
    .insertInto('calendar_sources')
    .values({
      name: 'FOMC',
      known_from: '2026-01-01',
      known_until: '2027-12-31',
      as_of: '2026-11-20',
      checked_at: AT,
      problem: null,
    })
    .execute()
  await db.insertInto('calendar_revision').values({ id: 1, revision: 9 }).execute()
  await db
    .insertInto('admin_keys')
    .values({
      id: 'key_1',
      key_hash: 'h',
      label: 'Ärger',
      role: 'owner',
      created_at: AT,
      last_used_at: null,
      revoked_at: null,
    })
    .execute()
  await db
    .insertInto('admin_audit')
    .values({ at: AT, key_id: 'key_1', action: 'list', target: '', detail: '{}', request_id: 'r' })
    .execute()
  await db
    .insertInto('mails')
    .values({
      ...{
        id: 'expiry:lic_1:3',
        to_address: 'a@example.com',
        kind: 'expiry',
        payload: '{}',
        created_at: AT,
        sent_at: null,
      },
      ...{ attempts: 2, next_at: AT, lease_owner: null, lease_until: null, problem: 'x' },
    })
    .execute()
  await db
    .insertInto('pushes')
    .values(each.map(({ text, at }) => ({ at, topic: 'signal', audience: null, payload: JSON.stringify({ text }) })))
    .execute()
  await db
    .insertInto('rate_offences')
    .values(
      each.map(({ text, n, at }) => ({ subject: `user:${text}`, day: `2026-11-1${n}`, count: n + 1, last_at: at })),
    )
    .execute()
  await db
    .insertInto('page_sessions')
    .values({ token_hash: 't', kind: 'admin', subject: 'key_1', created_at: AT, expires_at: AT + 1 })
    .execute()
  await db.insertInto('duties').values({ name: 'mail', owner: 'i1', until: AT }).execute()
}

/** Every row of every table that a backup holds, in no order that matters. */
export async function everythingIn(db: CloudDb): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {}
  for (const table of BACKUP_TABLES) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(db)
    all[table] = rows
      .map((row) => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))))
      .toSorted()
  }
  return all
}
