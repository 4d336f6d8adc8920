import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mailAddress } from '../../../src/domain/mail/mail-address.ts'

describe('a mail address', () => {
  it.each(['trader@example.com', 'a.b+bots@mail.example.co.in', "o'neill@example.org"])('may be %s', (address) => {
    expect(mailAddress(address)).toBe(address)
  })

  it('is taken without the blanks around it', () => {
    expect(mailAddress('  trader@example.com\n')).toBe('trader@example.com')
  })

  it.each([
    '',
    'trader',
    'trader@localhost',
    '@example.com',
    'a@b@example.com',
    'a..b@example.com',
    'a@example..com',
    'a@-example.com',
    'a b@example.com',
    'a@example.com, b@example.com',
    'a@example.com\r\nBcc: b@example.com',
    'a\u0000@example.com',
    'Name <a@example.com>',
    '"a b"@example.com',
    'a@[127.0.0.1]',
    'ä@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(20)}.com`,
  ])('is not %j', (text) => {
    expect(mailAddress(text)).toBeUndefined()
  })

  it('never holds what could end a header or begin a second recipient', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        (a, b) => {
          const taken = mailAddress(`${a}@${b}.com`)
          expect(taken ?? 'a@b.com').toMatch(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.@-]+$/)
        },
      ),
    )
  })
})
