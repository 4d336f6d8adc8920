import { nearestNames } from '../failure/nearest-names.ts'
import { refusal, type Refusal } from '../failure/refusal.ts'
import type { ParameterSpec, Strategy } from './strategy.ts'

export type ParameterValues = Readonly<Record<string, number>>

/**
 * All parameters of a strategy: the given ones, checked, and the defaults of the rest.
 *
 * @returns every parameter by name, or the refusal `setting-invalid` with name, unit and range of the first wrong one
 */
export function validateParameters(
  strategy: Pick<Strategy, 'id' | 'parameters'>,
  given: Readonly<Record<string, unknown>>,
): ParameterValues | Refusal {
  const names = strategy.parameters.map(({ name }) => name)
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    const near = nearestNames(unknown, names, 1)[0]
    const nextStep = near ? `Did you mean ${near}?` : `It has: ${names.join(', ')}.`
    return refusal('setting-invalid', `The strategy ${strategy.id} has no parameter ${unknown}.`, nextStep)
  }
  const values: Record<string, number> = {}
  for (const spec of strategy.parameters) {
    const value = Object.hasOwn(given, spec.name) ? given[spec.name] : spec.default
    if (!isAllowed(spec, value)) return outOfRange(strategy.id, spec, value)
    values[spec.name] = value
  }
  return values
}

export function areParameters(found: ParameterValues | Refusal): found is ParameterValues {
  return typeof found.code !== 'string'
}

function isAllowed(spec: ParameterSpec, value: unknown): value is number {
  if (typeof value !== 'number' || !(value >= spec.min && value <= spec.max)) return false
  return spec.kind === 'number' || Number.isInteger(value)
}

function outOfRange(strategyId: string, spec: ParameterSpec, value: unknown): Refusal {
  const kind = spec.kind === 'integer' ? 'a whole number' : 'a number'
  return refusal(
    'setting-invalid',
    `${spec.name} of ${strategyId} can't be ${String(value)}.`,
    `Give ${kind} from ${spec.min} to ${spec.max} (${spec.unit}); the default is ${spec.default}.`,
  )
}
