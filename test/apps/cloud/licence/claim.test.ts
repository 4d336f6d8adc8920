import { expect, it } from 'vitest'
import { openLeaseSigner } from '../../../../src/adapters/lease-keys/lease-signer.ts'
import { claimHandlers, claimLinks } from '../../../../src/apps/cloud/licence/claim-licence.ts'
import { takeLease } from '../../../../src/apps/cloud/licence/take-lease.ts'
import { claimLicence } from '../../../../src/contracts/cloud/claim.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { accountRef, askHandler, DAY, device, LICENCE_NOW as NOW, USER } from '../../../support/licences.ts'
import { checkout, paid, updated } from '../../../support/stripe.ts'
import { tempHome } from '../../../support/temp-home.ts'
import { onlyLicence, stripeServer } from '../../../support/stripe-server.ts'

describeOnBothDatabases('the key of a bought licence', (open) => {
  async function bought() {
    const opened = await open()
    const { send } = await stripeServer(opened)
    for (const event of [checkout(), updated(), paid()]) await send(event)
    const signer = openLeaseSigner(tempHome(), NOW)
    const parts = { db: opened.db, signer }
    const { id } = await onlyLicence(opened)
    const link = async (now: number = NOW) =>
      await claimLinks(parts, 'https://cloud.example.com', () => epochMs(now))(id)
    const claim = (text: string, now: number = NOW) =>
      askHandler(claimHandlers(parts), claimLicence, { claim: text }, { now: epochMs(now) })
    return { ...opened, id, link, claim, parts }
  }

  it('is made when the link of the mail is used, once, and validates', async () => {
    const { db, link, claim, id } = await bought()
    const url = new URL((await link())!)
    expect(url.origin + url.pathname).toBe('https://cloud.example.com/claim')
    const answer = await claim(url.hash.slice(1))
    expect(answer).toMatchObject({ value: { user_id: USER, plan: 'pro' } })
    const licenceKey = 'value' in answer ? String(answer.value.license_key) : ''
    const request = { licenceKey, userId: USER, deviceId: device(1), accountId: accountRef(1), appVersion: '1.2.3' }
    const { claims } = await takeLease(db, { ...request, mode: 'live', takeOver: false, shown: undefined }, NOW)
    expect(claims.licence_id).toBe(id)
    expect(await claim(url.hash.slice(1))).toMatchObject({ code: 'license_invalid' })
    expect(await link()).toBeUndefined()
  })

  it('goes to one of two who use the link at the same moment', async () => {
    const { link, claim } = await bought()
    const text = new URL((await link())!).hash.slice(1)
    const answers = await Promise.all(Array.from({ length: 6 }, () => claim(text)))
    expect(answers.filter((answer) => 'value' in answer)).toHaveLength(1)
  })

  it('is not had with a guessed or changed link, after 30 days, nor for a licence that has ended', async () => {
    const { link, claim, db, id } = await bought()
    const text = new URL((await link())!).hash.slice(1)
    const [, mac = ''] = text.split('.')
    const refusals = [
      await claim(`${id}.${'A'.repeat(43)}`),
      await claim(`lic_00000000000000000000.${mac}`),
      await claim(text, NOW + 30 * DAY),
    ]
    for (const one of refusals) expect(one).toEqual(refusals[0])
    expect(refusals[0]).toMatchObject({ code: 'license_invalid' })
    expect(await link(NOW + 30 * DAY)).toBeUndefined()
    await db.updateTable('licences').set({ revoked_at: NOW }).execute()
    expect(await claim(text)).toMatchObject({ code: 'license_invalid' })
    expect(await link()).toBeUndefined()
  })

  it('stands nowhere in the database, and neither does anything that would open it', async () => {
    const { db, link, claim } = await bought()
    const text = new URL((await link())!).hash.slice(1)
    const [, mac = ''] = text.split('.')
    const answer = await claim(text)
    const key = 'value' in answer ? String(answer.value.license_key) : ''
    for (const table of ['licences', 'licence_events', 'mails', 'subscriptions', 'stripe_events', 'pushes'] as const) {
      const rows = JSON.stringify(await db.selectFrom(table).selectAll().execute())
      expect(rows).not.toContain(key.slice(9))
      expect(rows).not.toContain(mac)
    }
  })

  it('has no link where nobody has said where this server is reached', async () => {
    const { parts, id } = await bought()
    expect(await claimLinks(parts, undefined, () => NOW)(id)).toBeUndefined()
  })
})
