import { describe, expect, it } from 'vitest'
import { describeOutcomes } from '../../../renderer/fleet/describe-outcome.ts'
import type { StartOutcome, StopOutcome } from '../../../src/contracts/fleet.ts'
import { refusal } from '../../../src/domain/failure/refusal.ts'

const start = (fields: Partial<StartOutcome>): StartOutcome => ({
  ...{ accountId: 'a', outcome: 'started', state: 'starting', pid: 1, instanceId: 'i', reason: null, refusal: null },
  ...fields,
})
const stop = (fields: Partial<StopOutcome>): StopOutcome => ({
  ...{ accountId: 'a', outcome: 'stopped', killed: false, refusal: null },
  ...fields,
})
const held = refusal('account-held', 'Another process holds a.', 'Stop it first.')

describe('what is told of an action', () => {
  it('is nothing when it worked: the table shows that', () => {
    expect(describeOutcomes('start', [start({}), start({ outcome: 'trading' })])).toEqual([])
    expect(describeOutcomes('stop', [stop({})])).toEqual([])
  })

  it('is the refusal with its next step and code', () => {
    expect(describeOutcomes('start', [start({ outcome: 'refused', refusal: held })])).toEqual([
      { tone: 'refused', title: 'a: start refused', ...held },
    ])
  })

  it('says that a bot was killed because it did not end', () => {
    expect(describeOutcomes('stop', [stop({ killed: true })])[0]?.title).toBe('a was killed')
  })

  it('says that there was nothing to do', () => {
    expect(describeOutcomes('start', [start({ outcome: 'already-running' })])[0]?.tone).toBe('news')
    expect(describeOutcomes('stop', [stop({ outcome: 'not-running' })])[0]?.tone).toBe('news')
  })

  it('never leaves a failure without a next step', () => {
    for (const outcome of ['refused', 'failed', 'timed-out'] as const)
      expect(describeOutcomes('stop', [stop({ outcome })])[0]?.nextStep).toBeDefined()
  })

  it('is three refusals and a count when a whole fleet is refused', () => {
    const all = Array.from({ length: 20 }, (_, n) => start({ accountId: `a${n}`, outcome: 'refused', refusal: held }))
    const notices = describeOutcomes('start', all)
    expect(notices.map(({ title }) => title)).toEqual([
      ...['a0: start refused', 'a1: start refused', 'a2: start refused', '17 more were refused'],
    ])
  })
})
