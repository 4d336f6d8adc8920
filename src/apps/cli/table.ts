import { cutToWidth, textWidth, withoutControls } from './text-width.ts'

/** How one field of a row is shown. */
export type Column<Row> = Readonly<{
  title: string
  text: (row: Row) => string | number | null
  /** Numbers stand at the right. */
  align?: 'right'
  /** May be cut where the terminal is too narrow; ids and numbers never are. */
  flexible?: true
  /** Colour of the finished cell. */
  paint?: (text: string, row: Row) => string
}>

const GAP = '  '
const NARROWEST_FLEXIBLE = 8

/**
 * Rows as lines of aligned text, the titles first.
 *
 * @param width columns to fit in; undefined where nothing may be cut (a file, a pipe)
 * @param paintTitle colour of the titles
 */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | undefined,
  paintTitle: (text: string) => string = (text) => text,
): string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.text(row))))
  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...cells.map((line) => textWidth(line[index] ?? ''))),
  )
  if (width !== undefined) narrow(columns, widths, width)
  const line = (texts: readonly string[], paint: (text: string, index: number) => string) =>
    columns
      .map((column, index) => {
        const isLast = index === columns.length - 1
        return paint(fit(texts[index] ?? '', widths[index] ?? 0, column.align, isLast), index)
      })
      .join(GAP)
      .trimEnd()
  return [
    line(
      columns.map((column) => column.title),
      paintTitle,
    ),
    ...cells.map((texts, at) => line(texts, (text, index) => columns[index]?.paint?.(text, rows[at] as Row) ?? text)),
  ]
}

/** Takes columns away from the widest flexible ones until the table fits, or none can give any more. */
function narrow<Row>(columns: readonly Column<Row>[], widths: number[], width: number): void {
  const gaps = GAP.length * (columns.length - 1)
  for (let total = widths.reduce((sum, one) => sum + one, gaps); total > width; total--) {
    let widest = -1
    for (const [index, column] of columns.entries())
      if (column.flexible && (widths[index] ?? 0) > Math.max(NARROWEST_FLEXIBLE, widths[widest] ?? 0)) widest = index
    if (widest < 0) return
    widths[widest] = (widths[widest] ?? 0) - 1
  }
}

function fit(text: string, width: number, align: 'right' | undefined, isLast: boolean): string {
  const shown = cutToWidth(text, width)
  const space = ' '.repeat(Math.max(0, width - textWidth(shown)))
  if (align === 'right') return space + shown
  return isLast ? shown : shown + space
}

function oneLine(value: string | number | null): string {
  return value === null ? '–' : withoutControls(String(value).replace(/\s*\n\s*/g, ' '))
}
