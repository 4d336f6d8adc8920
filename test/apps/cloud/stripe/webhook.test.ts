import { expect, it } from 'vitest'
import { listLicences, readLicence } from '../../../../src/adapters/cloud-db/licence-listings.ts'
import { storeStripeEvent } from '../../../../src/adapters/cloud-db/subscription-records.ts'
import { type StripeEvent } from '../../../../src/contracts/cloud/stripe.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { DAY, LICENCE_NOW as NOW, OTHER_USER, USER } from '../../../support/licences.ts'
import {
  checkout,
  created,
  deleted,
  failed,
  paid,
  SECRET,
  stripeEvent,
  stripeSignature,
  updated,
} from '../../../support/stripe.ts'
import { onlyLicence, stripeServer } from '../../../support/stripe-server.ts'

const GRACE = 3 * DAY

describeOnBothDatabases('a subscription at Stripe', (open) => {
  it('becomes a licence that ends some days after what was paid for, and one mail', async () => {
    const opened = await open()
    const { send, concept } = await stripeServer(opened)
    for (const event of [checkout(), created({ status: 'incomplete' }), updated(), paid()])
      expect(await send(event)).toBe('stored')
    expect(await onlyLicence(opened)).toMatchObject({
      ...{
        userId: USER,
        plan: 'pro',
        accounts: 5,
        devices: 3,
        source: 'stripe',
        email: 'ann@example.com',
        keyHint: '',
      },
      ...{
        expiresAt: NOW + 30 * DAY + GRACE,
        subscription: { id: 'sub_1', status: 'active', periodEnd: NOW + 30 * DAY },
      },
    })
    const mails = await opened.db.selectFrom('mails').selectAll().execute()
    expect(mails).toMatchObject([{ kind: 'activation', to_address: 'ann@example.com' }])
    await concept.close?.()
  })

  it('comes to the same in every order, with events told twice', async () => {
    const events = [checkout(), created({ status: 'incomplete' }), updated({ at: NOW / 1_000 + 1 }), paid()]
    for (const order of [
      [3, 2, 1, 0],
      [1, 3, 0, 2],
      [2, 0, 3, 1, 2, 0],
      [3, 0, 0, 1, 2, 3],
    ]) {
      const opened = await open()
      const { send } = await stripeServer(opened)
      for (const [n, which] of order.entries())
        expect(await send(events[which])).toBe(order.indexOf(which) === n ? 'stored' : 'duplicate')
      expect(await onlyLicence(opened)).toMatchObject({
        ...{ userId: USER, plan: 'pro', expiresAt: NOW + 30 * DAY + GRACE, subscription: { status: 'active' } },
      })
      expect(await opened.db.selectFrom('mails').selectAll().execute()).toHaveLength(1)
    }
  })

  it('is prolonged by a payment, told to its bots, and takes the seats of another plan', async () => {
    const opened = await open()
    const { send } = await stripeServer(opened)
    for (const event of [checkout(), updated(), paid()]) await send(event)
    await send(paid({ days: 60, at: NOW / 1_000 + 30 * 86_400 }))
    await send(updated({ plan: 'team', at: NOW / 1_000 + 31 * 86_400, days: 60 }))
    const { id } = await onlyLicence(opened)
    const licence = (await readLicence(opened.db, id, NOW))!
    expect(licence).toMatchObject({ plan: 'team', accounts: 25, devices: 10, expiresAt: NOW + 60 * DAY + GRACE })
    expect(licence.history.events.map(({ kind }) => kind)).toEqual(['changed', 'changed', 'created'])
    const pushes = await opened.db.selectFrom('pushes').select(['topic', 'audience']).execute()
    expect(pushes).toEqual([
      { topic: 'licence', audience: USER },
      { topic: 'licence', audience: USER },
    ])
  })

  it('keeps its end when a payment fails, and tells the holder once for each bill', async () => {
    const opened = await open()
    const { send } = await stripeServer(opened)
    for (const event of [checkout(), updated(), paid()]) await send(event)
    await send(updated({ status: 'past_due', days: 60, at: NOW / 1_000 + 30 * 86_400 }))
    await send(failed({ id: 'in_2' }))
    await send(failed({ id: 'in_2' }))
    await send(failed({ id: 'in_3' }))
    expect(await onlyLicence(opened)).toMatchObject({
      ...{ expiresAt: NOW + 30 * DAY + GRACE, subscription: { status: 'past_due' } },
    })
    const mails = await opened.db.selectFrom('mails').select('id').where('kind', '=', 'payment-failed').execute()
    expect(mails.map(({ id }) => id).toSorted((a, b) => a.localeCompare(b))).toEqual([
      ...['payment-failed:in_2', 'payment-failed:in_3'],
    ])
  })

  it('ends with what was paid for when it is cancelled', async () => {
    const opened = await open()
    const { send } = await stripeServer(opened)
    for (const event of [checkout(), updated(), paid(), deleted({ at: NOW / 1_000 + 5 })]) await send(event)
    await send(updated({ at: NOW / 1_000 + 4 }))
    expect(await onlyLicence(opened)).toMatchObject({ expiresAt: NOW + 30 * DAY, subscription: { status: 'canceled' } })
  })

  it('is read in the shape that Stripe sent until 2025 too', async () => {
    const opened = await open()
    const { send } = await stripeServer(opened)
    const end = NOW / 1_000 + 14 * 86_400
    await send(
      stripeEvent('customer.subscription.created', {
        ...{ id: 'sub_1', customer: { id: 'cus_1' }, status: 'trialing', current_period_end: end },
        ...{ metadata: { user_id: OTHER_USER, plan: 'starter' }, items: { data: [{ price: { lookup_key: 'x' } }] } },
      }),
    )
    expect(await onlyLicence(opened)).toMatchObject({
      ...{ userId: OTHER_USER, plan: 'starter', expiresAt: end * 1_000 + GRACE, email: null },
    })
    await send(
      stripeEvent('invoice.paid', {
        ...{ id: 'in_1', subscription: 'sub_1', customer: 'cus_1', customer_email: 'bob@example.com' },
        lines: { data: [{ period: { end: end + 86_400 } }] },
      }),
    )
    expect(await onlyLicence(opened)).toMatchObject({
      ...{ expiresAt: (end + 86_400) * 1_000 + GRACE, email: 'bob@example.com' },
    })
    expect(await opened.db.selectFrom('mails').select('kind').execute()).toEqual([{ kind: 'activation' }])
  })

  it('says what is missing where a payment names nobody, and is mended by an event that does', async () => {
    const opened = await open()
    const { send } = await stripeServer(opened)
    await send(updated())
    const bill = paid()
    await send(bill)
    expect(await listLicences(opened.db, { limit: 9 }, NOW)).toEqual([])
    const stored = await opened.db.selectFrom('stripe_events').selectAll().where('id', '=', bill.id).execute()
    expect(stored).toMatchObject([{ problem: 'Subscription sub_1 is paid and names no user_id.', processed_at: NOW }])
    await send(checkout({ userId: 'ann@broker' }))
    expect(await listLicences(opened.db, { limit: 9 }, NOW)).toEqual([])
    await send(checkout())
    expect(await onlyLicence(opened)).toMatchObject({ userId: USER })
  })
})

describeOnBothDatabases('the webhook of Stripe', (open) => {
  it('stores nothing that Stripe has not signed, or not just now', async () => {
    const opened = await open()
    const { send } = await stripeServer(opened)
    const event = checkout()
    const body = JSON.stringify(event)
    for (const signature of [
      ...['', 't=1,v1=00', stripeSignature(body, ['whsec_guess']), stripeSignature('{}')],
      stripeSignature(body, [SECRET], NOW / 1_000 - 301),
    ])
      expect(await send(event, signature)).toBe('unauthorized')
    expect(await opened.db.selectFrom('stripe_events').selectAll().execute()).toEqual([])
  })

  it('is not there without a secret', async () => {
    const { concept } = await stripeServer(await open(), '')
    expect(concept.handlers.map(({ route }) => route.path).toSorted()).toEqual([
      '/api/admin/stripe_events',
      '/api/admin/stripe_events/dismiss',
      '/api/admin/stripe_events/retry',
    ])
  })

  it('answers events that are none of ours, and keeps them not', async () => {
    const opened = await open()
    const { send } = await stripeServer(opened)
    expect(await send(stripeEvent('charge.refunded', { id: 'ch_1' }))).toBe('ignored')
    expect(await opened.db.selectFrom('stripe_events').selectAll().execute()).toEqual([])
  })

  it('takes an event once, though it is delivered to all instances at the same moment', async () => {
    const opened = await open()
    const instances = [
      await stripeServer(opened),
      await stripeServer(await opened.again()),
      await stripeServer(await opened.again()),
    ]
    const events = [checkout(), updated(), paid()]
    const answers = await Promise.all(
      events.flatMap((event) => instances.flatMap(({ send }) => [send(event), send(event)])),
    )
    expect(answers.filter((answer) => answer === 'stored')).toHaveLength(3)
    expect(answers.filter((answer) => answer === 'duplicate')).toHaveLength(15)
    expect(await onlyLicence(opened)).toMatchObject({ expiresAt: NOW + 30 * DAY + GRACE })
    expect(await opened.db.selectFrom('mails').selectAll().execute()).toHaveLength(1)
    expect(instances.flatMap(({ troubles }) => troubles)).toEqual([])
  })

  it('is completed at the next start when it died after storing', async () => {
    const opened = await open()
    for (const event of [checkout(), updated(), paid()] as unknown as StripeEvent[]) {
      const stored = { id: event.id, type: event.type, payload: JSON.stringify(event), createdAt: NOW }
      await storeStripeEvent(opened.db, stored, NOW)
    }
    expect(await listLicences(opened.db, { limit: 9 }, NOW)).toEqual([])
    await stripeServer(opened)
    expect(await onlyLicence(opened)).toMatchObject({ userId: USER, expiresAt: NOW + 30 * DAY + GRACE })
  })

  it('does not stumble over an event that can not be read: it is kept, said, and the next is done with', async () => {
    const opened = await open()
    const { send, troubles } = await stripeServer(opened)
    const strange = stripeEvent('customer.subscription.created', { id: 7, status: ['?'] })
    expect(await send(strange)).toBe('stored')
    expect(troubles).toEqual(['stripe-event-failed'])
    const rows = await opened.db.selectFrom('stripe_events').select(['processed_at', 'problem']).execute()
    expect(rows).toMatchObject([
      { processed_at: null, problem: expect.stringContaining('could not be done with') as string },
    ])
    for (const event of [checkout(), updated(), paid()]) expect(await send(event)).toBe('stored')
    await onlyLicence(opened)
  })

  it('forgets what old events said of people, and keeps that they came', async () => {
    const opened = await open()
    const { send } = await stripeServer(opened)
    const event = checkout()
    await send(event, undefined, epochMs(NOW))
    await opened.db
      .updateTable('stripe_events')
      .set({ processed_at: NOW - 91 * DAY })
      .execute()
    const again = await stripeServer(opened)
    expect(await opened.db.selectFrom('stripe_events').select(['id', 'payload']).execute()).toEqual([
      { id: event.id, payload: '' },
    ])
    expect(await again.send(event)).toBe('duplicate')
  })
})
