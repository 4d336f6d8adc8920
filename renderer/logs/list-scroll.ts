/** Height of one row, pixels. */
export const ROW_HEIGHT = 20
/** Browsers lay nothing out below some 17 to 33 million pixels; a longer list is scrolled on a smaller scale. */
export const TALLEST = 8_000_000

/** Where a list of rows is scrolled to; `top` is in pixels of its full height, whatever the browser can show of that. */
export type ListScale = Readonly<{
  /** Height the browser is given. */
  tall: number
  /** Furthest `top`. */
  most: number
  /** Pixels of the list for each pixel of the scroll bar. */
  ratio: number
}>

export function listScale(rows: number, height: number): ListScale {
  const full = rows * ROW_HEIGHT
  const tall = Math.min(full, TALLEST)
  const most = Math.max(0, full - height)
  return { tall, most, ratio: tall === full || tall <= height ? 1 : most / (tall - height) }
}

/** The rows in sight, and some around them. */
export function rowsInSight(top: number, height: number, rows: number, around = 10): { first: number; last: number } {
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - around)
  const last = Math.min(rows - 1, Math.ceil((top + height) / ROW_HEIGHT) + around)
  return { first, last }
}

/** Where to scroll to, so that a row is in sight: not at all if it is. */
export function topToShow(row: number, top: number, height: number, where: 'near' | 'middle'): number {
  const from = row * ROW_HEIGHT
  if (where === 'middle') return from - Math.max(0, height - ROW_HEIGHT) / 2
  if (from < top) return from
  if (from + ROW_HEIGHT > top + height) return from + ROW_HEIGHT - height
  return top
}
