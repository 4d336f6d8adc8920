import { describe, expect, it } from 'vitest'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import { sharedSignalOf, SIGNAL_FRESH_MS, type DecidedEntry } from '../../../src/domain/signal/shared-signal.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const NOON = epochMs(Date.UTC(2026, 10, 20, 12))
const after = (ms: number) => epochMs(NOON + ms)

function instrumentOf(symbol: string) {
  const found = resolveInstrument(symbol)
  if (!isInstrument(found)) throw new Error(symbol)
  return found
}

const entry = (more: Partial<DecidedEntry> = {}): DecidedEntry => ({
  ...{ at: NOON, instrument: instrumentOf('MES'), side: 'buy', strategyId: 'vwap-bounce', confidence: 0.734 },
  features: { rsi: 24, volumeRatio: 1.4 },
  ...more,
})

describe('the signal that others are told of an entry', () => {
  it('is the class of the market, the side, the strategy and the confidence, and nothing else', () => {
    expect(sharedSignalOf(entry(), NOON, false)).toEqual({
      ...{ symbolClass: expect.any(String) as string, side: 'buy', strategy: 'vwap-bounce', confidence: 0.73 },
    })
  })

  it('names one class for every instrument of it', () => {
    const classes = ['ES', 'MES'].map((symbol) =>
      sharedSignalOf(entry({ instrument: instrumentOf(symbol) }), NOON, true),
    )
    expect(classes[0]?.symbolClass).toBe(classes[1]?.symbolClass)
    const known = instrumentOf('SPY')
    const unknown = { ...known, root: 'MYOWN', symbol: 'MYOWN' }
    expect(sharedSignalOf(entry({ instrument: unknown }), NOON, false)?.symbolClass).toBe('stock')
  })

  it('is news for half a minute: what a replay or a restart tells of is history', () => {
    expect(sharedSignalOf(entry(), after(SIGNAL_FRESH_MS), false)).toBeDefined()
    expect(sharedSignalOf(entry(), after(SIGNAL_FRESH_MS + 1), false)).toBeUndefined()
    expect(sharedSignalOf(entry(), after(-4_000), false)).toBeDefined()
    expect(sharedSignalOf(entry(), after(-60_000), false)).toBeUndefined()
  })

  it('of a strategy of the user goes to the cloud of this computer only', () => {
    const own = entry({ strategyId: 'my-secret-edge', features: { edge: 1 } })
    expect(sharedSignalOf(own, NOON, false)).toBeUndefined()
    expect(sharedSignalOf(own, NOON, true)?.strategy).toBe('my-secret-edge')
  })

  it.each<[string, Partial<DecidedEntry>]>([
    ['a person made it', { features: {} }],
    ['it has no side', { side: undefined }],
    ['nobody knows its market', { instrument: undefined }],
    ['its confidence is none', { confidence: Number.NaN }],
    ['its confidence is beyond its bounds', { confidence: 1.2 }],
  ])('is none where %s', (_why, more) => {
    expect(sharedSignalOf(entry(more), NOON, true)).toBeUndefined()
  })
})
