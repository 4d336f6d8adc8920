/**
 * Cuts masses so that none is more than a share of what is left of all.
 *
 * Where there are too few for that (3 cannot each be at most a fifth), all become alike.
 *
 * @param masses each 0 or more
 * @param share  0..1; 1 cuts nothing
 * @returns the factor of each mass, 0..1
 */
export function capShares(masses: readonly number[], share: number): number[] {
  const some = masses.filter((mass) => mass > 0)
  if (share >= 1 || some.length <= 1) return masses.map(() => 1)
  const level = some.length * share <= 1 ? Math.min(...some) : levelOf(some, share)
  return masses.map((mass) => (mass > level ? level / mass : 1))
}

/** The mass at which the largest are cut: level = share × (what is below it + level × how many are cut). */
function levelOf(masses: number[], share: number): number {
  masses.sort((a, b) => b - a)
  let rest = masses.reduce((sum, mass) => sum + mass, 0)
  for (const [cut, mass] of masses.entries()) {
    const left = 1 - share * cut
    if (left <= 0) break
    const level = (share * rest) / left
    if (mass <= level) return level
    rest -= mass
  }
  return masses.at(-1)!
}
