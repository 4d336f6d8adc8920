import { describe, expect, it } from 'vitest'
import { verifyStripeSignature } from '../../../../src/apps/cloud/stripe/verify-signature.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { LICENCE_NOW as NOW } from '../../../support/licences.ts'
import { SECRET, stripeSignature } from '../../../support/stripe.ts'

const BODY = JSON.stringify({ id: 'evt_1', note: 'Zoë, 5 € \u2028' })
const verify = (header: string | undefined, body = BODY, secrets = [SECRET], now = NOW) =>
  verifyStripeSignature(header, body, secrets, now)

describe('a signature of Stripe', () => {
  it('holds for the body to the byte, and for five minutes', () => {
    const header = stripeSignature(BODY)
    expect(verify(header)).toBe('genuine')
    expect(verify(header, `${BODY} `)).toBe('forged')
    expect(verify(header, BODY.replace('evt_1', 'evt_2'))).toBe('forged')
    for (const [seconds, verdict] of [
      [300, 'genuine'],
      [301, 'stale'],
      [-300, 'genuine'],
      [-301, 'stale'],
    ] as const)
      expect(verify(header, BODY, [SECRET], epochMs(NOW + seconds * 1_000))).toBe(verdict)
  })

  it('is what another program computes', () => {
    // printf '1492774577.{}' | openssl dgst -sha256 -hmac whsec_x
    const header = 't=1492774577,v1=be78b7e45a4fc6edd2a87be2db9fdee75504d374023923277e41ab43dc88bb17'
    expect(verify(header, '{}', ['whsec_x'], epochMs(1_492_774_577_000))).toBe('genuine')
  })

  it('holds with the old secret and the new one while an endpoint has both', () => {
    const both = stripeSignature(BODY, ['whsec_old', 'whsec_new'])
    expect(verify(both, BODY, ['whsec_new'])).toBe('genuine')
    expect(verify(both, BODY, ['whsec_old'])).toBe('genuine')
    expect(verify(stripeSignature(BODY, ['whsec_new']), BODY, ['whsec_old', 'whsec_new'])).toBe('genuine')
    expect(verify(both, BODY, ['whsec_other'])).toBe('forged')
  })

  it('can not be moved to another time', () => {
    const moved = stripeSignature(BODY).replace(/t=\d+/, `t=${NOW / 1_000 + 60}`)
    expect(verify(moved)).toBe('forged')
  })

  it.each([
    undefined,
    '',
    't=',
    't=1,v1=',
    'v1=abc',
    't=abc,v1=00',
    't=1',
    `t=1e9,v1=${'0'.repeat(64)}`,
    '\u0000',
    't=1,t=2',
  ])('is none: %j', (header) => {
    expect(['malformed', 'forged']).toContain(verify(header))
  })

  it('is looked for in a few places only, however many are offered', () => {
    const many = Array.from({ length: 1_000 }, () => `v1=${'0'.repeat(64)}`)
    expect(verify(`t=${NOW / 1_000},${many.join(',')}`)).toBe('malformed')
  })
})
