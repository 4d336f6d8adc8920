/** How many wrong tries are allowed within which time. */
export type GuessRule = Readonly<{ most: number; withinMs: number }>

export type GuessLimit = Readonly<{
  /** Whole seconds until the next try is allowed; undefined: now. */
  retryAfterSeconds(): number | undefined
  wrong(): void
}>

const MINUTE_MS = 60_000
export const GUESS_RULES: readonly GuessRule[] = [
  { most: 5, withinMs: MINUTE_MS },
  { most: 20, withinMs: 60 * MINUTE_MS },
]

/**
 * Counts wrong tries; right ones cost nothing.
 *
 * @param now milliseconds, never set back
 */
export function limitGuesses(now: () => number, rules: readonly GuessRule[] = GUESS_RULES): GuessLimit {
  const longest = Math.max(...rules.map(({ withinMs }) => withinMs))
  let wrong: number[] = []
  return {
    retryAfterSeconds() {
      const at = now()
      wrong = wrong.filter((time) => time > at - longest)
      const waits = rules.map(({ most, withinMs }) => {
        const recent = wrong.filter((time) => time > at - withinMs)
        return recent.length < most ? 0 : recent[recent.length - most]! + withinMs - at
      })
      const wait = Math.max(...waits)
      return wait > 0 ? Math.ceil(wait / 1_000) : undefined
    },
    wrong: () => void wrong.push(now()),
  }
}
