import { describe, expect, it } from 'vitest'
import { applyEvent } from '../../../renderer/fleet/fleet-view.ts'
import { accountStatus } from '../../support/fake-launcher.ts'

const a = accountStatus({ accountId: 'a' })
const b = accountStatus({ accountId: 'b' })

describe('the accounts on the page', () => {
  it('stand in the order people count in', () => {
    const ids = ['bot-10', 'bot-2', 'bot-1'].map((accountId) => accountStatus({ accountId }))
    const shown = applyEvent(undefined, { type: 'snapshot', accounts: ids })
    expect(shown?.map(({ accountId }) => accountId)).toEqual(['bot-1', 'bot-2', 'bot-10'])
  })

  it('leave those alone that an event is not about', () => {
    const shown = applyEvent([a, b], { type: 'status', account: { ...b, position: 1 } })
    expect(shown?.[0]).toBe(a)
    expect(shown?.[1]?.position).toBe(1)
  })

  it('take in a new one at its place, and let a removed one go', () => {
    expect(applyEvent([b], { type: 'status', account: a })).toEqual([a, b])
    expect(applyEvent([a, b], { type: 'removed', accountId: 'a' })).toEqual([b])
  })
})
