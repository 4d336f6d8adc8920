import type { Kysely } from 'kysely'
import type { EpochMs } from '../../domain/units/units.ts'
import type { AdminTables } from './tables/admin-tables.ts'

/** An admin key or a licence, by its id. */
export type PageSubject = Readonly<{ kind: 'admin' | 'user'; subject: string }>

type Db = Kysely<Pick<AdminTables, 'page_sessions'>>

export async function insertPageSession(
  db: Db,
  session: PageSubject & Readonly<{ tokenHash: string; createdAt: EpochMs; expiresAt: EpochMs }>,
): Promise<void> {
  const { tokenHash, kind, subject, createdAt, expiresAt } = session
  // Sessions that are over go with every sign-in, so that the table stays as small as the number of people.
  await db.deleteFrom('page_sessions').where('expires_at', '<=', createdAt).execute()
  await db
    .insertInto('page_sessions')
    .values({ token_hash: tokenHash, kind, subject, created_at: createdAt, expires_at: expiresAt })
    .execute()
}

export async function findPageSession(
  db: Db,
  tokenHash: string,
  now: EpochMs,
): Promise<(PageSubject & Readonly<{ expiresAt: EpochMs }>) | undefined> {
  const row = await db
    .selectFrom('page_sessions')
    .select(['kind', 'subject', 'expires_at'])
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  if (!row) return undefined
  return { kind: row.kind === 'admin' ? 'admin' : 'user', subject: row.subject, expiresAt: row.expires_at as EpochMs }
}

/** @returns whether there was one */
export async function deletePageSession(db: Db, tokenHash: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('page_sessions').where('token_hash', '=', tokenHash).executeTakeFirst()
  return numDeletedRows > 0n
}
