import { expect, it } from 'vitest'
import { standingLicences } from '../../../../src/apps/cloud/licence/standing-licences.ts'
import { vouchingLicences } from '../../../../src/apps/cloud/pool/vouching-licences.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { LICENCE_NOW as NOW, makeLicence } from '../../../support/licences.ts'
import { onlyLicence, stripeServer } from '../../../support/stripe-server.ts'
import { checkout, created, paid, updated } from '../../../support/stripe.ts'

describeOnBothDatabases('a licence vouches for what its holder contributes', (open) => {
  it('once it was paid for, not while it is tried out', async () => {
    const opened = await open()
    const { send } = await stripeServer(opened)
    for (const event of [checkout(), created({ status: 'trialing' })]) await send(event)
    const { id } = await onlyLicence(opened)
    const since = vouchingLicences(opened.db, () => NOW)
    expect(await standingLicences(opened.db, () => NOW)(id)).toBe(NOW)
    expect(await since(id)).toBeUndefined()
    for (const event of [updated({ at: NOW / 1_000 + 1 }), paid({ at: NOW / 1_000 + 1 })]) await send(event)
    expect(await since(id)).toBe(NOW)
  })

  it('where whoever runs the server gave it', async () => {
    const { db } = await open()
    const { id } = await makeLicence(db)
    expect(await vouchingLicences(db, () => NOW)(id)).toBe(NOW)
    expect(await vouchingLicences(db, () => NOW)('lic_unknown')).toBeUndefined()
  })
})
