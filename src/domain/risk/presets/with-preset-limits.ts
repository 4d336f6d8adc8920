import { presetByName } from './index.ts'

/**
 * Risk settings with every limit of their rule set: one that they do not name is the rule set's, so that a limit which came
 * into it after the settings were written holds for the account as it does for a new one.
 *
 * @returns the same where no rule set is named, or none of that name is known
 */
export function withPresetLimits(risk: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { preset: name } = risk
  const preset = typeof name === 'string' ? presetByName(name) : undefined
  return preset ? { ...preset.limits, ...risk } : risk
}
