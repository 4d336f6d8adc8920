/** How often something may fail before it is left alone, and for how long. All times are milliseconds. */
export type CircuitRules = Readonly<{
  /** Failures in a row that open the circuit. */
  opensAfter: number
  /** Wait before the next try after a first, second, … failure, while the circuit is closed. */
  backoffMs: readonly number[]
  /** How long an open circuit keeps us from trying. One failed try opens it for as long again. */
  openMs: number
}>

/**
 * What is known of something that fails now and then; `failures` counts those since it last did its work.
 *
 * Closed: it may be used. Backing off and open: not before `until`. Then it is tried once (half-open), and only work that
 * was really done closes the circuit again.
 */
export type Circuit = Readonly<{ failures: number; until: number }>

export const CLOSED: Circuit = { failures: 0, until: Number.NEGATIVE_INFINITY }

/** It failed once more. */
export function afterFailure({ failures }: Circuit, now: number, rules: CircuitRules): Circuit {
  const count = failures + 1
  if (count >= rules.opensAfter) return { failures: count, until: now + rules.openMs }
  return { failures: count, until: now + (rules.backoffMs[failures] ?? rules.backoffMs.at(-1) ?? 0) }
}

/** How long it is to be left alone yet; 0 when it may be tried. */
export function restMs({ until }: Circuit, now: number): number {
  return Math.max(0, until - now)
}

export function isOpen({ failures }: Circuit, rules: CircuitRules): boolean {
  return failures >= rules.opensAfter
}
