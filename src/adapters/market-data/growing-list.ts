/** Numbers in a typed array that doubles as needed: a million of them cost 8 MB and no object each. */
export class GrowingList {
  length = 0
  #items = new Float64Array(1024)

  push(value: number): void {
    if (this.length === this.#items.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.#items)
      this.#items = larger
    }
    this.#items[this.length++] = value
  }

  /** The numbers so far; valid until the next push. */
  view(): Float64Array {
    return this.#items.subarray(0, this.length)
  }
}
