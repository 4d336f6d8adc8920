import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { homeLayout, type HomeLayout } from '../../src/adapters/home/layout.ts'
import { importFile } from '../../src/adapters/market-data/import-file.ts'
import type { ImportContext, ImportReport, ImportRequest } from '../../src/adapters/market-data/import-report.ts'
import { findSeries, openMarketDb, type MarketDb, type RawBar } from '../../src/adapters/market-data/market-db.ts'
import { openBarReader } from '../../src/adapters/market-data/read-bars.ts'
import { Refused, type Refusal } from '../../src/domain/failure/refusal.ts'
import type { Timeframe } from '../../src/domain/market/bar.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { tempHome } from './temp-home.ts'

export type MarketHome = Readonly<{
  layout: HomeLayout
  db: MarketDb
  /** Writes a file beside the home. @returns its path */
  file(content: string | Uint8Array, name?: string): string
  /** Imports a file, or text as a file. Symbol TEST, one minute, unless said otherwise. */
  take(
    content: string | Uint8Array,
    request?: Partial<ImportRequest>,
    ctx?: Partial<ImportContext>,
  ): Promise<ImportReport>
  bars(symbol?: string, timeframe?: Timeframe): RawBar[]
}>

/** A home with an open market.db that is gone when the test is. */
export function marketHome(): MarketHome {
  const root = tempHome()
  const layout = homeLayout(join(root, 'home'))
  const files = join(root, 'files')
  mkdirSync(files)
  const db = openMarketDb(layout, 'write')
  onTestFinished(() => db.close())
  let count = 0
  const file = (content: string | Uint8Array, name = `file-${++count}.csv`) => {
    const path = join(files, name)
    writeFileSync(path, content)
    return path
  }
  return {
    layout,
    db,
    file,
    take: (content, request = {}, ctx = {}) =>
      importFile(
        { db, now: () => epochMs(1_700_000_000_000), ...ctx },
        { file: request.file ?? file(content), symbol: 'TEST', timeframe: '1m', ...request },
      ),
    bars: (symbol = 'TEST', timeframe = '1m') => {
      const series = findSeries(db, symbol, timeframe)
      return series ? openBarReader(db, series.id)(-1e15, Number.MAX_SAFE_INTEGER, 10_000_000) : []
    },
  }
}

/** The refusal that `work` ends with. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  try {
    await work
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
  throw new Error('nothing was refused')
}
