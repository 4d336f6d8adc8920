import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOf, HOME, placeOf, type Place } from '../../../renderer/place/place.ts'

const name = fc.string({ minLength: 1, maxLength: 20 })
const places: fc.Arbitrary<Place> = fc.oneof(
  fc.constantFrom('accounts', 'calendar', 'cloud', 'settings', 'health').map((page) => ({ page }) as Place),
  fc.record({ page: fc.constant('account' as const), accountId: name, tab: fc.option(name, { nil: undefined }) }),
  fc.record({ page: fc.constant('add' as const), from: fc.option(name, { nil: undefined }) }),
  fc.record({ page: fc.constant('edit' as const), accountId: name }),
  fc.record({ page: fc.constant('logs' as const), accountIds: fc.array(name, { maxLength: 4 }) }),
)

describe('a place on the page', () => {
  it('is found again by its address, whatever an account is called', () => {
    fc.assert(
      fc.property(places, (place) => {
        expect(placeOf(hashOf(place))).toEqual(place)
      }),
    )
  })

  it.each(['', '#', '#/', '#/nowhere', '#/account', '#/account/', '#/account/%E0%A4%A', '#account=A1'])(
    'is the home page when the address names none: %s',
    (hash) => {
      expect(placeOf(hash)).toEqual(HOME)
    },
  )
})
