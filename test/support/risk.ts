import type { Exposure, WantedEntry } from '../../src/domain/risk/assess-entry.ts'
import { NO_LIMITS, type RiskLimits } from '../../src/domain/risk/risk-limits.ts'
import { openRiskRules, type RiskRules } from '../../src/domain/risk/risk-rules.ts'
import { freshRiskState, type RiskState } from '../../src/domain/risk/risk-state.ts'
import { durationMs, epochMs, lots, minorUnits, ticks } from '../../src/domain/units/units.ts'
import { RIG_INSTRUMENT, rigSession } from './bot-rig.ts'

export const RISK_INSTRUMENT = RIG_INSTRUMENT
/** Ten o'clock UTC on a Tuesday. */
export const NOON = epochMs(Date.UTC(2026, 2, 3, 10))
export const START = minorUnits(5_000_000)

type Texts = Partial<Parameters<typeof openRiskRules>[1]>

export function rulesOf(limits: Partial<RiskLimits>, texts: Texts = {}): RiskRules {
  return openRiskRules({ ...NO_LIMITS, ...limits }, { dayBoundary: 'session', ...texts }, { sessionAt: rigSession })
}

export function stateOf(change: Partial<RiskState> = {}): RiskState {
  return { ...freshRiskState(START, START), ...change }
}

export function wantedOf(size: number, change: Partial<WantedEntry> = {}): WantedEntry {
  return {
    side: 'buy',
    lots: lots(size),
    at: NOON,
    lastPx: ticks(16_000),
    lastBarEnd: NOON,
    timeframeMs: durationMs(60_000),
    stopPx: ticks(15_990),
    targetPx: ticks(16_020),
    ...change,
  }
}

export function accountOf(state: Partial<RiskState> = {}, change: Partial<Exposure> = {}): Exposure {
  return {
    position: lots(0),
    workingEntryLots: lots(0),
    equityMinor: START,
    balanceMinor: START,
    state: stateOf(state),
    ...change,
  }
}
