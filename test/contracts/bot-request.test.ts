import { describe, expect, it } from 'vitest'
import { readBotRequest } from '../../src/contracts/bot-request.ts'

const SHARE = {
  ...{ epoch: 1, seq: 2, asOf: 1_700_000_000_000, currency: 'USD', accounts: 2, unknown: ['lost'] },
  ...{ used: { notional: 5 }, ceilings: {}, dayResultMinor: -3 },
}

describe('a request to a bot', () => {
  it.each(['hello', 'status', 'watch', 'flatten', 'licence'])('is a %s with an id', (type) => {
    expect(readBotRequest({ type, id: 7, more: true })).toEqual({ type, id: 7 })
  })

  it('is a stop that keeps positions and cancels orders unless it says otherwise', () => {
    expect(readBotRequest({ type: 'stop', id: 1 })).toEqual({ type: 'stop', id: 1, flatten: false, keepOrders: false })
    expect(readBotRequest({ type: 'stop', id: 1, flatten: true })).toMatchObject({ flatten: true, keepOrders: false })
  })

  it('is a trade under a name of the asker', () => {
    const trade = { type: 'trade', id: 1, signalId: 'mine-1', command: { kind: 'close' } }
    expect(readBotRequest(trade)).toEqual(trade)
    for (const signalId of ['', 'a:b', '-a', 'x'.repeat(101), 5, undefined])
      expect(readBotRequest({ ...trade, signalId })).toBeUndefined()
  })

  it("is a share of the user's portfolio", () => {
    expect(readBotRequest({ type: 'portfolio', id: 1, share: SHARE })).toEqual({
      type: 'portfolio',
      id: 1,
      share: SHARE,
    })
    // An older launcher counts what it can't read as nothing, and says nothing of it.
    const { unknown: _, ...older } = SHARE
    expect(readBotRequest({ type: 'portfolio', id: 1, share: older })).toMatchObject({ share: { unknown: [] } })
    for (const [name, wrong] of [
      ...[['epoch', 1.5] as const, ['seq', null] as const, ['asOf', '2026'] as const, ['currency', 1] as const],
      ...[['used', []] as const, ['ceilings', { notional: '5' }] as const, ['dayResultMinor', Infinity] as const],
      ...[['accounts', undefined] as const, ['unknown', 'lost'] as const, ['unknown', [1]] as const],
    ])
      expect(readBotRequest({ type: 'portfolio', id: 1, share: { ...SHARE, [name]: wrong } })).toBeUndefined()
  })

  it.each([
    ...[undefined, null, 5, 'stop', [], {}, { type: 'stop' }, { type: 'stop', id: '1' }, { type: 'stop', id: 1.5 }],
    ...[
      { type: 'toString', id: 1 },
      { type: 'stop', id: 1, flatten: 'yes' },
      { type: 'portfolio', id: 1 },
    ],
  ])('is not %j', (value) => {
    expect(readBotRequest(value)).toBeUndefined()
  })
})
