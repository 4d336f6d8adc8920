import { expect, it } from 'vitest'
import {
  claimMail,
  countMails,
  enqueueMail,
  licencesThatEnd,
  mailNotSent,
  mailSent,
  pruneMails,
  type EndingLicence,
} from '../../../src/adapters/cloud-db/mail-records.ts'
import type { CloudDb } from '../../../src/adapters/cloud-db/open-cloud-db.ts'
import { transact } from '../../../src/adapters/cloud-db/transact.ts'
import { activationMail } from '../../../src/domain/mail/mail.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../support/cloud-databases.ts'
import { LICENCE_NOW, makeLicence } from '../../support/licences.ts'

const NOW = epochMs(1_000_000)
const LEASE = 1_000
const at = (offset: number) => epochMs(NOW + offset)
const mailOf = (id: string, to = 'trader@example.com') => activationMail(to, { licenceId: id, plan: 'pro' })

describeOnBothDatabases('the mails of a cloud', (open) => {
  it('are made once of each piece of news', async () => {
    const { db } = await open()
    expect(await enqueueMail(db, mailOf('a'), NOW)).toBe('queued')
    expect(await enqueueMail(db, mailOf('a', 'other@example.com'), NOW)).toBe('known')
    expect(await enqueueMail(db, mailOf('b', 'nobody'), NOW)).toBe('bad-address')
    expect(await countMails(db)).toEqual({ waiting: 1, sent: 0, givenUp: 0 })
  })

  it('are made with the change they tell of, or not at all', async () => {
    const { db } = await open()
    const failing = transact(db, async (trx) => {
      await enqueueMail(trx, mailOf('a'), NOW)
      throw new Error('rolled back')
    })
    await expect(failing).rejects.toThrow('rolled back')
    expect((await countMails(db)).waiting).toBe(0)
  })

  it('refuse an id and a payload that no mail of ours has', async () => {
    const { db } = await open()
    await expect(enqueueMail(db, { ...mailOf('a'), id: "x' OR 1=1; --" }, NOW)).rejects.toThrow(RangeError)
    await expect(enqueueMail(db, mailOf('x'.repeat(9_000)), NOW)).rejects.toThrow(RangeError)
    expect((await countMails(db)).waiting).toBe(0)
  })

  it('go to one sender each, however many ask at once', async () => {
    const opened = await open()
    const other = await opened.again()
    for (let number = 0; number < 12; number++) await enqueueMail(opened.db, mailOf(`m${number}`), NOW)
    const claim = async (db: CloudDb, owner: string) => {
      const ids: string[] = []
      for (;;) {
        const mail = await claimMail(db, owner, NOW, LEASE)
        if (!mail) return ids
        ids.push(mail.id)
      }
    }
    const claims = await Promise.all([claim(opened.db, 'one'), claim(other.db, 'two'), claim(opened.db, 'three')])
    expect(claims.flat().toSorted()).toEqual([...new Set(claims.flat())].toSorted())
    expect(claims.flat()).toHaveLength(12)
  })

  it('come again when their sender is gone, with the try counted', async () => {
    const { db } = await open()
    await enqueueMail(db, mailOf('a'), NOW)
    expect(await claimMail(db, 'one', NOW, LEASE)).toMatchObject({ id: 'activation:a', attempts: 1 })
    expect(await claimMail(db, 'two', at(LEASE - 1), LEASE)).toBeUndefined()
    expect(await claimMail(db, 'two', at(LEASE), LEASE)).toMatchObject({ id: 'activation:a', attempts: 2 })
    // The first was only slow: what it says now no longer counts.
    await mailNotSent(db, 'activation:a', 'one', { nextAt: undefined, problem: 'late' })
    await mailSent(db, 'activation:a', 'two', at(LEASE))
    expect(await countMails(db)).toEqual({ waiting: 0, sent: 1, givenUp: 0 })
    expect(await claimMail(db, 'one', at(99_999), LEASE)).toBeUndefined()
  })

  it('wait until they are due, or for ever, and are forgotten when they are old', async () => {
    const { db } = await open()
    for (const id of ['a', 'b', 'c']) {
      await enqueueMail(db, mailOf(id), NOW)
      await claimMail(db, 'one', NOW, LEASE)
    }
    await mailNotSent(db, 'activation:a', 'one', { nextAt: at(5_000), problem: 'busy' })
    await mailNotSent(db, 'activation:b', 'one', { nextAt: undefined, problem: 'unknown' })
    await mailSent(db, 'activation:c', 'one', NOW)
    expect(await claimMail(db, 'one', at(4_999), LEASE)).toBeUndefined()
    expect(await countMails(db)).toEqual({ waiting: 1, sent: 1, givenUp: 1 })
    expect(await pruneMails(db, NOW)).toBe(0)
    expect(await pruneMails(db, at(1))).toBe(2)
    expect(await claimMail(db, 'one', at(5_000), LEASE)).toMatchObject({ id: 'activation:a', attempts: 2 })
  })

  it('are about licences that end soon, have an address, stand, and are paid by nobody', async () => {
    const { db } = await open()
    const email = 'trader@example.com'
    const ids = {
      soon: (await makeLicence(db, { days: 10, email })).id,
      late: (await makeLicence(db, { days: 40, email })).id,
      silent: (await makeLicence(db, { days: 10 })).id,
      revoked: (await makeLicence(db, { days: 10, email })).id,
      paying: (await makeLicence(db, { days: 10, email })).id,
      unpaid: (await makeLicence(db, { days: 10, email })).id,
    }
    await db.updateTable('licences').set({ revoked_at: LICENCE_NOW }).where('id', '=', ids.revoked).execute()
    for (const [name, status] of [
      ['paying', 'active'],
      ['unpaid', 'past_due'],
    ] as const) {
      const id = `sub_${name}`
      const none = { licence_id: null, user_id: null, plan: null, period_end: null, event_at: 0 }
      await db
        .insertInto('subscriptions')
        .values({ id, customer_id: 'cus_1', status, ...none } as never)
        .execute()
      await db.updateTable('licences').set({ subscription_id: id }).where('id', '=', ids[name]).execute()
    }
    const found: EndingLicence[] = []
    for await (const licence of licencesThatEnd(db, LICENCE_NOW)) found.push(licence)
    expect(found.map(({ id }) => id).toSorted()).toEqual([ids.soon, ids.unpaid].toSorted())
    expect(found[0]).toMatchObject({ email, plan: 'pro', createdAt: LICENCE_NOW })
  })
})
