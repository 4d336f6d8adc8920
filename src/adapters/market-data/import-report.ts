import type { Timeframe } from '../../domain/market/bar.ts'
import type { BadRow, BadRowReason } from '../../domain/market/bad-row.ts'
import type { DateOrder } from '../../domain/market/time-text.ts'
import type { GapReport } from '../../domain/market/find-gaps.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Session } from '../../domain/calendar/session.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { MarketDb } from './market-db.ts'

export type ImportContext = Readonly<{
  /** Opened for writing. */
  db: MarketDb
  now: () => EpochMs
  /** What is imported, to count prices off its tick grid. */
  instrument?: Instrument
  /** Its sessions that touch [from, to], ascending, to find missing bars. */
  sessionsBetween?: (from: EpochMs, to: EpochMs) => readonly Session[]
}>

export type ImportRequest = Readonly<{
  file: string
  /** Under which the bars are stored. */
  symbol: string
  timeframe: Timeframe
  /** Its name inside the file, where that differs; default `symbol`. */
  symbolInFile?: string
  /** IANA zone of times that carry none; default UTC, or what an AI-Trader file says. */
  zone?: string
  /** Which moment of a bar the file's time is; default `start`. `end` subtracts the timeframe. */
  stamp?: 'start' | 'end'
  /** Order of day and month, for files in which no date tells it. */
  dateOrder?: Exclude<DateOrder, 'unknown'>
  /** Refuse the whole file when any row is bad. */
  strict?: boolean
  onProgress?: (progress: ImportProgress) => void
}>

export type ImportProgress = Readonly<{ bytesRead: number; bytesTotal: number; rows: number }>

export type FileFormat = 'csv' | 'jsonl' | 'ai-trader'

/** What an import did. `rows` = `added` + `alreadyThere` + `badCount`. */
export type ImportReport = Readonly<{
  file: string
  format: FileFormat
  symbol: string
  timeframe: Timeframe
  /** Zone in which times without one were read. */
  zone: string
  rows: number
  added: number
  /** Rows whose bar was stored before, with the same values. */
  alreadyThere: number
  badCount: number
  byReason: Readonly<Partial<Record<BadRowReason, number>>>
  /** The first hundred. */
  bad: readonly BadRow[]
  /** Start of the first and the last bar taken from the file; null when there was none. */
  from: EpochMs | null
  to: EpochMs | null
  /** Rows with a price between two ticks of the instrument; null when the instrument is not known. */
  offTickGrid: number | null
  /** null when the sessions are not known, or no bar was taken. */
  gaps: GapReport | null
  /** Sentences about what a person should know, though nothing is wrong with the rows. */
  warnings: readonly string[]
}>
