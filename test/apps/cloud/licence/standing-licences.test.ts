import { expect, it } from 'vitest'
import { makeLicence } from '../../../../src/apps/cloud/licence/make-licence.ts'
import { revokeLicence } from '../../../../src/apps/cloud/licence/revoke-licence.ts'
import { rememberedStanding, standingLicences } from '../../../../src/apps/cloud/licence/standing-licences.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'

const NOW = epochMs(Date.UTC(2026, 10, 21, 12))
const MADE = epochMs(NOW - 45 * 86_400_000)
const MINUTE = 60_000

describeOnBothDatabases('a licence counts', (open) => {
  it('while it stands, and where it is remembered no longer than a minute after it was revoked or has ended', async () => {
    const { db } = await open()
    const by = { actor: 'cli', at: MADE }
    const made = async (days: number) =>
      (await makeLicence(db, { userId: '0123456789ab', plan: 'pro', source: 'cli', days }, by)).licence.id
    const [first, ended, stands] = [await made(365), await made(45), await made(46)]
    let elapsed = 0
    const exact = standingLicences(db, () => NOW)
    const since = rememberedStanding(exact, () => elapsed)
    expect([await exact(first), await since(first)]).toEqual([MADE, MADE])
    await revokeLicence(db, first, 'charged back', { actor: 'cli', at: NOW })
    expect([await exact(first), await since(first)]).toEqual([undefined, MADE])
    elapsed = MINUTE
    expect(await since(first)).toBeUndefined()
    expect(await since(ended)).toBeUndefined()
    expect(await since('lic_unknown')).toBeUndefined()
    expect(await since(stands)).toBe(MADE)
  })
})
