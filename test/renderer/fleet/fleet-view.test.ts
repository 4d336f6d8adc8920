import { describe, expect, it } from 'vitest'
import { applyLive } from '../../../renderer/fleet/fleet-view.ts'
import type { LiveEvent } from '../../../src/contracts/launcher/live.ts'
import { accountStatus } from '../../support/account-rows.ts'

const a = accountStatus({ accountId: 'a' })
const b = accountStatus({ accountId: 'b' })

type Change = LiveEvent & { type: 'accounts' }
const told = (change: Partial<Change>): Change => ({
  ...{ type: 'accounts', rows: [], patches: [], removed: [] },
  ...change,
})

describe('the accounts on the page', () => {
  it('stand in the order people count in', () => {
    const ids = ['bot-10', 'bot-2', 'bot-1'].map((accountId) => accountStatus({ accountId }))
    const shown = applyLive(undefined, { type: 'fleet', accounts: ids })
    expect(shown?.map(({ accountId }) => accountId)).toEqual(['bot-1', 'bot-2', 'bot-10'])
  })

  it('leave those alone that an event is not about', () => {
    const shown = applyLive([a, b], told({ patches: [{ accountId: 'b', position: 1 }] }))
    expect(shown?.[0]).toBe(a)
    expect(shown?.[1]?.position).toBe(1)
  })

  it('take in a new one at its place, and let a removed one go', () => {
    expect(applyLive([b], told({ rows: [a] }))).toEqual([a, b])
    expect(applyLive([a, b], told({ removed: ['a'] }))).toEqual([b])
  })
})
