import { describe, expect, it, onTestFinished } from 'vitest'
import type { VenueAccount } from '../../../src/domain/broker/venue-account.ts'
import { openRecognition } from '../../../src/engine/reconciliation/recognise-account.ts'
import { account, accountId, intent } from '../../support/held-state.ts'

const U1: VenueAccount = { accountId: 'U1', mode: 'paper', identity: undefined, address: 'http://127.0.0.1:1/' }
const U2: VenueAccount = { ...U1, accountId: 'U2' }
const ELSEWHERE = 'http://127.0.0.1:2/'

function begun() {
  const { open } = account()
  const store = open()
  onTestFinished(() => store.close())
  const next = () => {
    const { recognise, confirm } = openRecognition({ store, accountId })
    return { recognise, confirm: () => store.transact(confirm) }
  }
  return { store, next }
}

describe('the account of the books', () => {
  it('is on record once the books agree with it, and not before', () => {
    const { store, next } = begun()
    const mistaken = next()
    expect(mistaken.recognise(U2)).toBeUndefined()
    expect(store.venueAccount()).toBeUndefined()
    const right = next()
    expect(right.recognise(U1)).toBeUndefined()
    right.confirm()
    expect(store.venueAccount()).toEqual(U1)
  })

  it('is no other one from then on, nor within the life of one bot', () => {
    const { next } = begun()
    const first = next()
    expect(first.recognise(U1)).toBeUndefined()
    expect(first.recognise(U2)).toMatchObject({ code: 'account-foreign' })
    first.confirm()
    const foreign = next().recognise(U2)
    expect(foreign).toEqual({
      code: 'account-foreign',
      message:
        'The gateway http://127.0.0.1:1/ opened the account U2 (paper), and the books of A1 are those of U1 (paper): nothing was sent.',
      nextStep:
        'Put back the token (slipway vault set A1 token), gateway.url or gateway.account with which it opens U1; for U2, add another account (slipway account add).',
    })
  })

  it('writes nothing of an account that was refused', () => {
    const { store, next } = begun()
    const bot = next()
    bot.recognise(U1)
    bot.recognise(U2)
    bot.confirm()
    expect(store.venueAccount()).toEqual(U1)
  })

  it('is found again at another address by its identity, whatever is held, and is on record there', () => {
    const { store, next } = begun()
    const named = { ...U1, identity: 'BROKER U1' }
    store.transact(() => {
      store.saveVenueAccount(named)
      store.insertOrder(intent('a'))
    })
    const moved = { ...named, address: ELSEWHERE }
    const bot = next()
    expect(bot.recognise(moved)).toBeUndefined()
    bot.confirm()
    expect(store.venueAccount()).toEqual(moved)
  })

  it.each([
    ['a position', (store: ReturnType<typeof begun>['store']) => store.savePosition('ES', { quantity: 1 })],
    ['a working order', (store: ReturnType<typeof begun>['store']) => store.insertOrder(intent('a'))],
  ])('is not believed to be one of the same id elsewhere while it has %s', (_, write) => {
    const { store, next } = begun()
    store.transact(() => {
      store.saveVenueAccount(U1)
      write(store)
    })
    expect(next().recognise({ ...U1, address: ELSEWHERE })).toMatchObject({
      code: 'account-foreign',
      nextStep: expect.stringContaining('gateway.url=http://127.0.0.1:1/') as string,
    })
    expect(next().recognise(U1)).toBeUndefined()
  })

  it('may be moved as before by whoever holds nothing', () => {
    const { store, next } = begun()
    store.transact(() => store.saveVenueAccount(U1))
    expect(next().recognise({ ...U1, address: ELSEWHERE })).toBeUndefined()
  })
})
