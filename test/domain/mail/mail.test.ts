import { describe, expect, it } from 'vitest'
import { activationMail, expiryMail, paymentFailedMail } from '../../../src/domain/mail/mail.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const licence = { licenceId: 'lic_1', plan: 'pro' }
const ending = { ...licence, keyHint: 'slw_ab' }

describe('the id of a mail', () => {
  it('is the licence it activates', () => {
    expect(activationMail('a@example.com', licence).id).toBe('activation:lic_1')
  })

  it('is the end it reminds of and the days before it, so that a prolonged licence is reminded again', () => {
    const ends = (day: string) => epochMs(Date.parse(`${day}T18:00:00Z`))
    const mail = (day: string, daysLeft: 14 | 3) =>
      expiryMail('a@example.com', { ...ending, daysLeft, expiresAt: ends(day) }).id
    expect(mail('2026-12-31', 14)).toBe('expiry:lic_1:14:2026-12-31')
    expect(mail('2026-12-31', 3)).toBe('expiry:lic_1:3:2026-12-31')
    expect(mail('2027-12-31', 3)).toBe('expiry:lic_1:3:2027-12-31')
  })

  it('is the invoice that was not paid', () => {
    expect(paymentFailedMail('a@example.com', 'in_1', { ...licence, keyHint: 'slw_ab' }).id).toBe('payment-failed:in_1')
  })
})
