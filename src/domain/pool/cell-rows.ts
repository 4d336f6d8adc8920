import { growing } from './growing.ts'
import { EXIT_WORDS, type ExitWord } from './pool-experience.ts'

const FIRST_CAPACITY = 64

export type CellRow = Readonly<{
  contributor: number
  instrument: number
  weight: number
  r: number
  mfe: number | undefined
  mae: number | undefined
  exit: ExitWord
}>

/** What a cell keeps of each trade beside its vector, in columns; row numbers count from 0. */
export class CellRows {
  length = 0
  #contributor = new Uint32Array(FIRST_CAPACITY)
  #instrument = new Uint32Array(FIRST_CAPACITY)
  #exit = new Uint8Array(FIRST_CAPACITY)
  #weight = new Float32Array(FIRST_CAPACITY)
  #r = new Float32Array(FIRST_CAPACITY)
  /** Kept for exits only. NaN where they are not known. */
  #mfe: Float32Array | undefined
  #mae: Float32Array | undefined

  constructor(keepsPaths: boolean) {
    if (!keepsPaths) return
    this.#mfe = new Float32Array(FIRST_CAPACITY)
    this.#mae = new Float32Array(FIRST_CAPACITY)
  }

  /** @returns its row number */
  add(row: CellRow): number {
    if (this.length === this.#r.length) this.#grow()
    const at = this.length++
    this.#contributor[at] = row.contributor
    this.#instrument[at] = row.instrument
    this.#exit[at] = EXIT_WORDS.indexOf(row.exit)
    this.#weight[at] = row.weight
    this.#r[at] = row.r
    if (this.#mfe) this.#mfe[at] = row.mfe ?? Number.NaN
    if (this.#mae) this.#mae[at] = row.mae ?? Number.NaN
    return at
  }

  contributor(row: number): number {
    return this.#contributor[row]!
  }

  instrument(row: number): number {
    return this.#instrument[row]!
  }

  weight(row: number): number {
    return this.#weight[row]!
  }

  r(row: number): number {
    return this.#r[row]!
  }

  /** Excursions and end of a trade; undefined where they are not known. */
  path(row: number): Readonly<{ r: number; mfe: number; mae: number; exit: ExitWord }> | undefined {
    const mfe = this.#mfe?.[row] ?? Number.NaN
    const mae = this.#mae?.[row] ?? Number.NaN
    if (Number.isNaN(mfe) || Number.isNaN(mae)) return undefined
    return { r: this.#r[row]!, mfe, mae, exit: EXIT_WORDS[this.#exit[row]!]! }
  }

  #grow(): void {
    const capacity = this.#r.length * 2
    this.#contributor = growing(new Uint32Array(capacity), this.#contributor)
    this.#instrument = growing(new Uint32Array(capacity), this.#instrument)
    this.#exit = growing(new Uint8Array(capacity), this.#exit)
    this.#weight = growing(new Float32Array(capacity), this.#weight)
    this.#r = growing(new Float32Array(capacity), this.#r)
    if (this.#mfe) this.#mfe = growing(new Float32Array(capacity), this.#mfe)
    if (this.#mae) this.#mae = growing(new Float32Array(capacity), this.#mae)
  }
}
