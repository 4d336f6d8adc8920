import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { exportBars, type ExportRequest } from '../../../adapters/market-data/export-bars.ts'
import { openMarketDb } from '../../../adapters/market-data/market-db.ts'
import { refuse, Refused } from '../../../domain/failure/refusal.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { typedTime } from '../time-text.ts'
import { instrumentNamed, timeframeNamed } from './data-instrument.ts'

export type DataExportOptions = Readonly<{
  symbol: string
  timeframe: string
  from?: string
  to?: string
  format: string
  out?: string
  force?: boolean
}>

/** `slipway data export`: bars as CSV or JSON lines, to standard output or to a file that is whole or not there. */
export async function dataExport(cli: Cli, options: DataExportOptions): Promise<number> {
  const { format } = options
  if (format !== 'csv' && format !== 'jsonl')
    refuse('bad-usage', `${JSON.stringify(format)} is no format.`, 'Use csv or jsonl.')
  if (cli.out.json && options.out === undefined)
    refuse('bad-usage', 'With --json the bars need a file of their own.', 'Add --out FILE, or leave --json away.')
  const layout = openCliHome(cli)
  const request: ExportRequest = {
    symbol: instrumentNamed(layout, options.symbol).symbol,
    timeframe: timeframeNamed(options.timeframe),
    format,
    ...(options.from === undefined ? {} : { from: typedTime(options.from, '--from') }),
    ...(options.to === undefined ? {} : { to: typedTime(options.to, '--to', true) }),
  }
  const db = openMarketDb(layout, 'read')
  try {
    const write = (out: NodeJS.WritableStream) => exportBars({ db }, request, out as Parameters<typeof exportBars>[2])
    const file = options.out === undefined ? undefined : resolve(cli.workingFolder, options.out)
    const bars = file === undefined ? await write(cli.stdout) : await writeWhole(file, options.force === true, write)
    const said = `${bars} bars of ${request.symbol} ${request.timeframe} exported${file === undefined ? '' : ` to ${file}`}`
    if (file === undefined) cli.out.note(said)
    else
      cli.out.answer({ symbol: request.symbol, timeframe: request.timeframe, format, bars, file }, () =>
        cli.out.line(said),
      )
    return 0
  } finally {
    db.close()
  }
}

async function writeWhole(
  file: string,
  force: boolean,
  write: (out: NodeJS.WritableStream) => Promise<number>,
): Promise<number> {
  if (!force && existsSync(file)) refuse('bad-usage', `${file} exists already.`, 'Choose another file, or add --force.')
  const unfinished = `${file}.${process.pid}.part`
  const out = createWriteStream(unfinished, { flags: 'wx' })
  try {
    const bars = await write(out)
    out.end()
    await finished(out)
    renameSync(unfinished, file)
    return bars
  } catch (error) {
    out.destroy()
    rmSync(unfinished, { force: true })
    if (error instanceof Refused) throw error
    const { code = '', message } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC')
      return refuse('disk-full', `The disk with ${file} is full.`, 'Free some space and export again.')
    if (code.startsWith('E'))
      return refuse('file-unreadable', `${file} can't be written (${message}).`, 'Choose another file with --out.')
    throw error
  }
}
