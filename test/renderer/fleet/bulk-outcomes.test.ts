import { describe, expect, it } from 'vitest'
import { bulkRows, bulkSummary } from '../../../renderer/fleet/bulk-outcomes.ts'
import { bulkQuestion } from '../../../renderer/fleet/bulk-question.ts'
import { refusal } from '../../../src/domain/failure/refusal.ts'
import { accountStatus } from '../../support/account-rows.ts'

const stopped = (accountId: string, fields: object = {}) => ({
  ...{ accountId, outcome: 'stopped' as const, killed: false, refusal: null },
  ...fields,
})

describe('what became of many accounts', () => {
  it('tells the trouble first, with the reason and what to do', () => {
    const refused = refusal('broker-refused', 'The broker is closed.', 'Try at the open.')
    const rows = bulkRows([stopped('a'), stopped('b', { outcome: 'refused', refusal: refused })])
    expect(rows).toEqual([
      { accountId: 'b', isDone: false, text: 'Refused: The broker is closed.', nextStep: 'Try at the open.' },
      { accountId: 'a', isDone: true, text: 'Stopped', nextStep: undefined },
    ])
    expect(bulkSummary(rows)).toBe('1 of 2 done, 1 not.')
  })

  it('does not hide that a bot had to be killed', () => {
    expect(bulkRows([stopped('a', { killed: true })])[0]?.text).toContain('was killed')
  })
})

describe('what is asked first', () => {
  const paper = accountStatus({ accountId: 'a', position: 2, state: 'trading' })
  const live = accountStatus({ accountId: 'b', mode: 'live' })

  it('is nothing where paper accounts are started', () => {
    expect(bulkQuestion('start', [accountStatus()], true)).toBeUndefined()
  })

  it('is whether real money may trade', () => {
    expect(bulkQuestion('start', [accountStatus(), live], true)?.live).toContain('One of the 2 accounts')
    expect(bulkQuestion('restart', [live], false)).toMatchObject({ title: 'Restart b?', word: 'Restart live' })
  })

  it('names who holds positions and who trades live, and wants a word typed before all is flattened', () => {
    const question = bulkQuestion('kill', [paper, live], true)
    expect(question?.typed).toBe('FLATTEN')
    expect(question?.lines.join(' ')).toContain('One account holds positions: a.')
    expect(question?.live).toContain('LIVE, with real money: b.')
    expect(bulkQuestion('stop', [{ ...live, state: 'trading' }], false)?.live).toBe('b trades LIVE, with real money.')
  })
})
