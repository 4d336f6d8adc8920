import { describe, expect, it } from 'vitest'
import type { BotStateName } from '../../../renderer/fleet/bot-looks.ts'
import { saidStates, sayChanges } from '../../../renderer/fleet/say-changes.ts'
import { accountStatus } from '../../support/account-rows.ts'

const fleet = (states: Record<string, BotStateName>) =>
  Object.entries(states).map(([accountId, state]) => accountStatus({ accountId, state }))
const said = (states: Record<string, BotStateName>) => new Map(Object.entries(states))

describe('what is said aloud', () => {
  it('names the accounts whose state has changed', () => {
    expect(sayChanges(said({ a: 'stopped', b: 'trading' }), fleet({ a: 'trading', b: 'crashed' }))).toBe(
      'a: trading. b: crashed.',
    )
  })

  it('counts them when there are many', () => {
    const before = said({ a: 'stopped', b: 'stopped', c: 'stopped', d: 'trading' })
    expect(sayChanges(before, fleet({ a: 'trading', b: 'trading', c: 'trading', d: 'crashed' }))).toBe(
      '4 accounts changed: 3 trading, 1 crashed.',
    )
  })

  it('is nothing while figures change, and on the way between two states', () => {
    expect(sayChanges(said({ a: 'trading' }), fleet({ a: 'trading' }))).toBe('')
    expect(sayChanges(said({ a: 'stopped' }), fleet({ a: 'starting' }))).toBe('')
  })

  it('is nothing for an account that was not there before', () => {
    expect(sayChanges(said({}), fleet({ a: 'trading' }))).toBe('')
  })

  it('is nothing after a restart that ended where it began', () => {
    const midway = saidStates(said({ a: 'trading' }), fleet({ a: 'stopping' }))
    expect(sayChanges(midway, fleet({ a: 'trading' }))).toBe('')
  })
})
