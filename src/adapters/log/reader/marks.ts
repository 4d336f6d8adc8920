/**
 * Where every so-many-th row of a view begins: an index that never takes more than a fixed amount of memory, however long
 * the log. When it is full every other mark is dropped.
 */
export type Marks = Readonly<{
  /** Rows from one mark to the next. */
  stride: () => number
  count: () => number
  /** Adds the mark of row `count() * stride()`. */
  add: (values: readonly number[]) => void
  /** The mark at or before a row: its row, and its values. */
  before: (row: number) => Readonly<{ row: number; values: readonly number[] }>
  /** The last mark for which `isBefore` holds, where it holds for all marks up to some; the first where for none. */
  lastWhere: (isBefore: (values: readonly number[]) => boolean) => Readonly<{ row: number; values: readonly number[] }>
}>

/** Numbers kept: 2 MB. */
const MOST_NUMBERS = 262_144

/**
 * @param width  numbers of one mark
 * @param stride rows from one mark to the next while there is room
 */
export function openMarks(width: number, stride: number, mostNumbers = MOST_NUMBERS): Marks {
  const most = Math.max(2, Math.floor(mostNumbers / width / 2) * 2)
  let numbers = new Float64Array(Math.min(most, 64) * width)
  let count = 0
  let step = stride

  const at = (index: number) => ({
    row: index * step,
    values: [...numbers.subarray(index * width, (index + 1) * width)],
  })
  function makeRoom(): void {
    if (count < most) {
      const larger = new Float64Array(Math.min(most * width, numbers.length * 2))
      larger.set(numbers)
      numbers = larger
      return
    }
    for (let index = 1; index * 2 < count; index++)
      numbers.copyWithin(index * width, index * 2 * width, (index * 2 + 1) * width)
    count = Math.ceil(count / 2)
    step *= 2
  }

  return {
    stride: () => step,
    count: () => count,
    add(values) {
      numbers.set(values, count * width)
      count += 1
      if (count * width === numbers.length) makeRoom()
    },
    before: (row) => at(Math.min(count - 1, Math.floor(row / step))),
    lastWhere(isBefore) {
      let low = 0
      let high = count - 1
      while (low < high) {
        const middle = Math.ceil((low + high) / 2)
        if (isBefore(at(middle).values)) low = middle
        else high = middle - 1
      }
      return at(low)
    },
  }
}
