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

/** A record: contributor, instrument, weight, r; 32 bits each. */
const RECORD = 4

/**
 * What a cell keeps of each trade beside its vector; row numbers count from 0. What an estimate needs of a neighbour lies
 * together: neighbours lie anywhere, and to fetch a line of memory for each takes longer than all that is done with it.
 */
export class CellRows {
  length = 0
  #words = new Uint32Array(RECORD * FIRST_CAPACITY)
  #floats = new Float32Array(this.#words.buffer)
  #exit = new Uint8Array(FIRST_CAPACITY)
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
    if (this.length === this.#exit.length) this.#grow()
    const at = this.length++
    const record = at * RECORD
    this.#words[record] = row.contributor
    this.#words[record + 1] = row.instrument
    this.#floats[record + 2] = row.weight
    this.#floats[record + 3] = row.r
    this.#exit[at] = EXIT_WORDS.indexOf(row.exit)
    if (this.#mfe) this.#mfe[at] = row.mfe ?? Number.NaN
    if (this.#mae) this.#mae[at] = row.mae ?? Number.NaN
    return at
  }

  contributor(row: number): number {
    return this.#words[row * RECORD]!
  }

  instrument(row: number): number {
    return this.#words[row * RECORD + 1]!
  }

  weight(row: number): number {
    return this.#floats[row * RECORD + 2]!
  }

  r(row: number): number {
    return this.#floats[row * RECORD + 3]!
  }

  /** Excursions and end of a trade; undefined where they are not known. */
  path(row: number): Readonly<{ r: number; mfe: number; mae: number; exit: ExitWord }> | undefined {
    const mfe = this.#mfe?.[row] ?? Number.NaN
    const mae = this.#mae?.[row] ?? Number.NaN
    if (Number.isNaN(mfe) || Number.isNaN(mae)) return undefined
    return { r: this.r(row), mfe, mae, exit: EXIT_WORDS[this.#exit[row]!]! }
  }

  #grow(): void {
    const capacity = this.#exit.length * 2
    this.#words = growing(new Uint32Array(RECORD * capacity), this.#words)
    this.#floats = new Float32Array(this.#words.buffer)
    this.#exit = growing(new Uint8Array(capacity), this.#exit)
    if (this.#mfe) this.#mfe = growing(new Float32Array(capacity), this.#mfe)
    if (this.#mae) this.#mae = growing(new Float32Array(capacity), this.#mae)
  }
}
