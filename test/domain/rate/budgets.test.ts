import { describe, expect, it } from 'vitest'
import { asksOf, RATE_BUDGETS, type RateFacts } from '../../../src/domain/rate/budgets.ts'

const facts = (of: Partial<RateFacts>): RateFacts => ({
  limit: 'user',
  address: '192.0.2.7',
  licenceId: undefined,
  userId: 'aaaaaaaaaaaa',
  adminKeyId: undefined,
  ...of,
})

describe('the budgets of a request', () => {
  it('are those of its licence and its address', () => {
    expect(asksOf(facts({ licenceId: 'lic_1' }))).toEqual([
      { subject: 'licence', key: 'lic_1' },
      { subject: 'address', key: '192.0.2.7' },
    ])
  })

  it('are those of its address alone where nothing proves who asks: nobody can use up what is another’s', () => {
    expect(asksOf(facts({}))).toEqual([{ subject: 'address', key: '192.0.2.7' }])
  })

  it('keep no text that names nobody', () => {
    expect(asksOf(facts({ address: 'local', userId: "'; drop table users" }))).toEqual([])
  })

  it('know no address on the private socket, and believe the user whose it is', () => {
    expect(asksOf(facts({ address: 'local' }))).toEqual([{ subject: 'user', key: 'aaaaaaaaaaaa' }])
    expect(asksOf(facts({ address: 'local', limit: 'probe' }))).toEqual([])
  })

  it('of an admin are his own, and before his key is known those of whoever tries keys', () => {
    expect(asksOf(facts({ limit: 'admin', adminKeyId: 'key_1' }))).toEqual([{ subject: 'admin', key: 'key_1' }])
    expect(asksOf(facts({ limit: 'admin' }))).toEqual([{ subject: 'stranger', key: '192.0.2.7' }])
  })

  it('are none for a probe of the machine itself', () => {
    expect(asksOf(facts({ limit: 'exempt' }))).toEqual([])
  })

  it('of a page, and of what is not there, are those of the address alone', () => {
    const page = facts({ limit: 'page', licenceId: 'lic_1', adminKeyId: 'key_1' })
    expect(asksOf(page)).toEqual([{ subject: 'page', key: '192.0.2.7' }])
    expect(asksOf({ ...page, address: 'local' })).toEqual([])
  })

  it('are a hundred in any minute for a licence and for an address', () => {
    expect(RATE_BUDGETS.licence).toEqual({ limit: 100, windowMs: 60_000 })
    expect(RATE_BUDGETS.address).toEqual({ limit: 100, windowMs: 60_000 })
  })
})
