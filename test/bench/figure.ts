/** One measured number and the limit it is held against. */
export type Figure = Readonly<{
  name: string
  value: number
  limit: number
  /** Unit of value and limit, such as "ms", "MiB" or "x baseline". */
  unit: string
  /** Whether the limit is the most (the default) or the least the value may be. */
  better?: 'lower' | 'higher'
  /** What the value is a ratio against, in its own unit, measured in the same run. */
  baseline?: number
  note?: string
}>

/** What every `*.bench.ts` exports; `npm run bench` runs each in a process of its own. */
export type Bench = Readonly<{ name: string; run: () => Promise<Readonly<{ figures: readonly Figure[] }>> }>
