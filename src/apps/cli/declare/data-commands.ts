import type { Command } from 'commander'
import type { DataExportOptions } from '../commands/data-export.ts'
import type { DataGenerateOptions } from '../commands/data-generate.ts'
import type { DataImportOptions } from '../commands/data-import.ts'
import type { RunCommand } from '../run-command.ts'
import { json, type WithJson } from './shared-options.ts'

export function addDataCommands(program: Command, run: RunCommand): void {
  const data = program.command('data').description('bars, shared by all accounts')
  data
    .command('import')
    .description('add the bars of a CSV or AI-Trader file (gzip or plain); importing again adds nothing')
    .argument('<file>')
    .requiredOption('--symbol <symbol>', 'what the bars are of, such as ESZ5, 6EH4, SPY, NIFTY')
    .requiredOption('--timeframe <timeframe>', 'span of a bar: 1m, 5m, 15m, 1h, 1d')
    .option('--tz <zone>', 'IANA zone of times that carry none (default: UTC, or what the file says)')
    .option('--strict', 'import nothing when any row is bad')
    .option('--stamp <moment>', 'which moment of a bar its time is: start or end (default: start)')
    .option('--date-order <order>', 'dmy or mdy, where no date of the file tells it')
    .option('--symbol-in-file <name>', 'name of the symbol inside the file, where it differs')
    .addOption(json())
    .action((file: string, options: DataImportOptions & WithJson) =>
      run(options.json === true, async (cli) =>
        (await import('../commands/data-import.ts')).dataImport(cli, file, options),
      ),
    )
  data
    .command('generate')
    .description('make synthetic one-minute bars of the last sessions; the same seed gives the same bars')
    .requiredOption('--symbol <symbol>', 'what the bars are of')
    .requiredOption('--days <n>', 'how many sessions, 1 to 5000')
    .requiredOption('--seed <n>', 'a whole number from 0 to 4294967295')
    .addOption(json())
    .action((options: DataGenerateOptions & WithJson) =>
      run(options.json === true, async (cli) =>
        (await import('../commands/data-generate.ts')).dataGenerate(cli, options),
      ),
    )
  data
    .command('list')
    .description('what bars there are')
    .addOption(json())
    .action((options: WithJson) =>
      run(options.json === true, async (cli) => (await import('../commands/data-list.ts')).dataList(cli)),
    )
  data
    .command('export')
    .description('write bars to standard output or a file, as data import reads them')
    .requiredOption('--symbol <symbol>', 'what the bars are of')
    .option('--timeframe <timeframe>', 'span of a bar: 1m, 5m, 15m, 1h, 1d', '1m')
    .option('--from <time>', 'first bar: a day (UTC) or an ISO time with zone')
    .option('--to <time>', 'last bar, the whole day included')
    .option('--format <format>', 'csv or jsonl', 'csv')
    .option('--out <file>', 'write to this file')
    .option('--force', 'replace the file when it exists')
    .addOption(json())
    .action((options: DataExportOptions & WithJson) =>
      run(options.json === true, async (cli) => (await import('../commands/data-export.ts')).dataExport(cli, options)),
    )
}
