import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatFeed, isFeedSpec, parseFeed } from '../../../src/domain/feed/parse-feed.ts'

const DAY = 86_400_000
const jan2 = Date.UTC(2024, 0, 2)

describe('a feed as typed', () => {
  it.each([
    ['replay', { kind: 'replay', speed: 'max' }],
    ['replay:max', { kind: 'replay', speed: 'max' }],
    ['replay:1x', { kind: 'replay', speed: 1 }],
    ['replay:0.5x', { kind: 'replay', speed: 0.5 }],
    ['replay:60x:2024-01-02..2024-01-05', { kind: 'replay', speed: 60, from: jan2, to: jan2 + 4 * DAY - 1 }],
    ['replay:max:2024-01-02..', { kind: 'replay', speed: 'max', from: jan2 }],
    ['replay:max:..2024-01-02', { kind: 'replay', speed: 'max', to: jan2 + DAY - 1 }],
    [
      'replay:max:2024-01-02T09:30:00-05:00..2024-01-02T16:00:00Z',
      { kind: 'replay', speed: 'max', from: jan2 + 14.5 * 3_600_000, to: jan2 + 16 * 3_600_000 },
    ],
    ['synthetic', { kind: 'synthetic', seed: 1 }],
    ['synthetic:42', { kind: 'synthetic', seed: 42 }],
  ])('%s is understood', (text, feed) => expect(parseFeed(text)).toEqual(feed))

  it.each([
    '',
    'replya',
    'replay:',
    'replay:fast',
    'replay:0x',
    'replay:-1x',
    'replay:1e9x',
    'replay:9999999x',
    'replay:max:2024-01-02',
    'replay:max:2024-02-31..',
    'replay:max:2024-01-05..2024-01-02',
    'replay:max:2024-01-02T09:30..2024-01-05',
    'synthetic:-1',
    'synthetic:4294967296',
    'synthetic:1:2',
  ])('%j is refused with the forms that work', (text) =>
    expect(parseFeed(text)).toMatchObject({ code: 'feed-invalid', nextStep: expect.stringContaining('replay:60x') }),
  )

  it('guesses what a mistyped kind meant', () =>
    expect(parseFeed('replya')).toMatchObject({ nextStep: expect.stringContaining('Did you mean replay?') }))

  it('survives being written and read again, whatever it is', () => {
    const moment = fc.integer({ min: 0, max: 4_000_000_000_000 })
    const replays = fc.record(
      {
        kind: fc.constant('replay' as const),
        speed: fc.oneof(fc.constant('max' as const), fc.integer({ min: 1, max: 1_000_000 })),
        from: moment,
        to: moment.map((at) => at + 4_000_000_000_000),
      },
      { requiredKeys: ['kind', 'speed'] },
    )
    const synthetics = fc.record({
      kind: fc.constant('synthetic' as const),
      seed: fc.integer({ min: 0, max: 0xffff_ffff }),
    })
    fc.assert(
      fc.property(fc.oneof(replays, synthetics), (feed) => {
        expect(parseFeed(formatFeed(feed as Parameters<typeof formatFeed>[0]))).toEqual(feed)
      }),
    )
  })

  it('never throws', () => fc.assert(fc.property(fc.string(), (text) => isFeedSpec(parseFeed(text)) || true)))
})
