import { z } from 'zod'
import { CloudSettings, GatewaySettings, RiskSettings, SimulationSettings } from './account-settings.ts'

/** Settings that are named `group.name`. */
const SETTING_GROUPS = new Map<string, z.ZodObject>([
  ['risk', RiskSettings],
  ['simulation', SimulationSettings],
  ['gateway', GatewaySettings],
  ['cloud', CloudSettings],
])

/**
 * Whether a changed setting counts at once, although the account's bot runs with those it has read at its start: its schema
 * says that the launcher applies it.
 *
 * @param key as in `--set key=value`
 */
export function appliesAtOnce(key: string): boolean {
  const [group = '', name = ''] = key.split('.', 2)
  const shape = SETTING_GROUPS.get(group)?.shape ?? {}
  const field = Object.hasOwn(shape, name) ? (shape[name] as z.ZodType) : undefined
  return field !== undefined && z.globalRegistry.get(field)?.['appliedBy'] === 'launcher'
}
