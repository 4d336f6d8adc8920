/**
 * Solves a small dense system in place, by elimination with row pivots.
 *
 * @param rows as many as unknowns, each with the right side behind its coefficients; destroyed
 * @returns the unknowns; not finite where the system is singular
 */
export function solveLinearSystem(rows: Float64Array[]): Float64Array {
  const size = rows.length
  for (let column = 0; column < size; column++) {
    let best = column
    for (let i = column + 1; i < size; i++) if (Math.abs(rows[i]![column]!) > Math.abs(rows[best]![column]!)) best = i
    const pivot = rows[best]!
    rows[best] = rows[column]!
    rows[column] = pivot
    for (let i = column + 1; i < size; i++) {
      const row = rows[i]!
      const factor = row[column]! / pivot[column]!
      if (factor !== 0) for (let j = column; j <= size; j++) row[j]! -= factor * pivot[j]!
    }
  }
  const unknowns = new Float64Array(size)
  for (let i = size - 1; i >= 0; i--) {
    const row = rows[i]!
    let rest = row[size]!
    for (let j = i + 1; j < size; j++) rest -= row[j]! * unknowns[j]!
    unknowns[i] = rest / row[i]!
  }
  return unknowns
}
