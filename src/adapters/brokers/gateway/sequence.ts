/** Farthest that a number may be ahead for us to remember what was skipped. */
const MOST_MISSED = 10_000

/**
 * The numbering of a stream: what is new, what was told before, and what is missing. Pure; whoever uses it decides how
 * long to wait for what is missing.
 */
export type Sequence<T> = Readonly<{
  /** Takes one numbered item. @returns what can be handed on now, in order; empty for a repeat or one that came early */
  take(seq: number, item: T): readonly T[]
  /** The other side has told up to this number. */
  heardOf(lastSeq: number): void
  /** True while a number below one we know of has not come. */
  waits(): boolean
  /** Stops waiting. @returns what came early, in order; what was skipped is still taken should it come late */
  giveUp(): readonly T[]
  /** Begins anew after this number. */
  restart(lastSeq: number): void
  /** The last number handed on; undefined before the first start. */
  last(): number | undefined
}>

export function openSequence<T>(): Sequence<T> {
  let next: number | undefined
  let highest = 0
  let early = new Map<number, T>()
  let missed = new Set<number>()

  function flush(): T[] {
    const ready: T[] = []
    for (; next !== undefined && early.has(next); next++) {
      ready.push(early.get(next)!)
      early.delete(next)
    }
    return ready
  }

  return {
    take(seq, item) {
      if (next === undefined) return []
      if (seq < next) return missed.delete(seq) ? [item] : []
      highest = Math.max(highest, seq)
      early.set(seq, item)
      return flush()
    },
    heardOf(lastSeq) {
      highest = Math.max(highest, lastSeq)
    },
    waits: () => next !== undefined && next <= highest,
    giveUp() {
      if (next === undefined) return []
      const came = [...early.keys()].sort((a, b) => a - b)
      if (highest - next > MOST_MISSED) missed = new Set()
      else for (let seq = next; seq <= highest; seq++) if (!early.has(seq)) missed.add(seq)
      const ready = came.map((seq) => early.get(seq)!)
      early = new Map()
      next = highest + 1
      return ready
    },
    restart(lastSeq) {
      next = lastSeq + 1
      highest = lastSeq
      early = new Map()
      missed = new Set()
    },
    last: () => (next === undefined ? undefined : next - 1),
  }
}
