import { listSeries, openMarketDb, type Series } from '../../../adapters/market-data/market-db.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { isoTime } from '../time-text.ts'

/** `slipway data list`: what bars there are. */
export function dataList(cli: Cli): number {
  const db = openMarketDb(openCliHome(cli), 'read')
  let series: Series[]
  try {
    series = listSeries(db)
  } finally {
    db.close()
  }
  const rows = series.map(({ symbol, timeframe, bars, from, to, source, importedAt }) => ({
    symbol,
    timeframe,
    bars,
    from: from === null ? null : isoTime(from),
    to: to === null ? null : isoTime(to),
    source,
    importedAt: isoTime(importedAt),
  }))
  cli.out.answer(rows, () => {
    if (rows.length === 0)
      return cli.out.line('No bars yet. Import some: slipway data import FILE --symbol S --timeframe 1m')
    cli.out.table(
      [
        { title: 'SYMBOL', text: (row) => row.symbol },
        { title: 'TIMEFRAME', text: (row) => row.timeframe },
        { title: 'BARS', text: (row) => row.bars, align: 'right' },
        { title: 'FROM', text: (row) => row.from },
        { title: 'TO', text: (row) => row.to },
        { title: 'SOURCE', text: (row) => row.source, flexible: true },
      ],
      rows,
    )
  })
  return 0
}
