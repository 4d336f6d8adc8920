/** Something that is done once for all who ask while it is under way. */
export type Together<T> = Readonly<{
  /** Shares in what is under way, or begins it. */
  join(): Promise<T>
  /** Whoever asks from now on means another one. */
  part(): void
}>

export function together<T>(work: () => Promise<T>): Together<T> {
  let current: Promise<T> | undefined
  return {
    join() {
      if (current) return current
      const own = work().finally(() => {
        if (current === own) current = undefined
      })
      current = own
      return own
    },
    part: () => void (current = undefined),
  }
}
