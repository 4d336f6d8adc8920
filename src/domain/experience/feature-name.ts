/**
 * Names that every object of JavaScript has already: a feature of that name is lost on its way through a parser, or read
 * where none was given.
 */
const TAKEN =
  'constructor|prototype|toString|toLocaleString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable' as const

/** A feature as the pool names it. */
export const FEATURE_NAME = new RegExp(`^(?!(?:${TAKEN})$)[A-Za-z][A-Za-z0-9_]{0,31}$`)

const IS_TAKEN = new RegExp(`^(?:__proto__|${TAKEN})$`)

export function isTakenName(name: string): boolean {
  return IS_TAKEN.test(name)
}

/** The first feature whose name is taken, so that none of this setup can be compared or told; undefined where all are free. */
export function takenName(features: Readonly<Record<string, number>>): string | undefined {
  return Object.keys(features).find(isTakenName)
}

/** What is said of it, as a clause. */
export function whyNotTold(name: string): string {
  return `its feature ${JSON.stringify(name)} has a name that every object of JavaScript has`
}
