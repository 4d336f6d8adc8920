import { describe, expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { fencedBooks } from '../../../src/adapters/paper-books/fenced-books.ts'
import { openPaperBooks } from '../../../src/adapters/paper-books/open-paper-books.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { epochMs, lots, minorUnits } from '../../../src/domain/units/units.ts'
import { mkdirSync } from 'node:fs'
import { tempHome } from '../../support/temp-home.ts'

const accountId = 'a1' as AccountId

function opened(home: string) {
  const layout = homeLayout(home)
  mkdirSync(layout.account(accountId), { recursive: true })
  const given = { layout, accountId, expectExisting: false }
  const state = openState({ ...given, instanceId: 'i', now: () => epochMs(1) })
  const books = fencedBooks(openPaperBooks(given), state)
  return { state, books, close: () => (books.close(), state.close()) }
}

const market = (quantity: number) => ({
  markets: [
    {
      symbol: 'MES',
      quantity: lots(quantity),
      cost: 0,
      cash: minorUnits(0),
      settled: minorUnits(0),
      clock: epochMs(1),
      session: undefined,
      last: undefined,
    },
  ],
  orders: [],
  fills: [],
})

describe('paper books of an account that another holder has taken over', () => {
  it('take no commit of the earlier one', () => {
    const home = tempHome()
    const earlier = opened(home)
    earlier.books.commit({ account: { currency: 'USD', startingCash: minorUnits(5) }, ...market(0) })
    const later = opened(home)
    later.books.commit(market(3))
    expect(() => earlier.books.commit(market(0))).toThrow(
      expect.objectContaining({ refusal: expect.objectContaining({ code: 'fenced' }) }),
    )
    expect(later.books.markets()).toMatchObject([{ quantity: 3 }])
    earlier.close()
    later.close()
  })

  it('keep what they refuse to write a refusal of their own', () => {
    const { state, books, close } = opened(tempHome())
    books.commit({ account: { currency: 'USD', startingCash: minorUnits(5) }, ...market(0) })
    expect(() => books.commit({ account: { currency: 'USD', startingCash: minorUnits(5) }, ...market(1) })).toThrow(
      Error,
    )
    expect(books.markets()).toMatchObject([{ quantity: 0 }])
    state.transact(() => books.commit(market(2)))
    expect(books.markets()).toMatchObject([{ quantity: 2 }])
    close()
  })
})
