import { homeCalendar } from '../../../adapters/calendar/home-calendar.ts'
import { generateSeries } from '../../../adapters/market-data/generate-series.ts'
import { openMarketDb } from '../../../adapters/market-data/market-db.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { sessionsBetween } from '../../../domain/calendar/session-clock.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { isoTime } from '../time-text.ts'
import { wholeNumber } from '../whole-number.ts'
import { instrumentNamed } from './data-instrument.ts'

export type DataGenerateOptions = Readonly<{ symbol: string; days: string; seed: string }>

/** `slipway data generate`: stores made-up bars, the same ones for the same seed. */
export function dataGenerate(cli: Cli, options: DataGenerateOptions): number {
  const days = wholeNumber(options.days, '--days', 1, 5_000)
  const seed = wholeNumber(options.seed, '--seed', 0, 0xffff_ffff)
  const layout = openCliHome(cli)
  const instrument = instrumentNamed(layout, options.symbol)
  if (instrument.option)
    refuse(
      'setting-invalid',
      `Bars of the option ${instrument.symbol} cannot be made up: they follow from its underlying.`,
      `Generate ${instrument.option.underlying}; the simulated venue prices the options on it.`,
    )
  const facts = homeCalendar(layout)
  cli.out.progress(`Generating ${days} sessions of ${instrument.symbol} …`)
  const db = openMarketDb(layout, 'write')
  try {
    const report = generateSeries(
      { db, now: cli.now, instrument, sessionsBetween: (from, to) => sessionsBetween(instrument, facts, from, to) },
      { days, seed },
    )
    const answer = { ...report, from: isoTime(report.from), to: isoTime(report.to) }
    cli.out.answer(answer, () => {
      const { symbol, timeframe, sessions, added, alreadyThere, from, to } = answer
      cli.out.line(
        `${added} bars of ${symbol} ${timeframe} added (${alreadyThere} were there already): ${sessions} sessions, ${from} to ${to}, seed ${seed}`,
      )
    })
    return 0
  } finally {
    db.close()
  }
}
