export type HeldReportsContext<T> = Readonly<{
  /** True while it is known whose reports these are. */
  isKnown: () => boolean
  /** Finds out, if it can be found out now. */
  findOut: () => Promise<unknown>
  deliver: (report: T) => void
  /** Reports were let go: nobody could say whose they are. */
  onLetGo: () => void
}>

/**
 * What a stream tells after a break may be of another account than before it: it waits, in order, until that is known.
 */
export function openHeldReports<T>({ isKnown, findOut, deliver, onLetGo }: HeldReportsContext<T>) {
  let held: T[] = []
  let settling: Promise<void> | undefined

  async function settle(): Promise<void> {
    await findOut()
    const told = held
    held = []
    if (isKnown()) told.forEach(deliver)
    else if (told.length > 0) onLetGo()
  }

  /** Finds out now, for those that wait and those that come meanwhile. */
  function look(): void {
    settling ??= settle().finally(() => (settling = undefined))
  }

  return {
    look,
    take(report: T): void {
      if (isKnown() && !settling) return deliver(report)
      held.push(report)
      look()
    },
  }
}
