/** One line of a view: of which of its logs, and where. */
export type ViewRow = Readonly<{
  /** Which log, counted as the view's logs were named. */
  log: number
  /** Where the line begins in its log, bytes. */
  offset: number
  /** Bytes without the newline; of a line longer than a block, those that are shown. */
  length: number
}>

/**
 * The wanted lines of one or more logs, in order, numbered from 0.
 *
 * A view is worked out a little at a time; until it is complete the rows at its end are unknown. What is not finished
 * with a newline counts, but may change.
 */
export type LogView = Readonly<{
  /** Goes on for about so long. Throws `LogMoved` when a file is no longer what it was. */
  advance: (milliseconds: number) => void
  isComplete: () => boolean
  /** Rows known so far. */
  total: () => number
  /** Bytes worked through, of `size`. */
  scanned: () => number
  size: () => number
  rows: (first: number, count: number) => ViewRow[]
  /** The last rows there are, without knowing their numbers: read backward, for about so long. */
  tail: (count: number, milliseconds: number) => ViewRow[]
  /** How many rows come before the first one that begins at or behind its log's bound. */
  rowAt: (bounds: readonly number[]) => number
  /** For each log where reading goes on at this row. */
  boundsAt: (row: number) => readonly number[]
}>
