import { describe, expect, it } from 'vitest'
import { gatherNotices } from '../../../renderer/fleet/gather-notices.ts'
import type { Notice } from '../../../src/contracts/launcher/live.ts'

const notice = (accountId: string, code: Notice['code']): Notice => ({
  ...{ id: `${accountId} ${code}`, at: 1, accountId, level: 'alarm', code },
  text: `${accountId}: ${code}.`,
})

describe('notices that came together', () => {
  it('are told one by one while they are few, a crash with what to start again', () => {
    expect(gatherNotices([notice('a', 'crashed'), notice('b', 'blind')])).toEqual([
      { tone: 'refused', title: 'a crashed', message: 'a: crashed.', crashed: ['a'] },
      { tone: 'warning', title: 'b is blind', message: 'b: blind.', crashed: [] },
    ])
  })

  it('are one message of each kind when they are many', () => {
    const ids = Array.from({ length: 8 }, (_, n) => `a${n}`)
    expect(gatherNotices(ids.map((id) => notice(id, 'crashed')))).toEqual([
      {
        tone: 'refused',
        title: '8 accounts crashed',
        message: 'a0, a1, a2, a3, a4, a5 and 2 more.',
        crashed: ids,
      },
    ])
  })

  it('leave out what the table says well enough', () => {
    expect(gatherNotices([notice('a', 'blocked'), notice('b', 'trading-again')])).toEqual([])
  })
})
