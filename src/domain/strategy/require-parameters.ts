import type { ParameterSpec } from './strategy.ts'

/**
 * Parameters that were validated, under the names of their specs.
 *
 * @throws {RangeError} a parameter is missing: the caller did not validate
 */
export function requireParameters<Specs extends readonly ParameterSpec[]>(
  specs: Specs,
  given: Readonly<Record<string, number>>,
): Readonly<Record<Specs[number]['name'], number>> {
  for (const { name } of specs)
    if (typeof given[name] !== 'number') throw new RangeError(`parameter ${name} is missing`)
  return { ...given } as Record<Specs[number]['name'], number>
}
