import { expect } from 'vitest'
import { listLicences } from '../../src/adapters/cloud-db/licence-listings.ts'
import type { CloudDatabase } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { stripeConcept, type StripeParts } from '../../src/apps/cloud/stripe/stripe-concept.ts'
import { stripeWebhook } from '../../src/contracts/cloud/stripe.ts'
import { askHandler, LICENCE_NOW as NOW } from './licences.ts'
import { SECRET, stripeSignature } from './stripe.ts'

/** A server that Stripe sends its events to. */
export async function stripeServer(database: CloudDatabase, secret: string | undefined = SECRET) {
  const troubles: string[] = []
  const log = { error: (event: string) => troubles.push(event) } as unknown as StripeParts['log']
  const push = { told: () => undefined } as unknown as StripeParts['push']
  const parts = { database, log, push, now: () => NOW, settings: { stripeSecret: secret } }
  const concept = await stripeConcept(parts)
  const send = async (event: unknown, signature?: string, now = NOW) => {
    const rawBody = JSON.stringify(event)
    const headers = { 'stripe-signature': signature ?? stripeSignature(rawBody, [SECRET], now / 1_000) }
    const answer = await askHandler(concept.handlers, stripeWebhook, event, { rawBody, headers, now })
    return 'code' in answer ? answer.code : String(answer.value.result)
  }
  return { concept, send, troubles }
}

/** The one licence that there is. */
export const onlyLicence = async ({ db }: CloudDatabase) => {
  const found = await listLicences(db, { limit: 10 }, NOW)
  expect(found).toHaveLength(1)
  return found[0]!
}
