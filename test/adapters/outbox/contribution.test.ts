import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contributionOf, idempotencyKeyOf, readExperience } from '../../../src/adapters/outbox/contribution.ts'
import { IdempotencyKey } from '../../../src/contracts/cloud/words.ts'
import { saveTrade } from '../../../src/contracts/cloud/pool.ts'
import type { Experience } from '../../../src/domain/experience/experience.ts'
import { experienceRow } from '../../support/experiences.ts'

const KEY = Buffer.alloc(32, 7)

describe('what leaves this computer', () => {
  /** Everything that goes out of it, by name. A new name belongs into docs/contributions.md too, and a person decides it. */
  const ALLOWED = [
    ...[
      'user_id',
      'idempotency_key',
      'kind',
      'symbol',
      'side',
      'features',
      'outcome',
      'source',
      'timeframe',
      'strategy',
      'day',
    ],
  ]
  const OUTCOME = ['r', 'mfe', 'mae', 'exit', 'bars']

  it('is what the list allows and nothing else', () => {
    const body = contributionOf(readExperience(experienceRow({ at: 1 })) as Experience, 'k'.repeat(40))
    expect(Object.keys(body).toSorted()).toEqual(ALLOWED.toSorted())
    expect(Object.keys(body.outcome).toSorted()).toEqual(OUTCOME.toSorted())
    expect(Object.keys(saveTrade.input.shape).toSorted()).toEqual(ALLOWED.toSorted())
    expect(Object.keys(saveTrade.input.shape.outcome.shape).toSorted()).toEqual(OUTCOME.toSorted())
  })

  it.each(['quantity', 'price', 'net', 'accountId', 'exitTime', 'account_id', 'email'])(
    'is never a row with %s in it',
    (name) => {
      const { kind, payload } = experienceRow({ at: 1 })
      const more = JSON.stringify({ ...(JSON.parse(payload) as object), [name]: 4711 })
      expect(readExperience({ kind, payload: more })).toContain('unknown 1 keys')
      const { outcome, ...rest } = JSON.parse(payload) as { outcome: object }
      const within = JSON.stringify({ ...rest, outcome: { ...outcome, [name]: 4711 } })
      expect(readExperience({ kind, payload: within })).toContain('unknown 1 keys')
      // The reason goes into logs and lists: it tells no value, and no name that somebody made up.
      expect(readExperience({ kind, payload: within })).not.toContain('4711')
    },
  )

  it('keeps a day and no time', () => {
    const body = contributionOf(readExperience(experienceRow({ at: 1 })) as Experience, 'k'.repeat(40))
    expect(JSON.stringify(body)).not.toMatch(/\d\d:\d\d|\b1[5-9]\d{11}\b/)
  })
})

describe('the name of a contribution', () => {
  it('is the same for the same trade and words, and one the cloud takes', () => {
    const row = experienceRow({ at: 1 })
    expect(idempotencyKeyOf(KEY, row)).toBe(idempotencyKeyOf(KEY, { ...row, seq: 99 }))
    expect(IdempotencyKey.safeParse(idempotencyKeyOf(KEY, row)).success).toBe(true)
  })

  it('differs by installation, trade, kind and words', () => {
    const row = experienceRow({ at: 1 })
    const names = [
      idempotencyKeyOf(KEY, row),
      idempotencyKeyOf(Buffer.alloc(32, 8), row),
      idempotencyKeyOf(KEY, { ...row, key: 'other' }),
      idempotencyKeyOf(KEY, { ...row, kind: 'exit' }),
      idempotencyKeyOf(KEY, { ...row, payload: '{}' }),
    ]
    expect(new Set(names).size).toBe(names.length)
  })

  it('can not be mistaken across fields', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (a, b, c, d) => {
        fc.pre(a !== c || b !== d)
        const of = (key: string, payload: string) => idempotencyKeyOf(KEY, { seq: 1, kind: 'signal', key, payload })
        return of(a, b) !== of(c, d)
      }),
    )
  })
})

describe('a row of the outbox', () => {
  it.each([
    ['of an earlier version', { kind: 'experience', payload: '{"userId":"x","net":5}' }, /earlier version/],
    ['that is no JSON', { kind: 'signal', payload: '{' }, /does not read/],
    ['that is filed wrongly', { kind: 'exit', payload: experienceRow({ at: 1 }).payload }, /something else/],
    ['with NaN in it', { kind: 'signal', payload: experienceRow({ at: 1, r: Number.NaN }).payload }, /outcome\.r/],
    ['of a result that cannot be', { kind: 'signal', payload: experienceRow({ at: 1, r: 21 }).payload }, /outcome\.r/],
  ] as const)('%s is not sent, and says why', (_, row, why) => {
    expect(readExperience(row)).toMatch(why)
  })
})
