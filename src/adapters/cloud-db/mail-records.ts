import type { Kysely } from 'kysely'
import { mailAddress } from '../../domain/mail/mail-address.ts'
import type { Mail } from '../../domain/mail/mail.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { CloudTables } from './tables/tables.ts'

/** Longest payload that is stored, characters: ours are a few hundred. */
const LONGEST_PAYLOAD = 8_192

/**
 * - `queued`: it will be sent
 * - `known`: this news has its mail already, sent or not
 * - `bad-address`: nobody can be reached there, nothing was stored
 */
export type Enqueued = 'queued' | 'known' | 'bad-address'

/**
 * Puts a mail among those to send, once for each id. Within a transaction it is sent if, and only if, that commits.
 *
 * @param db the database or a transaction on it
 * @throws {RangeError} an id or a payload that no mail of ours has: a bug in the caller
 */
export async function enqueueMail(db: Kysely<CloudTables>, mail: Mail, now: EpochMs): Promise<Enqueued> {
  const to = mailAddress(mail.to)
  if (to === undefined) return 'bad-address'
  const payload = JSON.stringify(mail.content)
  if (!/^[\x21-\x7e]{1,200}$/.test(mail.id)) throw new RangeError('the id of a mail is up to 200 printable characters')
  if (payload.length > LONGEST_PAYLOAD) throw new RangeError('the payload of a mail is too long')
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('mails')
    .values({
      ...{ id: mail.id, to_address: to, kind: mail.content.kind, payload },
      ...{ created_at: now, sent_at: null, attempts: 0, next_at: now },
      ...{ lease_owner: null, lease_until: null, problem: null },
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows ? 'queued' : 'known'
}
