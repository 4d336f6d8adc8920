import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  hearNews,
  licenceEnd,
  PAYMENT_GRACE_MS,
  type Subscription,
  type SubscriptionNews,
} from '../../../src/domain/licence/subscription.ts'
import type { EpochMs } from '../../../src/domain/units/units.ts'

const DAY = 86_400_000
const at = (days: number) => (Date.UTC(2026, 10, 1) + days * DAY) as EpochMs
const news = (more: Partial<SubscriptionNews>): SubscriptionNews => ({ subscriptionId: 'sub_1', at: at(0), ...more })
const all = (...list: readonly Partial<SubscriptionNews>[]) =>
  list.reduce<Subscription | undefined>((known, one) => hearNews(known, news(one)), undefined)!

describe('a subscription', () => {
  it('gives a licence for what was paid, and a few days more for the next payment', () => {
    const paid = all({ status: 'active', plan: 'pro', userId: 'u' }, { paidUntil: at(30) })
    expect(licenceEnd(paid)).toBe(at(30) + PAYMENT_GRACE_MS)
  })

  it('gives none before anything was paid: an active period may still be owed', () => {
    expect(licenceEnd(all({ status: 'active' }))).toBeUndefined()
  })

  it('is not prolonged by a payment that failed, nor shortened by one', () => {
    const owing = all(
      { status: 'active' },
      { paidUntil: at(30) },
      { status: 'past_due', at: at(31), failedInvoiceId: 'in' },
    )
    expect(owing.status).toBe('past_due')
    expect(licenceEnd(owing)).toBe(at(30) + PAYMENT_GRACE_MS)
  })

  it('ends with what was paid for when it is cancelled, and no late news revives it', () => {
    const ended = all({ paidUntil: at(30) }, { status: 'canceled', at: at(10) }, { status: 'active', at: at(11) })
    expect(ended.status).toBe('canceled')
    expect(licenceEnd(ended)).toBe(at(30))
  })

  it('takes the later of two states of one second, in whichever order they come', () => {
    const [first, second] = [{ status: 'incomplete' }, { status: 'active' }]
    expect(all(first, second).status).toBe('active')
    expect(all(second, first).status).toBe('active')
  })

  it('is the same after every order of the same news, with some of it told twice', () => {
    const state = fc
      .record({
        status: fc.constantFrom('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'canceled'),
        plan: fc.constantFrom('starter' as const, 'pro' as const, 'team' as const),
        day: fc.nat(20),
      })
      .map(({ status, plan, day }): Partial<SubscriptionNews> => ({ status, plan, at: at(day), customerId: 'cus_1' }))
    const other = fc.oneof(
      fc.nat(90).map((day): Partial<SubscriptionNews> => ({ paidUntil: at(day), at: at(day) })),
      fc.constant<Partial<SubscriptionNews>>({ userId: 'u', customerId: 'cus_1', at: at(3) }),
    )
    const states = fc.uniqueArray(state, { selector: (one) => String(one.at), maxLength: 6 })
    // An end is final, so there is one; what comes before it can't be told from what comes after.
    const oneEnd = states.filter((list) => list.filter(({ status }) => status === 'canceled').length <= 1)
    const orders = fc
      .tuple(oneEnd, fc.array(other, { maxLength: 5 }))
      .map(([some, more]) => [...some, ...more])
      .filter((list) => list.length > 0)
      .chain((list) =>
        fc.tuple(
          fc.constant(list),
          fc.shuffledSubarray(list, { minLength: list.length }),
          fc.subarray(list, { minLength: 0 }),
        ),
      )
    fc.assert(
      fc.property(orders, ([list, shuffled, again]) => {
        const result = all(...list)
        const endless = ({ status, stateAt, plan, ...rest }: Subscription) =>
          status === 'canceled' ? { status, stateAt, ...rest } : { status, stateAt, plan, ...rest }
        expect(endless(all(...shuffled, ...again))).toEqual(endless(result))
        expect(licenceEnd(all(...shuffled, ...again))).toBe(licenceEnd(result))
      }),
    )
  })
})
