/**
 * Known names that a mistyped one may have meant, nearest first.
 *
 * A name is near when it holds the other, or when at most a third of the letters (and never more than three) differ.
 *
 * @param given what was typed; letter case does not count
 * @param most  how many to answer with
 */
export function nearestNames(given: string, known: Iterable<string>, most = 3): readonly string[] {
  const wanted = given.toLowerCase()
  const limit = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)))
  const near: { name: string; distance: number }[] = []
  for (const name of known) {
    const candidate = name.toLowerCase()
    const holds = wanted.length > 1 && (candidate.includes(wanted) || wanted.includes(candidate))
    const distance = editDistance(wanted, candidate)
    if (holds || distance <= limit) near.push({ name, distance })
  }
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  return near.slice(0, most).map(({ name }) => name)
}

/** Letters to insert, delete or replace to make one text the other (Levenshtein, 1965). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
