import { homeCalendar } from '../../../adapters/calendar/home-calendar.ts'
import { importFile, StrictImportRefused } from '../../../adapters/market-data/import-file.ts'
import type { ImportProgress, ImportReport } from '../../../adapters/market-data/import-report.ts'
import { openMarketDb } from '../../../adapters/market-data/market-db.ts'
import { sessionsBetween } from '../../../domain/calendar/session-clock.ts'
import { EXIT_CODE_OF, refusal, refuse, type Refusal } from '../../../domain/failure/refusal.ts'
import type { GapReport } from '../../../domain/market/find-gaps.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { isoTime } from '../time-text.ts'
import { instrumentNamed, timeframeNamed } from './data-instrument.ts'

export type DataImportOptions = Readonly<{
  symbol: string
  timeframe: string
  tz?: string
  strict?: boolean
  stamp?: string
  dateOrder?: string
  symbolInFile?: string
}>

const MOST_ROWS_SHOWN = 20

/** `slipway data import FILE`: adds the bars of a file, and says what was wrong with it. */
export async function dataImport(cli: Cli, file: string, options: DataImportOptions): Promise<number> {
  const layout = openCliHome(cli)
  const instrument = instrumentNamed(layout, options.symbol)
  const timeframe = timeframeNamed(options.timeframe)
  const facts = homeCalendar(layout)
  const stamp = oneOf(options.stamp, '--stamp', ['start', 'end'])
  const dateOrder = oneOf(options.dateOrder, '--date-order', ['dmy', 'mdy'])
  const db = openMarketDb(layout, 'write')
  try {
    const report = await importFile(
      { db, now: cli.now, instrument, sessionsBetween: (from, to) => sessionsBetween(instrument, facts, from, to) },
      {
        file,
        symbol: instrument.symbol,
        timeframe,
        ...(options.tz === undefined ? {} : { zone: options.tz }),
        ...(options.symbolInFile === undefined ? {} : { symbolInFile: options.symbolInFile }),
        ...(stamp === undefined ? {} : { stamp }),
        ...(dateOrder === undefined ? {} : { dateOrder }),
        ...(options.strict ? { strict: true } : {}),
        onProgress: showProgress(cli),
      },
    )
    if (report.rows > 0 && report.badCount === report.rows) return refused(cli, nothingTaken(report), report)
    sayWhatWasOdd(cli, report)
    cli.out.answer(importAnswer(report), () => showReport(cli, report))
    return 0
  } catch (error) {
    if (!(error instanceof StrictImportRefused)) throw error
    return refused(cli, error.refusal, error.report)
  } finally {
    db.close()
  }
}

/** @returns its exit code */
function refused(cli: Cli, why: Refusal, report: ImportReport): number {
  sayWhatWasOdd(cli, report)
  cli.out.refused(why, { report: importAnswer(report) })
  return EXIT_CODE_OF[why.code]
}

/** A script that goes on after it would trade on bars that are not there. */
function nothingTaken({ file, rows, bad: [first] }: ImportReport): Refusal {
  const where = first ? `; the first is line ${first.line}, which ${first.text}` : ''
  const hasComma = first?.reason === 'not-a-number' && /\d,\d/.test(first.row)
  return refusal(
    'data-bad-rows',
    `None of the ${rows} rows of ${file} could be taken${where}.`,
    hasComma
      ? 'Write prices with a decimal point and no other commas.'
      : 'Mend the rows, or the options of the import.',
  )
}

function oneOf<Value extends string>(
  text: string | undefined,
  option: string,
  values: readonly Value[],
): Value | undefined {
  if (text === undefined) return undefined
  const value = values.find((it) => it === text)
  return (
    value ?? refuse('bad-usage', `${JSON.stringify(text)} is no value for ${option}.`, `Use ${values.join(' or ')}.`)
  )
}

function showProgress({ out, now }: Cli): (progress: ImportProgress) => void {
  let shownAt = 0
  return ({ bytesRead, bytesTotal, rows }) => {
    if (now() - shownAt < 100) return
    shownAt = now()
    const share = bytesTotal > 0 ? ` (${Math.floor((100 * bytesRead) / bytesTotal)} %)` : ''
    out.progress(`${rows} rows read${share} …`)
  }
}

/** As the report, with ISO times. */
function importAnswer(report: ImportReport) {
  const { from, to, gaps, ...rest } = report
  return {
    ...rest,
    from: from === null ? null : isoTime(from),
    to: to === null ? null : isoTime(to),
    gaps: gaps && {
      ...gaps,
      longest: gaps.longest.map((gap) => ({ ...gap, from: isoTime(gap.from), to: isoTime(gap.to) })),
    },
  }
}

/** Bad rows and warnings are not the answer, so they go beside it; with --json they are in the answer. */
function sayWhatWasOdd({ out }: Cli, report: ImportReport): void {
  if (out.json) return
  for (const { line, text, row } of report.bad.slice(0, MOST_ROWS_SHOWN))
    out.note(`line ${line} ${text}: ${row.slice(0, 120)}`)
  const unseen = report.badCount - Math.min(report.bad.length, MOST_ROWS_SHOWN)
  if (unseen > 0) out.note(`… and ${unseen} more bad rows (--json lists the first hundred)`)
  for (const warning of report.warnings) out.note(warning)
}

function showReport({ out }: Cli, report: ImportReport): void {
  const rows: [string, string][] = [
    ['file', `${report.file} (${report.format})`],
    ['series', `${report.symbol} ${report.timeframe}`],
    ['times', report.from === null || report.to === null ? '–' : `${isoTime(report.from)} to ${isoTime(report.to)}`],
    ['zone of the file', report.zone],
    ['rows read', String(report.rows)],
    ['bars added', String(report.added)],
    ['already there', String(report.alreadyThere)],
    ['bad rows', badRowsText(report)],
  ]
  if (report.offTickGrid) rows.push(['off the tick grid', `${report.offTickGrid} rows have a price between two ticks`])
  if (report.gaps) rows.push(['missing bars', gapsText(report.gaps)])
  out.table(
    [
      { title: 'IMPORT', text: ([name]) => name },
      { title: '', text: ([, value]) => value, flexible: true },
    ],
    rows,
  )
  for (const { from, to, missing } of report.gaps?.longest ?? [])
    out.note(`gap: ${missing} bars missing from ${isoTime(from)} to ${isoTime(to)}`)
}

function badRowsText({ badCount, byReason }: ImportReport): string {
  const reasons = Object.entries(byReason).map(([reason, count]) => `${reason} ${count}`)
  return reasons.length === 0 ? String(badCount) : `${badCount} (${reasons.join(', ')})`
}

function gapsText({ expected, missing, gaps, outside, sessionsWithUnknownHolidays }: GapReport): string {
  const parts = [`${missing} of ${expected} in ${gaps} gaps`]
  if (outside > 0) parts.push(`${outside} bars outside of sessions`)
  if (sessionsWithUnknownHolidays > 0) parts.push(`holidays of ${sessionsWithUnknownHolidays} sessions are not known`)
  return parts.join('; ')
}
