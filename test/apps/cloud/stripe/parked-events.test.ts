import { expect, it } from 'vitest'
import { listAudit } from '../../../../src/adapters/cloud-db/admin-records.ts'
import { storeStripeEvent } from '../../../../src/adapters/cloud-db/subscription-records.ts'
import { MOST_TRIES, tryEvent } from '../../../../src/apps/cloud/stripe/try-event.ts'
import {
  dismissStripeEvent,
  listStripeEvents,
  retryStripeEvent,
  type TroubledStripeEvent,
} from '../../../../src/contracts/cloud/stripe.ts'
import type { z } from 'zod'
import { describeOnBothDatabases, type OpenedCloud } from '../../../support/cloud-databases.ts'
import { askHandler, LICENCE_NOW as NOW } from '../../../support/licences.ts'
import { onlyLicence, stripeServer } from '../../../support/stripe-server.ts'
import { checkout, paid, stripeEvent, updated } from '../../../support/stripe.ts'

const ADMIN = { keyId: 'adm_1', role: 'support', label: 'ops' } as const
const strange = () =>
  stripeEvent('customer.subscription.updated', { id: 'sub_1', status: ['?'], customer: 'Ann Smith' })

type Server = Awaited<ReturnType<typeof stripeServer>>

function admin({ concept: { handlers, gauges } }: Server, role: 'support' | 'reader' = 'support') {
  const call = { admin: { ...ADMIN, role }, now: NOW }
  return {
    async list() {
      const answer = await askHandler(handlers, listStripeEvents, { limit: '10' }, call)
      if ('code' in answer) throw new Error(answer.code)
      return answer.value.events as z.output<typeof TroubledStripeEvent>[]
    },
    retry: (id: string) => askHandler(handlers, retryStripeEvent, { id }, call),
    dismiss: (id: string) => askHandler(handlers, dismissStripeEvent, { id, reason: 'refunded by hand' }, call),
    gauge: (name: string) => gauges!().find((one) => one.name === `slipway_stripe_events_${name}`)!.value,
  }
}

/** A server, and an event that it has given up on. */
async function withParked(opened: OpenedCloud) {
  const first = await stripeServer(opened)
  const event = strange()
  await first.send(event)
  // Each start of a server tries what is open, as it does every quarter of an hour.
  for (let tries = 1; tries < MOST_TRIES; tries++) await (await stripeServer(opened)).concept.close?.()
  return { event, server: await stripeServer(opened) }
}

const corrected = (db: OpenedCloud['db'], id: string) => {
  const payload = JSON.stringify({ ...updated(), id })
  return db.updateTable('stripe_events').set({ payload }).where('id', '=', id).execute()
}

describeOnBothDatabases('an event of Stripe that can never be done with', (open) => {
  it('is tried again for some hours, then parked with its reason, and counted', async () => {
    const opened = await open()
    const first = await stripeServer(opened)
    const event = strange()
    await first.send(event)
    expect([admin(first).gauge('waiting'), admin(first).gauge('parked')]).toEqual([1, 0])
    const [waiting] = await admin(first).list()
    expect(waiting).toMatchObject({ id: event.id, state: 'waiting', attempts: 1, type: event.type })
    for (let tries = 1; tries < MOST_TRIES; tries++) {
      const next = await stripeServer(opened)
      expect(next.troubles).toEqual([
        'stripe-event-failed',
        ...(tries === MOST_TRIES - 1 ? ['stripe-event-parked'] : []),
      ])
      await next.concept.close?.()
    }
    const server = await stripeServer(opened)
    expect(server.troubles).toEqual([])
    expect(await server.send(event)).toBe('duplicate')
    expect(server.troubles).toEqual([])
    const [parked] = await admin(server).list()
    expect(parked).toMatchObject({ state: 'parked', attempts: MOST_TRIES, problem: expect.stringContaining('status') })
    expect(JSON.stringify(parked)).not.toMatch(/Ann|\?/)
    expect([admin(server).gauge('waiting'), admin(server).gauge('parked')]).toEqual([0, 1])
  })

  it('keeps no other from being done with, however many there are', async () => {
    const opened = await open()
    const { server } = await withParked(opened)
    for (const event of [checkout(), updated(), paid()]) expect(await server.send(event)).toBe('stored')
    await onlyLicence(opened)
    expect(await admin(server).list()).toHaveLength(1)
  })

  it('is tried once more by an admin: it stays parked with why, or is done with', async () => {
    const opened = await open()
    const { event, server } = await withParked(opened)
    const { retry, list, gauge } = admin(server)
    expect(await retry(event.id)).toMatchObject({ value: { event: { state: 'parked', attempts: MOST_TRIES + 1 } } })
    await corrected(opened.db, event.id)
    expect(await retry(event.id)).toEqual({ value: { event: null } })
    expect([await list(), gauge('parked')]).toEqual([[], 0])
    expect(await retry(event.id)).toMatchObject({ code: 'not_found' })
    const subscription = await opened.db.selectFrom('subscriptions').select('status').executeTakeFirst()
    expect(subscription).toEqual({ status: 'active' })
  })

  it('is still decided about when the server has no secret of Stripe any more', async () => {
    const opened = await open()
    const { event } = await withParked(opened)
    const { list, retry, dismiss } = admin(await stripeServer(opened, ''))
    expect(await list()).toMatchObject([{ id: event.id, state: 'parked' }])
    expect(await retry(event.id)).toMatchObject({ value: { event: { state: 'parked' } } })
    expect(await dismiss(event.id)).toEqual({ value: { dismissed: true } })
    expect(await list()).toEqual([])
  })

  it('is dismissed by an admin with a reason, and then nobody tries it or is told of it', async () => {
    const opened = await open()
    const { event, server } = await withParked(opened)
    const { dismiss, retry, list, gauge } = admin(server)
    expect(await dismiss(event.id)).toEqual({ value: { dismissed: true } })
    expect([await list(), gauge('parked'), gauge('waiting')]).toEqual([[], 0, 0])
    expect(await dismiss(event.id)).toEqual({ value: { dismissed: false } })
    expect(await retry(event.id)).toMatchObject({ code: 'not_found' })
    expect((await stripeServer(opened)).troubles).toEqual([])
    const audit = await listAudit(opened.db, { limit: 20 })
    expect(audit.findLast(({ action }) => action === 'stripe.dismiss')).toMatchObject({
      ...{ keyId: 'adm_1', target: event.id, detail: 'refunded by hand' },
    })
    expect(audit.some(({ action, target }) => action === 'stripe.retry' && target === event.id)).toBe(true)
  })

  it('is shown to readers, who may neither retry nor dismiss it', async () => {
    const { event, server } = await withParked(await open())
    const { list, retry, dismiss } = admin(server, 'reader')
    expect(await list()).toHaveLength(1)
    expect([await retry(event.id), await dismiss(event.id)]).toMatchObject([
      { code: 'forbidden' },
      { code: 'forbidden' },
    ])
  })
})

describeOnBothDatabases('an event of Stripe that was done with', (open) => {
  it('is listed where it made no licence, until it is dismissed', async () => {
    const opened = await open()
    const server = await stripeServer(opened)
    const { list, dismiss, gauge } = admin(server)
    await server.send(updated())
    const bill = paid()
    await server.send(bill)
    expect(await list()).toMatchObject([{ id: bill.id, state: 'done', problem: expect.stringContaining('no user_id') }])
    expect([gauge('waiting'), gauge('parked')]).toEqual([0, 0])
    expect(await dismiss(bill.id)).toEqual({ value: { dismissed: true } })
    expect(await list()).toEqual([])
  })

  it('is not parked because the database was away', async () => {
    const opened = await open()
    const event = checkout()
    const stored = { id: event.id, type: event.type, payload: JSON.stringify(event), createdAt: NOW }
    await storeStripeEvent(opened.db, stored, NOW)
    const away = Object.assign(new Error('terminating connection'), { code: '57P01' })
    const db = new Proxy(opened.db, {
      get(real, name) {
        if (name === 'transaction') throw away
        const found: unknown = Reflect.get(real, name)
        return typeof found === 'function' ? (found.bind(real) as unknown) : found
      },
    })
    const parts = { db, push: { told: () => undefined }, log: { error: () => undefined }, now: () => NOW }
    for (let tries = 0; tries <= MOST_TRIES; tries++) expect(await tryEvent(parts, event.id)).toBe(false)
    const row = await opened.db.selectFrom('stripe_events').select(['attempts', 'parked_at']).executeTakeFirst()
    expect(row).toEqual({ attempts: 0, parked_at: null })
    expect(await tryEvent({ ...parts, db: opened.db }, event.id)).toBe(true)
  })
})
