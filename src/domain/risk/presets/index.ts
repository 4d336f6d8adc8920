import { parseDecimal } from '../../units/decimal.ts'
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

/** CME micro contracts, which firms count as a tenth of a contract. */
const MICROS = new Set(['MES', 'MNQ', 'MYM', 'M2K', 'MGC', 'SIL', 'MHG', 'MCL', 'M6E', 'M6A', 'M6B', 'MBT', 'MET'])

/** The limits of a preset for the instruments of an account: they hold in each, so the largest contract decides. */
export function presetLimits(preset: RiskPreset, ...traded: readonly Pick<Instrument, 'root'>[]): PresetLimits {
  const { maxMicroLots } = preset
  if (maxMicroLots === undefined || !traded.every(({ root }) => MICROS.has(root))) return preset.limits
  return { ...preset.limits, maxPositionLots: maxMicroLots, maxOrderLots: maxMicroLots }
}

/** Limits that are stricter the smaller they are, as long as they are there at all. */
const SMALLER_IS_STRICTER: ReadonlySet<string> = new Set<keyof PresetLimits>([
  'maxPositionLots',
  'maxOrderLots',
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
