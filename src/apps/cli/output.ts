import { styleText } from 'node:util'
import type { Refusal } from '../../domain/failure/refusal.ts'
import { formatTable, type Column } from './table.ts'
import { withoutControls } from './text-width.ts'

/** A stream as the command line needs it; `columns` and `isTTY` are there when it is a terminal. */
export type OutputStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
export type Style = Parameters<typeof styleText>[0]

/**
 * Where a command says what it has to say. With `json`, standard output holds exactly one JSON value; everything that
 * is not the answer goes to standard error, in either case.
 */
export type Output = Readonly<{
  json: boolean
  /** The answer: one JSON value, or what `forPeople` prints. */
  answer(value: unknown, forPeople: () => void): void
  /** A line of the answer, for people. */
  line(text: string): void
  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void
  /** Beside the answer: what happened, what to know, what to do next. */
  note(text: string): void
  /** A line that the next one replaces; only on a terminal. */
  progress(text: string): void
  refused(refusal: Refusal, details?: Readonly<Record<string, unknown>>): void
  paint(style: Style, text: string): string
}>

export function openOutput(options: {
  stdout: OutputStream
  stderr: OutputStream
  json: boolean
  /** NO_COLOR is set: no colour, even on a terminal. */
  plain: boolean
}): Output {
  const { stdout, stderr, json, plain } = options
  const paints = stdout.isTTY === true && !plain
  const paint = (style: Style, text: string) => (paints ? styleText(style, text, { validateStream: false }) : text)
  let inProgress = false
  const endProgress = () => {
    if (inProgress) stderr.write('\r\u001B[K')
    inProgress = false
  }
  const line = (text: string) => {
    endProgress()
    stdout.write(`${text}\n`)
  }
  const note = (text: string) => {
    endProgress()
    stderr.write(`${text}\n`)
  }
  return {
    json,
    answer(value, forPeople) {
      if (json) line(JSON.stringify(value))
      else forPeople()
    },
    line,
    table(columns, rows) {
      const width = stdout.isTTY === true ? stdout.columns : undefined
      for (const text of formatTable(columns, rows, width, (title) => paint('dim', title))) line(text)
    },
    note,
    progress(text) {
      if (stderr.isTTY !== true) return
      inProgress = true
      stderr.write(`\r\u001B[K${text.slice(0, (stderr.columns ?? 80) - 1)}`)
    },
    refused({ code, message, nextStep }, details = {}) {
      if (json) note(JSON.stringify({ error: { code, message, nextStep, ...details } }))
      else note(`slipway: ${withoutControls(`${message} ${nextStep}`.trim())} [${code}]`)
    },
    paint,
  }
}
