/**
 * The state of every indicator is one array of doubles: writing it allocates nothing, and JSON keeps a finite double
 * exactly, so a restored indicator goes on bit by bit.
 */
export function snapshotOf(state: Float64Array): number[] {
  return Array.from(state)
}

/** @throws {RangeError} the numbers are not a snapshot of the same indicator with the same period */
export function restoreInto(state: Float64Array, snapshot: readonly number[]): void {
  if (snapshot.length !== state.length || !snapshot.every(Number.isFinite)) {
    throw new RangeError(`a snapshot of ${state.length} finite numbers was expected`)
  }
  state.set(snapshot)
}
