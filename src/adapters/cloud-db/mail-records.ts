import type { ExpressionBuilder, Kysely, Selectable } from 'kysely'
import { mailAddress } from '../../domain/mail/mail-address.ts'
import type { Mail, MailContent } from '../../domain/mail/mail.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { MailTables } from './tables/mail-tables.ts'
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

/** A mail that is ours to send, until its lease ends. */
export type ClaimedMail = Readonly<{
  id: string
  to: string
  content: MailContent
  createdAt: EpochMs
  /** This try included. */
  attempts: number
}>

/** When a mail that will not be sent is due: at the end of time. */
const NEVER = 8_640_000_000_000_000

/**
 * Takes the mail that has waited longest, for one instance. The try is counted before it is made: a mail that ends its
 * sender each time must not be tried for ever.
 *
 * @returns undefined: none is due
 */
export async function claimMail(
  db: Kysely<CloudTables>,
  owner: string,
  now: EpochMs,
  leaseMs: number,
): Promise<ClaimedMail | undefined> {
  for (;;) {
    const due = await db
      .selectFrom('mails')
      .selectAll()
      .where(isDue(now))
      .orderBy('next_at')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
    if (!due) return undefined
    const { numUpdatedRows } = await db
      .updateTable('mails')
      .set({ lease_owner: owner, lease_until: now + leaseMs, attempts: due.attempts + 1 })
      .where('id', '=', due.id)
      .where('attempts', '=', due.attempts)
      .where(isDue(now))
      .executeTakeFirst()
    // Else another instance was quicker.
    if (numUpdatedRows === 0n) continue
    const content = JSON.parse(due.payload) as MailContent
    return { id: due.id, to: due.to_address, content, createdAt: due.created_at as EpochMs, attempts: due.attempts + 1 }
  }
}

/** It was taken by the mail server. */
export async function mailSent(db: Kysely<CloudTables>, id: string, owner: string, now: EpochMs): Promise<void> {
  await settle(db, id, owner, { sent_at: now, problem: null })
}

/** @param nextAt undefined: it is not tried again, and `problem` says why */
export async function mailNotSent(
  db: Kysely<CloudTables>,
  id: string,
  owner: string,
  { nextAt, problem }: Readonly<{ nextAt: EpochMs | undefined; problem: string }>,
): Promise<void> {
  await settle(db, id, owner, { next_at: nextAt ?? NEVER, problem: problem.slice(0, 300) })
}

/** How it stands with the mails, for operators. */
export async function countMails(
  db: Kysely<CloudTables>,
): Promise<Readonly<{ waiting: number; sent: number; givenUp: number }>> {
  const { all, sent, givenUp } = await db
    .selectFrom('mails')
    .select(({ fn }) => [
      fn.countAll<number>().as('all'),
      fn.count<number>('sent_at').as('sent'),
      fn.countAll<number>().filterWhere('next_at', '=', NEVER).as('givenUp'),
    ])
    .executeTakeFirstOrThrow()
  return { waiting: all - sent - givenUp, sent, givenUp }
}

/** Forgets mails that were sent or given up long ago: they hold addresses. */
export async function pruneMails(db: Kysely<CloudTables>, before: EpochMs): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('mails')
    .where('created_at', '<', before)
    .where((row) => row.or([row('sent_at', 'is not', null), row('next_at', '=', NEVER)]))
    .executeTakeFirst()
  return Number(numDeletedRows)
}

const isDue = (now: EpochMs) => (row: ExpressionBuilder<CloudTables, 'mails'>) =>
  row.and([
    row('sent_at', 'is', null),
    row('next_at', '<=', now),
    row.or([row('lease_until', 'is', null), row('lease_until', '<=', now)]),
  ])

async function settle(
  db: Kysely<CloudTables>,
  id: string,
  owner: string,
  set: Partial<Pick<Selectable<MailTables['mails']>, 'sent_at' | 'next_at' | 'problem'>>,
): Promise<void> {
  await db
    .updateTable('mails')
    .set({ ...set, lease_owner: null, lease_until: null })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .execute()
}

/** A licence that ends soon, and whom to tell. */
export type EndingLicence = Readonly<{
  id: string
  email: string
  plan: string
  keyHint: string
  createdAt: EpochMs
  expiresAt: EpochMs
}>

const DAY = 86_400_000
const PAGE = 500
/** States of a subscription that pays for its licence: nobody has to do anything. */
const PAYING = ['active', 'trialing']

/** Licences with an address that end within a fortnight or ended a day ago, and that no subscription prolongs by itself. */
export async function* licencesThatEnd(db: Kysely<CloudTables>, now: EpochMs): AsyncGenerator<EndingLicence> {
  for (let after = ''; ;) {
    const rows = await db
      .selectFrom('licences')
      .leftJoin('subscriptions', 'subscriptions.id', 'licences.subscription_id')
      .select(['licences.id', 'licences.email', 'licences.plan', 'key_hint', 'created_at', 'expires_at'])
      .where('licences.id', '>', after)
      .where('email', 'is not', null)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>=', now - 2 * DAY)
      .where('expires_at', '<=', now + 15 * DAY)
      .where((row) => row.or([row('subscriptions.status', 'is', null), row('subscriptions.status', 'not in', PAYING)]))
      .orderBy('licences.id')
      .limit(PAGE)
      .execute()
    for (const { id, email, plan, key_hint: keyHint, created_at, expires_at } of rows)
      if (email !== null && expires_at !== null)
        yield { id, email, plan, keyHint, createdAt: created_at as EpochMs, expiresAt: expires_at as EpochMs }
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = last.id
  }
}
