import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import { contractShareOf, contractsText } from '../../../src/domain/instrument/contract-share.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { CME_OPTIONS } from '../../../src/domain/options/american-options.ts'
import { optionInstrument } from '../../../src/domain/options/option-instrument.ts'
import { assessEntry } from '../../../src/domain/risk/assess-entry.ts'
import { limitRows, type HeldLots } from '../../../src/domain/risk/limit-rows.ts'
import type { RiskLimits } from '../../../src/domain/risk/risk-limits.ts'
import { lots } from '../../../src/domain/units/units.ts'
import { accountOf, NOON, RISK_INSTRUMENT, rulesOf, START, stateOf, wantedOf } from '../../support/risk.ts'

const instrument = (symbol: string) => resolveInstrument(symbol) as Instrument
const [ES, MES] = [instrument('ES'), instrument('MES')]
const FIVE = { maxTotalContractsMilli: 5_000 } satisfies Partial<RiskLimits>

type Account = Readonly<{ position?: number; working?: number; others?: number }>

function assess(of: Instrument, size: number, { position = 0, working = 0, others = 0 }: Account = {}, limits = {}) {
  const account = { position: lots(position), workingEntryLots: lots(working), otherContractsMilli: others }
  return assessEntry(rulesOf({ ...FIVE, ...limits }), wantedOf(size), accountOf({}, account), of)
}
const told = (verdict: ReturnType<typeof assess>) => verdict.reasons.map(({ code, text }) => `${code}: ${text}`)

describe('one lot', () => {
  it.each([
    ['ES', 1_000],
    ['MES', 100],
    ['MESZ5', 100],
    ['MNQ', 100],
    ['CL', 1_000],
    ['NIFTY', 1_000],
    // Shares and funds that are named like micro futures.
    ['SIL', 1_000],
    ['MET', 1_000],
  ])('of %s counts as %i thousandths of a contract', (symbol, share) => {
    expect(contractShareOf(instrument(symbol))).toBe(share)
  })

  it('of a micro future that is described without saying so counts as what its name says', () => {
    const own = (root: string, contractMilli?: number) =>
      contractShareOf({ root, kind: 'future', ...(contractMilli === undefined ? {} : { contractMilli }) })
    expect([own('M2K'), own('SIL'), own('MBT'), own('FDAX'), own('M2K', 1_000)]).toEqual([
      100, 200, 1_000, 1_000, 1_000,
    ])
  })

  it('of an option counts as what it is written on, also where only the name tells what that is', () => {
    const own: Instrument = { ...ES, symbol: 'M2K', root: 'M2K', options: CME_OPTIONS['ES']! }
    const terms = {
      underlying: 'M2K',
      type: 'call',
      strike: '2300',
      expiry: '2026-12-18',
      style: 'american',
      settlement: 'cash',
    } as const
    const optionOn = (underlying: Instrument) => contractShareOf(optionInstrument(terms, underlying) as Instrument)
    expect(optionOn(own)).toBe(100)
    expect(optionOn({ ...own, contractMilli: 1_000 })).toBe(1_000)
    expect(optionOn({ ...own, root: 'FDAX' })).toBe(1_000)
  })

  it('is written as short as it is exact', () => {
    expect([0, 100, 4_600, 5_000, 50_000, 10_050].map(contractsText)).toEqual(['0', '0.1', '4.6', '5', '50', '10.05'])
  })
})

describe('the limit on contracts of all instruments', () => {
  it('lets pass what fits beside everything else', () => {
    expect(assess(ES, 4, { others: 1_000 })).toEqual({ kind: 'allowed', quantity: 4, reasons: [] })
    expect(assess(MES, 10, { others: 4_000 })).toEqual({ kind: 'allowed', quantity: 10, reasons: [] })
    expect(assess(MES, 50)).toEqual({ kind: 'allowed', quantity: 50, reasons: [] })
  })

  it('makes an entry as small as fits, and says why', () => {
    const verdict = assess(MES, 10, { position: -2, working: 1, others: 4_000 })
    expect(verdict).toMatchObject({ kind: 'allowed', quantity: 7 })
    expect(told(verdict)).toEqual([
      'max-total: room for 7 of 10 lots of MES: 4.3 contracts held or working in all instruments, at most 5',
    ])
  })

  it('refuses where no lot fits, and says why', () => {
    expect(told(assess(ES, 1, { others: 5_000 }))).toEqual([
      'max-total: 5 contracts held or working in all instruments, at most 5',
    ])
    expect(told(assess(ES, 2, { others: 4_600 }))).toEqual([
      'max-total: 4.6 contracts held or working in all instruments, at most 5; one more lot of ES counts 1',
    ])
  })

  it('refuses every entry of an account that is over it', () => {
    expect(assess(MES, 1, { position: 60 })).toMatchObject({ kind: 'denied' })
    expect(assess(ES, 1, { others: 9_000 })).toMatchObject({ kind: 'denied' })
  })

  it('is told beside the limit of the instrument where both are in the way', () => {
    const verdict = assess(ES, 1, { position: 2, others: 3_000 }, { maxPositionLots: 2 })
    expect(verdict.reasons.map(({ code }) => code)).toEqual(['max-position', 'max-total'])
  })

  it('counts nothing where it is not set', () => {
    expect(assess(ES, 9, { others: 9_000 }, { maxTotalContractsMilli: 0 })).toMatchObject({
      kind: 'allowed',
      quantity: 9,
    })
  })

  it('is never passed, and no lot that fits is withheld', () => {
    const size = fc.integer({ min: 1, max: 80 })
    const anyAccount = fc.record({
      position: fc.integer({ min: -70, max: 70 }),
      working: fc.nat(30),
      others: fc.nat(7_000),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(ES, MES),
        size,
        anyAccount,
        fc.integer({ min: 1, max: 9_000 }),
        (of, wanted, account, most) => {
          const verdict = assess(of, wanted, account, { maxTotalContractsMilli: most })
          const share = contractShareOf(of)
          const before = (Math.abs(account.position) + account.working) * share + account.others
          const fits = before + share <= most
          if (verdict.kind === 'denied') return !fits
          const after = before + verdict.quantity * share
          return fits && after <= most && (verdict.quantity === wanted || after + share > most)
        },
      ),
    )
  })
})

describe('the row of the limit', () => {
  const rowOf = (held: readonly HeldLots[]) =>
    limitRows(rulesOf(FIVE), {
      ...{ worth: { equityMinor: START, balanceMinor: START }, state: stateOf(), held, at: NOON },
      currency: RISK_INSTRUMENT.currency,
    }).find(({ code }) => code === 'max-total')
  const held = (symbol: string, size: number) =>
    ({ symbol, root: symbol, lots: size, worthMinor: 0, contractMilli: contractShareOf(instrument(symbol)) }) as const

  it('adds all instruments up', () => {
    expect(rowOf([held('ES', 3), held('MES', 4)])).toEqual({
      ...{ code: 'max-total', symbol: null, setting: 'maxTotalContracts', unit: 'contracts' },
      ...{ limit: '5', used: '3.4', room: '1.6', reached: false },
    })
  })

  it('shows an account that is over it', () => {
    expect(rowOf([held('ES', 6), held('MES', 4)])).toMatchObject({ used: '6.4', room: '0', reached: true })
  })
})
