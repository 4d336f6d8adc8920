import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTopic, topicText, type LiveTopic } from '../../src/contracts/live-topic.ts'

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/)
const topics: fc.Arbitrary<LiveTopic> = fc.oneof(
  fc.constantFrom({ kind: 'fleet' } as const, { kind: 'kill-switch' } as const, { kind: 'notices' } as const),
  fc.constant({ kind: 'signals' } as const),
  fc.record({ kind: fc.constantFrom('records' as const, 'lock' as const), accountId: id }),
  fc.record({ kind: fc.constant('logs' as const), accountIds: fc.array(id, { minLength: 1, maxLength: 64 }) }),
  fc.record({
    kind: fc.constant('log' as const),
    accountId: id,
    segment: fc.option(fc.stringMatching(/^[A-Z]{1,8}$/), { nil: undefined }),
    level: fc.constantFrom(undefined, 'warn', 'error'),
    grep: fc.option(fc.string({ minLength: 1, unit: 'grapheme' }), { nil: undefined }),
    tail: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }),
  }),
)

describe('a topic of the live stream', () => {
  it('is read as it was written, whatever somebody searches for', () =>
    fc.assert(
      fc.property(topics, (topic) => {
        const text = topicText(topic)
        expect(parseTopic(text)).toEqual(topic)
        expect(text).not.toContain(',')
      }),
    ))

  it.each([
    '',
    'fleets',
    'log',
    'log:',
    'log:../etc',
    'log:A1:',
    'log:A1:ES:more',
    'records:A1:ES',
    'lock:A1:ES',
    'log:A1?tail=many',
    'logs',
    'logs:',
    'logs:A1:',
    'logs:A1?level=warn',
    `logs:${Array.from({ length: 65 }, (_, n) => `A${n}`).join(':')}`,
  ])('is none for %j', (text) => expect(parseTopic(text)).toBeUndefined())
})
