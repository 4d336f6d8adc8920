import { describe, expect, it } from 'vitest'
import type { EconomicEvents } from '../../../src/domain/calendar/economic-event.ts'
import { assessEntry, type EntryVerdict } from '../../../src/domain/risk/assess-entry.ts'
import { openBlackouts } from '../../../src/domain/risk/blackout.ts'
import { openCorrelationGroups } from '../../../src/domain/risk/correlation-groups.ts'
import { directionOf, lotWorth, usesOf } from '../../../src/domain/risk/portfolio/exposure.ts'
import {
  isFresh,
  isNewer,
  NO_PORTFOLIO_LIMITS,
  type PortfolioShare,
  type PortfolioStanding,
} from '../../../src/domain/risk/portfolio/portfolio-share.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { epochMs, lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { accountOf, NOON, RISK_INSTRUMENT, rulesOf, wantedOf } from '../../support/risk.ts'

const codes = ({ reasons }: EntryVerdict) => reasons.map(({ code }) => code)
/** Worth of one lot at the price that entries are judged at. */
const LOT = 16_000 * RISK_INSTRUMENT.tickValue
const GROUP = RISK_INSTRUMENT.root
const groupOf = openCorrelationGroups()
const LIMITS = {
  ...NO_PORTFOLIO_LIMITS,
  maxNotionalMinor: minorUnits(10 * LOT),
  maxPositions: 3,
  maxDailyLossMinor: minorUnits(50_000),
  correlationCapMinor: minorUnits(6 * LOT),
}

function shareOf(ceilings: Record<string, number>, change: Partial<PortfolioShare> = {}): PortfolioShare {
  return {
    ...{ epoch: 1, seq: 1, asOf: NOON, currency: 'USD', accounts: 2, unknown: [], used: {}, dayResultMinor: 0 },
    ceilings,
    ...change,
  }
}
const ROOMY = { notional: 10 * LOT, positions: 3, [`${GROUP}:long`]: 6 * LOT, [`${GROUP}:short`]: 6 * LOT }

function judged(
  size: number,
  standing: Partial<PortfolioStanding>,
  change: Parameters<typeof wantedOf>[1] = {},
): EntryVerdict {
  const portfolio = { limits: LIMITS, share: shareOf(ROOMY), own: {}, groupOf, ...standing }
  return assessEntry(rulesOf({}), wantedOf(size, change), { ...accountOf(), portfolio }, RISK_INSTRUMENT)
}

describe('limits over the accounts of a user', () => {
  it('deny every entry of an account that has not been told of the others', () => {
    expect(codes(judged(1, { share: undefined }))).toEqual(['portfolio-unknown'])
    expect(codes(judged(1, { share: shareOf(ROOMY, { currency: 'INR' }) }))).toEqual(['portfolio-unknown'])
  })

  it('deny every entry while what another account holds is not known, and name it', () => {
    expect(judged(1, { share: shareOf(ROOMY, { unknown: ['b'] }) }).reasons[0]?.text).toBe(
      'what account b holds is not known, for its state or settings can not be read (slipway risk b says why; repair or remove it)',
    )
    const { kind, reasons } = judged(1, { share: shareOf(ROOMY, { unknown: ['b', 'c'] }) })
    expect(kind).toBe('denied')
    expect(reasons).toEqual([
      {
        code: 'portfolio-unknown',
        text: 'what accounts b, c hold is not known, for their state or settings can not be read (slipway risk says why of each; repair or remove them)',
      },
    ])
  })

  it('pass what fits', () => {
    expect(judged(5, {})).toMatchObject({ kind: 'allowed', quantity: 5, reasons: [] })
  })

  it('make an entry smaller than the part of this account, less what it uses itself, and tell what it lacked', () => {
    const verdict = judged(5, { own: { notional: 7 * LOT } })
    expect(verdict).toMatchObject({ kind: 'allowed', quantity: 3, lacking: { notional: 12 * LOT } })
    expect(verdict.reasons[0]?.text).toContain('room for 3 of 5 lots')
  })

  it('cap one direction of a group, and leave the other alone', () => {
    const own = { [`${GROUP}:long`]: 6 * LOT }
    expect(codes(judged(1, { own }))).toEqual(['correlation-cap'])
    expect(judged(1, { own }, { side: 'sell' })).toMatchObject({ kind: 'allowed', quantity: 1 })
  })

  it('count positions, but not one that is only added to', () => {
    const share = shareOf({ ...ROOMY, positions: 1 })
    const portfolio = { limits: LIMITS, share, own: { positions: 1 }, groupOf }
    expect(codes(judged(1, { share, own: { positions: 1 } }))).toEqual(['portfolio-positions'])
    const adding = { ...accountOf({}, { position: lots(1) }), portfolio }
    expect(assessEntry(rulesOf({}), wantedOf(1), adding, RISK_INSTRUMENT).kind).toBe('allowed')
  })

  it('deny at the loss of the day over all accounts', () => {
    const verdict = judged(1, { share: shareOf(ROOMY, { dayResultMinor: -50_000 }) })
    expect(codes(verdict)).toEqual(['portfolio-daily-loss'])
    expect(verdict.reasons[0]?.text).toBe('the loss of the day over 2 accounts is 500.00 USD, the limit 500.00 USD')
  })

  it('have no room for what was never dealt out', () => {
    expect(codes(judged(1, { share: shareOf({}) }))).toEqual([
      'portfolio-positions',
      'portfolio-notional',
      'correlation-cap',
    ])
  })

  it('ask for no room where something else is against the entry anyway', () => {
    const portfolio = { limits: LIMITS, share: shareOf({}), own: {}, groupOf }
    const verdict = assessEntry(
      rulesOf({}, { lockedSymbols: [RISK_INSTRUMENT.symbol] }),
      wantedOf(1),
      { ...accountOf(), portfolio },
      RISK_INSTRUMENT,
    )
    expect(verdict.lacking).toBeUndefined()
  })
})

describe('the word of the launcher', () => {
  it('is fresh for fifteen seconds of wall time, and never from the future', () => {
    const at = (ms: number) => epochMs(NOON + ms)
    expect([0, 14_999, 15_000, -1_000, -1_001].map((ms) => isFresh({ asOf: NOON }, at(ms)))).toEqual([
      ...[true, true, false, true, false],
    ])
  })

  it('is replaced by a later one of the same launcher and by any of a later launcher', () => {
    expect(isNewer({ epoch: 1, seq: 1 }, undefined)).toBe(true)
    expect(isNewer({ epoch: 1, seq: 2 }, { epoch: 1, seq: 2 })).toBe(false)
    expect(isNewer({ epoch: 2, seq: 1 }, { epoch: 1, seq: 9 })).toBe(true)
    expect(isNewer({ epoch: 1, seq: 9 }, { epoch: 2, seq: 1 })).toBe(false)
  })
})

describe('what an account uses', () => {
  const option = (type: 'call' | 'put'): Instrument => ({
    ...RISK_INSTRUMENT,
    symbol: `TEST-${type}`,
    kind: 'option',
    option: {
      ...{ underlying: RISK_INSTRUMENT.symbol, type, style: 'european', settlement: 'cash' },
      ...{ strike: '4000.00', expiry: '2026-03-20' },
    },
  })

  it('counts working entries as filled, on both sides', () => {
    const holding = { instrument: RISK_INSTRUMENT, px: ticks(16_000), quantity: -2, workingBuys: 1, workingSells: 3 }
    expect(usesOf([holding], ['other'], groupOf)).toEqual({
      ...{ notional: 6 * LOT, positions: 1, 'other:long': 0, 'other:short': 0 },
      ...{ [`${GROUP}:long`]: LOT, [`${GROUP}:short`]: 5 * LOT },
    })
  })

  it('counts an option with its strike, and a sold put as long', () => {
    expect(lotWorth(option('put'), ticks(3))).toBe(LOT)
    expect(directionOf(option('put'), 'sell')).toBe('long')
    expect(directionOf(option('put'), 'buy')).toBe('short')
    expect(directionOf(option('call'), 'buy')).toBe('long')
    expect(groupOf(option('call'))).toBe(GROUP)
  })

  it('knows the group of a product, of a fund, and of what a user says otherwise', () => {
    const product = (root: string) => ({ symbol: `${root}Z6`, root })
    expect(groupOf(product('MES'))).toBe('us-equity')
    expect(groupOf({ symbol: 'SPY', root: 'SPY' })).toBe('us-equity')
    expect(groupOf(product('ZN'))).toBe('ZN')
    const own = openCorrelationGroups([{ name: 'mine', rule: '', members: ['ES', 'ZN'] }])
    expect([own(product('ES')), own(product('ZN')), own(product('NQ'))]).toEqual(['mine', 'mine', 'us-equity'])
  })
})

describe('a release', () => {
  const calendar: EconomicEvents = {
    ...{ asOf: '2026-03-01', zone: 'UTC', knownFrom: '2026-01-01' },
    knownUntil: { FOMC: '2026-03-03', NFP: '2026-03-03', CPI: '2026-03-03', PPI: '2026-03-03' },
    events: [{ name: 'CPI', at: epochMs(NOON + 300_000), status: 'scheduled', projections: false }],
  }
  const setting = { level: 'high', beforeMinutes: 5, afterMinutes: 5, flat: false, currencies: ['USD'] } as const
  const blackouts = openBlackouts(calendar, setting)
  const at = (ms: number, passesUnknownDays = false) =>
    assessEntry(
      rulesOf({}, { blackouts, passesUnknownDays }),
      wantedOf(1, { at: epochMs(NOON + ms) }),
      accountOf(),
      RISK_INSTRUMENT,
    )

  it('denies entries around it and says until when', () => {
    const verdict = at(0)
    expect(verdict).toMatchObject({ kind: 'denied', reasons: [{ code: 'blackout' }] })
    expect(verdict.reasons[0]?.text).toContain('until 2026-03-03 10:10 UTC')
    expect(at(-1).kind).toBe('allowed')
    expect(at(600_000).kind).toBe('allowed')
  })

  it('may be near past the end of the calendar: entries are denied, but on replayed days', () => {
    expect(codes(at(86_400_000))).toEqual(['blackout'])
    expect(at(86_400_000).reasons[0]?.text).toContain('ends at 2026-03-03')
    expect(at(86_400_000, true).kind).toBe('allowed')
  })

  it('keeps the last bar before it free of entries where positions are closed for it', () => {
    const flat = openBlackouts(calendar, { ...setting, flat: true })
    const wanted = wantedOf(1, { at: epochMs(NOON - 30_000) })
    expect(codes(assessEntry(rulesOf({}, { blackouts: flat }), wanted, accountOf(), RISK_INSTRUMENT))).toEqual([
      'blackout',
    ])
  })
})

describe('trades of the day', () => {
  it('count entries that wait to fill', () => {
    const account = { ...accountOf({ tradesToday: 3 }), waitingEntries: 2 }
    const verdict = assessEntry(rulesOf({ maxTradesPerDay: 5 }), wantedOf(1), account, RISK_INSTRUMENT)
    expect(verdict.reasons).toEqual([
      { code: 'max-trades', text: '3 trades today, 2 entries waiting to fill, at most 5' },
    ])
    expect(assessEntry(rulesOf({ maxTradesPerDay: 6 }), wantedOf(1), account, RISK_INSTRUMENT).kind).toBe('allowed')
  })
})
