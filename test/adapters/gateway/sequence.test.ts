import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSequence } from '../../../src/adapters/brokers/gateway/sequence.ts'

describe('the numbering of a stream', () => {
  it('hands on every item once, in order, however often and in whichever order all of them come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }).chain((count) => {
          const numbers = Array.from({ length: count }, (_, n) => n + 1)
          return fc.tuple(
            fc.shuffledSubarray(numbers, { minLength: count }),
            fc.array(fc.integer({ min: 1, max: count }), { maxLength: 20 }),
          )
        }),
        ([order, repeats]) => {
          const sequence = openSequence<number>()
          sequence.restart(0)
          const handed = [...order, ...repeats].flatMap((seq) => sequence.take(seq, seq))
          expect(handed).toEqual([...order].sort((a, b) => a - b))
          expect(sequence.waits()).toBe(false)
        },
      ),
    )
  })

  it('hands on every item once though it stops waiting at any time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 15 }), fc.constant('give up' as const)), { maxLength: 60 }),
        (steps) => {
          const sequence = openSequence<number>()
          sequence.restart(0)
          const handed: number[] = []
          for (const step of steps) {
            handed.push(
              ...(step === 'give up' ? (sequence.waits() ? sequence.giveUp() : []) : sequence.take(step, step)),
            )
          }
          handed.push(...sequence.giveUp())
          const came = new Set(steps.filter((step) => step !== 'give up'))
          expect(handed.toSorted((a, b) => a - b)).toEqual([...came].sort((a, b) => a - b))
        },
      ),
    )
  })

  it('waits for what the other side says that it has told', () => {
    const sequence = openSequence<string>()
    sequence.restart(7)
    expect(sequence.waits()).toBe(false)
    sequence.heardOf(9)
    expect(sequence.waits()).toBe(true)
    expect([...sequence.take(8, 'eight'), ...sequence.take(9, 'nine')]).toEqual(['eight', 'nine'])
    expect(sequence.waits()).toBe(false)
    expect(sequence.last()).toBe(9)
  })

  it('takes nothing before it has begun', () => {
    const sequence = openSequence<string>()
    expect(sequence.take(1, 'one')).toEqual([])
    expect(sequence.waits()).toBe(false)
    expect(sequence.last()).toBeUndefined()
  })

  it('does not keep a list of millions because of one wild number', () => {
    const sequence = openSequence<string>()
    sequence.restart(0)
    sequence.take(Number.MAX_SAFE_INTEGER - 1, 'wild')
    expect(sequence.giveUp()).toEqual(['wild'])
    expect(sequence.take(5, 'five')).toEqual([])
  })
})
