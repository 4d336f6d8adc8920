import { homeLayout } from '../../src/adapters/home/layout.ts'
import { importFile } from '../../src/adapters/market-data/import-file.ts'
import { openMarketDb } from '../../src/adapters/market-data/market-db.ts'
import { epochMs } from '../../src/domain/units/units.ts'

/** A process that imports a file: `market-importer.ts HOME FILE SYMBOL`. */
const [home = '', file = '', symbol = ''] = process.argv.slice(2)
const db = openMarketDb(homeLayout(home), 'write')
let told = false
const report = await importFile(
  { db, now: () => epochMs(0) },
  {
    file,
    symbol,
    timeframe: '1m',
    onProgress: ({ rows }) => {
      if (!told && rows > 0) process.stdout.write('reading\n')
      told ||= rows > 0
    },
  },
)
db.close()
process.stdout.write(`added ${report.added}\n`)
