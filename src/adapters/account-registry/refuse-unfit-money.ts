import { RiskSettings, SimulationSettings, type AccountSettings } from '../../contracts/account-settings.ts'
import { moneySetting } from '../../domain/account/money-setting.ts'
import type { Currency } from '../../domain/instrument/instrument.ts'

const GROUPS = { risk: RiskSettings.shape, simulation: SimulationSettings.shape } as const

/**
 * Whether every amount can be counted in the account's currency, so that no bot is stopped by a setting that was taken.
 * Asked of what somebody sets, not of what is on disk: an account that has such an amount can still be shown and mended.
 *
 * @throws {Refused} 'setting-invalid'
 */
export function refuseUnfitMoney(settings: Pick<AccountSettings, 'risk' | 'simulation'>, { digits }: Currency): void {
  for (const [group, shape] of Object.entries(GROUPS) as [keyof typeof GROUPS, (typeof GROUPS)[keyof typeof GROUPS]][])
    for (const [name, schema] of Object.entries(shape)) {
      const value = (settings[group] as Readonly<Record<string, unknown>>)[name]
      // Some amounts have a word in their place, such as `none`.
      if (schema.meta()?.['unit'] === 'money' && typeof value === 'string' && /^\d/.test(value))
        moneySetting(value, digits, `${group}.${name}`)
    }
}
