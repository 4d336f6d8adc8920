import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { earlyClosesOf } from '../../../src/domain/calendar/early-closes.ts'
import { resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { limitRows } from '../../../src/domain/risk/limit-rows.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { NOON, RISK_INSTRUMENT, rulesOf, START, stateOf } from '../../support/risk.ts'

const instrument = (symbol: string) => resolveInstrument(symbol) as Instrument

function rowOf(code: string, texts: Parameters<typeof rulesOf>[1], symbol: string, at: number = NOON) {
  const { root } = instrument(symbol)
  return limitRows(rulesOf({}, texts), {
    ...{ worth: { equityMinor: START, balanceMinor: START }, state: stateOf(), at: epochMs(at) },
    ...{ held: [{ symbol, root, lots: 0, worthMinor: 0, contractMilli: 1_000 }], currency: RISK_INSTRUMENT.currency },
  }).find((row) => row.code === code)
}

describe('where an account stands', () => {
  it.each([
    ['ESZ6', true],
    ['ES', true],
    ['NQZ6', false],
  ])('with its product locked, trading %s: %s', (symbol, reached) => {
    expect(rowOf('symbol-lock', { lockedSymbols: ['ES', 'CL'] }, symbol)).toMatchObject({ limit: 'ES,CL', reached })
  })

  it('says that nothing may be held from where that begins on a day that ends early', () => {
    const texts = {
      mustBeFlat: '15:10-17:00 America/Chicago',
      earlyCloses: earlyClosesOf(instrument('ES'), bundledCalendar()),
    }
    const reached = (iso: string) => rowOf('must-be-flat', texts, 'ES', Date.parse(iso))?.reached
    expect([reached('2026-11-27T17:24:00Z'), reached('2026-11-27T17:25:00Z')]).toEqual([false, true])
    expect([reached('2026-11-30T17:25:00Z'), reached('2026-11-30T21:10:00Z')]).toEqual([false, true])
  })
})
