import { refuse, Refused, refusal } from '../../domain/failure/refusal.ts'
import { TIMEFRAMES } from '../../domain/market/bar.ts'
import { findGaps, type GapReport } from '../../domain/market/find-gaps.ts'
import { looksLikeEnds } from '../../domain/market/judge-stamp.ts'
import { storedTick } from '../../domain/market/stored-bar.ts'
import { openZoneTime, type ZoneTime } from '../../domain/market/zone-time.ts'
import { durationMs, epochMs } from '../../domain/units/units.ts'
import { basename } from 'node:path'
import { BarIntake } from './bar-intake.ts'
import { BarWriter } from './bar-writer.ts'
import { planCsv, takeCsv, type CsvPlan } from './import-csv.ts'
import { planJsonLines, takeJsonLines, type JsonPlan } from './import-jsonl.ts'
import type { ImportContext, ImportReport, ImportRequest } from './import-report.ts'
import { LineTooLong } from './lines.ts'
import { marketDbFailure } from './market-db.ts'
import { openText, refuseFormat } from './text-source.ts'

const HEAD_LENGTH = 256 * 1024

/** `--strict` found bad rows: nothing was stored; `report` says which. */
export class StrictImportRefused extends Refused {
  readonly report: ImportReport
  constructor(report: ImportReport) {
    const first = report.bad[0]
    const where = first ? `; the first is line ${first.line}, which ${first.text}` : ''
    super(
      refusal(
        'data-bad-rows',
        `${report.badCount} of the ${report.rows} rows of ${report.file} are bad${where}.`,
        'Nothing was imported. Mend the rows, or import without --strict to leave them out.',
      ),
    )
    this.name = 'StrictImportRefused'
    this.report = report
  }
}

/**
 * Adds the bars of one file to market.db, in one transaction: all good rows, or none when the import fails.
 *
 * What is in the file is found out by looking at it (packing, format, delimiter, columns, form of the times); what can
 * not be found out is refused with the question to answer. A bad row is counted and shown, never mended.
 *
 * @throws {Refused} 'file-unreadable' | 'data-format-unknown' | 'data-missing' (no rows of the symbol) | 'bad-usage' |
 *   'data-bad-rows' (`StrictImportRefused`) | 'disk-full' | 'timed-out' (another import is running)
 */
export async function importFile(ctx: ImportContext, request: ImportRequest): Promise<ImportReport> {
  const plan = await planImport(request)
  const zoneName = request.zone ?? (plan.kind === 'json' ? plan.zone : undefined) ?? 'UTC'
  const zone = openZone(zoneName)
  const writer = new BarWriter(ctx.db, request.symbol, request.timeframe)
  try {
    const source = await openText(request.file)
    const intake = new BarIntake({
      timeframe: request.timeframe,
      zone,
      stamp: request.stamp ?? 'start',
      newestFirst: plan.newestFirst,
      tick: ctx.instrument ? storedTick(ctx.instrument) : 0,
      writer,
    })
    const chunks = withProgress(source.chunks, () =>
      request.onProgress?.({ bytesRead: source.bytesRead(), bytesTotal: source.bytesTotal, rows: intake.rows }),
    )
    const notes =
      plan.kind === 'csv'
        ? await takeCsv(request, plan, intake, chunks)
        : await takeJsonLines(request, plan, intake, chunks)
    const report = reportOf(ctx, request, plan, zoneName, zone, intake, writer, notes ?? [])
    if (request.strict && report.badCount > 0) throw new StrictImportRefused(report)
    writer.commit({ source: basename(request.file), at: ctx.now(), rows: report.rows, bad: report.badCount })
    return report
  } catch (error) {
    writer.rollback()
    if (error instanceof LineTooLong) refuseFormat(`${request.file} is not a table of bars: ${error.message}.`)
    throw marketDbFailure(error, ctx.db.role)
  }
}

async function planImport(request: ImportRequest): Promise<CsvPlan | JsonPlan> {
  const { text, complete } = await headOf(request.file)
  const lines = text.split(/\r\n|\n|\r/)
  // The last line of a head may be cut off.
  if (!complete && lines.length > 1) lines.pop()
  const isJson = /^\s*[[{]/.test(text)
  return isJson ? planJsonLines(request, text) : planCsv(request, lines)
}

async function headOf(file: string): Promise<{ text: string; complete: boolean }> {
  const { chunks } = await openText(file)
  let text = ''
  for await (const chunk of chunks) {
    text += chunk
    if (text.length >= HEAD_LENGTH) return { text, complete: false }
  }
  return { text, complete: true }
}

async function* withProgress(chunks: AsyncIterable<string>, tell: () => void): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    yield chunk
    tell()
  }
}

function openZone(name: string): ZoneTime {
  const zone = openZoneTime(name)
  if (!zone)
    refuse(
      'bad-usage',
      `There is no time zone called ${name}.`,
      'Give an IANA name such as America/New_York with --tz.',
    )
  return zone
}

function reportOf(
  ctx: ImportContext,
  request: ImportRequest,
  plan: CsvPlan | JsonPlan,
  zoneName: string,
  zone: ZoneTime,
  intake: BarIntake,
  writer: BarWriter,
  notes: readonly string[],
): ImportReport {
  const times = intake.times.view()
  if (plan.newestFirst) times.reverse()
  const first = times[0]
  const last = times.at(-1)
  const { gaps, notes: doubts } = gapsOf(ctx, request, times)
  return {
    file: request.file,
    format: plan.kind === 'csv' ? 'csv' : plan.format,
    symbol: request.symbol,
    timeframe: request.timeframe,
    zone: zoneName,
    rows: intake.rows,
    added: writer.added,
    alreadyThere: writer.alreadyThere,
    badCount: intake.badCount,
    byReason: intake.byReason,
    bad: intake.bad,
    from: first === undefined ? null : epochMs(first),
    to: last === undefined ? null : epochMs(last),
    offTickGrid: ctx.instrument ? intake.offTickGrid : null,
    gaps,
    warnings: [...plan.warnings, ...notes, ...doubts, ...warningsOf(request, zoneName, zone, intake)],
  }
}

function gapsOf(
  ctx: ImportContext,
  request: ImportRequest,
  times: Float64Array,
): { gaps: GapReport | null; notes: string[] } {
  const first = times[0]
  const last = times.at(-1)
  if (!ctx.sessionsBetween || first === undefined || last === undefined) return { gaps: null, notes: [] }
  const timeframe = durationMs(TIMEFRAMES[request.timeframe])
  const sessions = ctx.sessionsBetween(epochMs(first), epochMs(last + timeframe))
  const doubtful = request.stamp !== 'end' && request.timeframe !== '1d' && looksLikeEnds(times, sessions)
  const notes = doubtful
    ? [
        'No session has a bar at its open, and several have one at their close: if the times are the ends of bars, import with --stamp end.',
      ]
    : []
  return { gaps: findGaps(times, sessions, timeframe), notes }
}

function warningsOf({ zone: asked }: ImportRequest, zoneName: string, zone: ZoneTime, intake: BarIntake): string[] {
  const warnings: string[] = []
  if (zone.ambiguous > 0)
    warnings.push(
      `${zone.ambiguous} rows have a local time that occurred twice as clocks were set back; the order of the rows decided.`,
    )
  if (asked !== undefined && zoneName !== 'UTC' && intake.times.length > 0 && intake.zonelessTimes === 0)
    warnings.push(`The times of the file say their zone themselves; ${zoneName} was not used.`)
  const backwards = intake.byReason['time-goes-back'] ?? 0
  if (backwards * 2 > intake.rows)
    warnings.push(`Most rows lie before line ${intake.lastLine}, the latest that was taken: is its time right?`)
  if (intake.times.length > 0 && !intake.anyVolume) warnings.push('Every volume is 0.')
  return warnings
}
