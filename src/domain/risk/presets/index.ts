import { parseDecimal } from '../../units/decimal.ts'
import { contractShareOf, FULL_CONTRACT_MILLI } from '../../instrument/contract-share.ts'
import type { Instrument } from '../../instrument/instrument.ts'
import { FTMO_PRESETS } from './ftmo.ts'
import type { PresetLimits, RiskPreset } from './preset.ts'
import { TOPSTEP_PRESETS } from './topstep.ts'

/** Every rule set an account can follow. Adding one is an entry in its firm's file. */
export const RISK_PRESETS: readonly RiskPreset[] = [...TOPSTEP_PRESETS, ...FTMO_PRESETS]

/** The value of `risk.preset` of an account that follows none. */
export const NO_PRESET = 'none'

export function presetByName(name: string): RiskPreset | undefined {
  return RISK_PRESETS.find((preset) => preset.name === name)
}

/**
 * The limits of a preset for the instruments of an account. Where it counts contracts over all of them, that limit holds
 * each back, and the one in lots is as many as may be held of the smallest.
 */
export function presetLimits(
  { limits }: RiskPreset,
  ...traded: readonly Pick<Instrument, 'contractMilli' | 'kind' | 'root'>[]
): PresetLimits {
  if (limits.maxTotalContracts === undefined) return limits
  const smallest = Math.min(...traded.map(contractShareOf))
  const most = Math.floor((limits.maxTotalContracts * FULL_CONTRACT_MILLI) / smallest)
  return { ...limits, maxPositionLots: most, maxOrderLots: most }
}

const SIZES = ['maxPositionLots', 'maxOrderLots'] as const

/**
 * Settings with no more lots than their preset has for what the account trades: how many these are follows what a lot counts
 * as, which may have been described anew since the settings were written.
 */
export function withinSizes<T extends Readonly<Record<(typeof SIZES)[number], number>>>(
  risk: T,
  limits: PresetLimits,
): T {
  const sizes = SIZES.map((name) => [name, Math.min(risk[name], limits[name] ?? Infinity)] as const)
  return { ...risk, ...Object.fromEntries(sizes) }
}

/** Limits that are stricter the smaller they are, as long as they are there at all. */
const SMALLER_IS_STRICTER: ReadonlySet<string> = new Set<keyof PresetLimits>([
  'maxPositionLots',
  'maxOrderLots',
  'maxTotalContracts',
  'maxDailyLoss',
  'trailingDrawdown',
  'profitTarget',
])
/** More places than any currency has. */
const PLACES = 8

/**
 * The first setting that is looser than its preset allows: a smaller limit is stricter, none at all is looser, and
 * what has no order (zone, windows, what counts) must be the preset's.
 *
 * @returns undefined when all are as strict
 */
export function looserThanPreset(
  risk: Readonly<Record<string, unknown>>,
  limits: PresetLimits,
): Readonly<{ name: string; allowed: string }> | undefined {
  for (const [name, allowed] of Object.entries(limits)) {
    const value = risk[name]
    if (SMALLER_IS_STRICTER.has(name) ? !isAsStrict(value, allowed) : value !== allowed)
      return { name, allowed: String(allowed) }
  }
  return undefined
}

function isAsStrict(value: unknown, allowed: string | number): boolean {
  const given = parseDecimal(String(value), PLACES) ?? 0
  return given > 0 && given <= (parseDecimal(String(allowed), PLACES) ?? 0)
}
