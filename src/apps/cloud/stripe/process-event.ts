import {
  addressOfUser,
  lockSubscription,
  takeStripeEvent,
  noteStripeProblem,
  writeSubscription,
  type KnownSubscription,
  type TriedEvents,
} from '../../../adapters/cloud-db/subscription-records.ts'
import { changeTerms, insertLicence, lockLicence, noteUser } from '../../../adapters/cloud-db/licence-records.ts'
import type { LicenceRecord } from '../../../adapters/cloud-db/licence-records.ts'
import { enqueueMail } from '../../../adapters/cloud-db/mail-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { insertPush } from '../../../adapters/cloud-db/push-records.ts'
import { newId, newSecretKey } from '../../../adapters/cloud-db/secret-keys.ts'
import { transact, type CloudTransaction } from '../../../adapters/cloud-db/transact.ts'
import { StripeEvent } from '../../../contracts/cloud/stripe.ts'
import { PLANS } from '../../../domain/licence/plans.ts'
import { hearNews, licenceEnd, type SubscriptionNews } from '../../../domain/licence/subscription.ts'
import { activationMail, paymentFailedMail } from '../../../domain/mail/mail.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { readNews } from './read-news.ts'

/**
 * Does what a stored event asks for, in one transaction with the mark that it is done: done once, whoever is killed when.
 *
 * @returns whether a licence has changed
 */
export function processStripeEvent(
  db: CloudDb,
  id: string,
  now: EpochMs,
  tried: TriedEvents = 'waiting',
): Promise<boolean> {
  return transact(db, (trx) => process(trx, id, tried, now), 'read committed')
}

async function process(trx: CloudTransaction, id: string, tried: TriedEvents, now: EpochMs): Promise<boolean> {
  const stored = await takeStripeEvent(trx, id, tried, now)
  const event = stored && StripeEvent.parse(JSON.parse(stored.payload))
  const news = event && readNews(event)
  if (!news) return false
  const known = await lockSubscription(trx, news.subscriptionId, news.customerId ?? '')
  const heard: KnownSubscription = { ...hearNews(known, news), licenceId: known.licenceId }
  const by = { actor: `stripe:${id}`, at: now }
  const licence = await settleLicence(trx, heard, news, by)
  // After the licence, as everywhere: so no two transactions wait for each other.
  if (heard.userId !== null && news.email !== undefined)
    await noteUser(trx, { userId: heard.userId, email: news.email }, now)
  await writeSubscription(trx, { ...heard, licenceId: licence?.licence.id ?? null })
  const problem = licence ? undefined : problemOf(heard)
  if (problem !== undefined) await noteStripeProblem(trx, id, problem)
  if (licence) await tellHolder(trx, licence.licence, licence.isNew, news, now)
  return licence?.hasChanged ?? false
}

type Settled = Readonly<{ licence: LicenceRecord; isNew: boolean; hasChanged: boolean }>

/** Makes the licence of a subscription, or gives it the end and plan that the subscription has now. */
async function settleLicence(
  trx: CloudTransaction,
  subscription: KnownSubscription,
  news: SubscriptionNews,
  by: Readonly<{ actor: string; at: EpochMs }>,
): Promise<Settled | undefined> {
  const { id, userId, plan, licenceId } = subscription
  const expiresAt = licenceEnd(subscription)
  if (userId === null || plan === null || expiresAt === undefined) return undefined
  const email = news.email ?? (await addressOfUser(trx, userId))
  if (licenceId === null) {
    const terms = { userId, plan, accounts: PLANS[plan].accounts, devices: PLANS[plan].devices, expiresAt }
    // Nobody knows this key, nor will: the real one is made when the buyer claims it, and is stored nowhere before.
    const unknown = { keyHash: newSecretKey('slw_').hash, keyHint: '' }
    const made = {
      id: newId('lic_'),
      ...unknown,
      email,
      source: 'stripe' as const,
      subscriptionId: id,
      revokedAt: null,
    }
    return { licence: await insertLicence(trx, { ...terms, ...made }, by), isNew: true, hasChanged: true }
  }
  const before = await lockLicence(trx, licenceId)
  if (!before) return undefined
  const hasChanged = await changeTerms(
    trx,
    licenceId,
    {
      expiresAt,
      ...(before.plan === plan ? {} : { plan, accounts: PLANS[plan].accounts, devices: PLANS[plan].devices }),
      ...(email === null ? {} : { email }),
    },
    by,
  )
  if (hasChanged) {
    const push = { topic: 'licence', audience: userId, payload: { licence_id: licenceId, change: 'changed' } }
    await insertPush(trx, { at: by.at, ...push })
  }
  return { licence: { ...before, plan, expiresAt, email: email ?? before.email }, isNew: false, hasChanged }
}

async function tellHolder(
  trx: CloudTransaction,
  licence: LicenceRecord,
  isNew: boolean,
  news: SubscriptionNews,
  now: EpochMs,
): Promise<void> {
  const { id: licenceId, email, plan, keyHint, expiresAt } = licence
  if (email === null) return
  const end = expiresAt ?? undefined
  // Also where the address came after the licence; a mail of this name is made once.
  if (isNew || keyHint === '')
    await enqueueMail(trx, activationMail(email, { licenceId, plan, expiresAt: end, claim: licenceId }), now)
  if (news.failedInvoiceId !== undefined)
    await enqueueMail(
      trx,
      paymentFailedMail(email, news.failedInvoiceId, { licenceId, plan, keyHint, expiresAt: end }),
      now,
    )
}

/** Why a paid subscription has no licence: somebody at the checkout's set-up must correct it. */
function problemOf(subscription: KnownSubscription): string | undefined {
  const { id, userId, plan, paidUntil } = subscription
  if (paidUntil === null) return undefined
  const missing = [userId === null ? 'user_id' : '', plan === null ? 'plan' : ''].filter((name) => name !== '')
  return missing.length === 0 ? undefined : `Subscription ${id} is paid and names no ${missing.join(' and no ')}.`
}
