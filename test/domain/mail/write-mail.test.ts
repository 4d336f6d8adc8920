import { describe, expect, it } from 'vitest'
import type { MailContent } from '../../../src/domain/mail/mail.ts'
import { writeMail } from '../../../src/domain/mail/write-mail.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const END = epochMs(Date.UTC(2026, 11, 31, 18))
const licence = { licenceId: 'lic_1', plan: 'pro', keyHint: 'slw_abcd' }

describe('a mail', () => {
  it('of an activation carries the link that was made for it, and says until when', () => {
    const link = 'https://cloud.example.com/claim#abc&def'
    const { subject, text, html } = writeMail(
      { kind: 'activation', licenceId: 'lic_1', plan: 'pro', expiresAt: END, claim: 'c1' },
      { link, publicUrl: 'https://cloud.example.com' },
    )
    expect(subject).toBe('Your Slipway licence')
    expect(text).toContain(`Fetch its key here, once: ${link}`)
    expect(text).toContain('It runs until 2026-12-31 (UTC).')
    expect(html).toContain('<a href="https://cloud.example.com/claim#abc&amp;def">')
  })

  it('of an activation by whoever runs the server says who has the key', () => {
    const { text } = writeMail({ kind: 'activation', ...licence, expiresAt: END }, {})
    expect(text).toContain(
      'Its key begins with slw_abcd. Whoever runs your Slipway server hands it to you: it is in no mail.',
    )
  })

  it('of an activation says so where there is no link any more', () => {
    const { text } = writeMail({ kind: 'activation', licenceId: 'lic_1', plan: 'pro', claim: 'c1' }, {})
    expect(text).toContain('Its key has no link any more')
    expect(text).toContain('It has no end.')
  })

  it.each([
    [14, 'ends on 2026-12-31'],
    [3, 'ends on 2026-12-31'],
    [0, 'is at its end'],
  ] as const)('of an end in %d days says when, which licence, and that exits go on', (daysLeft, words) => {
    const { subject, text } = writeMail({ kind: 'expiry', ...licence, expiresAt: END, daysLeft }, {})
    expect(subject).toContain(words)
    expect(text).toMatch(/pro, key slw_abcd…\) ends on 2026-12-31 \(UTC\)\.[\s\S]*exits and stops go on/)
  })

  it('of a payment says what happens without one', () => {
    const { text } = writeMail({ kind: 'payment-failed', ...licence, expiresAt: END }, {})
    expect(text).toContain('Without a payment the licence ends on 2026-12-31')
    expect(writeMail({ kind: 'payment-failed', ...licence }, {}).text).not.toContain('Without a payment')
  })

  it('takes nothing from names that could be markup or another line', () => {
    const evil = '<img src=x onerror=1>\r\nBcc: a@b.example'
    const contents: MailContent[] = [
      { kind: 'activation', ...licence, plan: evil, keyHint: evil },
      { kind: 'expiry', ...licence, plan: evil, keyHint: evil, expiresAt: END, daysLeft: 3 },
      { kind: 'payment-failed', ...licence, plan: evil, keyHint: evil },
    ]
    for (const content of contents) {
      const { subject, text, html } = writeMail(content, {})
      expect(subject).not.toMatch(/[\r\n<>]/)
      expect(text).not.toContain('<img')
      expect(text).not.toMatch(/^Bcc/m)
      expect(html).not.toMatch(/<img|@/)
    }
  })
})
