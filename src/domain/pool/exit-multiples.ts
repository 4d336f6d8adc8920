import type { ExitWord } from './pool-experience.ts'

/** How a neighbour went on its way to its end; excursions in R. */
export type Path = Readonly<{ r: number; mfe: number; mae: number; exit: ExitWord; weight: number }>

export type ExitMultiples = Readonly<{ stop: number; target: number }>

/** A stop is only ever brought nearer: shared learning may not put more at risk than the setup did. */
const STOPS = [0.5, 0.6, 0.7, 0.8, 0.9, 1] as const
const TARGETS = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2] as const
/** Other distances than the setup's own must be worth this much more, R a trade; or noise would choose them. */
const WORTH_IT = 0.05

/**
 * Multiples of a setup's stop and target that would have ended its neighbours best, within 0.5 to 2.
 *
 * What a path cannot show counts against a choice: a trade whose worst excursion reached the stop was stopped, even if the
 * target came first; one that ended at its target would have been stopped on the way to a farther one.
 *
 * @param paths with both excursions known
 * @returns undefined where there are too few to choose by
 */
export function exitMultiples(paths: readonly Path[], fewest: number): ExitMultiples | undefined {
  if (paths.length < fewest) return undefined
  const target = usualTarget(paths)
  const own = worthOf(paths, { stop: 1, target: 1 }, target)
  let best: ExitMultiples = { stop: 1, target: 1 }
  let most = own + WORTH_IT
  for (const stop of STOPS)
    for (const multiple of TARGETS) {
      const worth = worthOf(paths, { stop, target: multiple }, target)
      if (worth <= most) continue
      most = worth
      best = { stop, target: multiple }
    }
  return best
}

/** Where targets were, R: the middle of what ended there, else the best excursion that a quarter surpassed. */
function usualTarget(paths: readonly Path[]): number {
  const reached = paths.filter(({ exit, r }) => exit === 'target' && r > 0).map(({ r }) => r)
  if (reached.length > 0) return quantile(reached, 0.5)
  return Math.max(
    0.5,
    quantile(
      paths.map(({ mfe }) => mfe),
      0.75,
    ),
  )
}

function worthOf(paths: readonly Path[], { stop, target }: ExitMultiples, usual: number): number {
  let sum = 0
  let mass = 0
  for (const path of paths) {
    sum += path.weight * endedAt(path, stop, target * usual)
    mass += path.weight
  }
  return mass > 0 ? sum / mass : 0
}

function endedAt({ r, mfe, mae, exit }: Path, stop: number, target: number): number {
  // At its own stop distance a trade ended as it did: slippage is in r.
  if (stop < 1 && mae <= -stop) return -stop
  if (mfe >= target) return Math.min(target, Math.max(r, target))
  if (exit === 'target') return -stop
  return r
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
