import { Option, type Command } from 'commander'
import type { LogsOptions } from '../commands/logs.ts'
import type { RunCommand } from '../run-command.ts'
import { json, type WithJson } from './shared-options.ts'

export function addRecordCommands(program: Command, run: RunCommand): void {
  program
    .command('status')
    .description('every account, or those named, and their bots')
    .argument('[ids...]')
    .addOption(json())
    .action((ids: string[], options: WithJson) =>
      run(options.json === true, async (cli) => (await import('../commands/status.ts')).status(cli, ids)),
    )
  program
    .command('logs')
    .description('the log of an account')
    .argument('<id>')
    .option('-f, --follow', 'go on with new lines until Ctrl-C')
    .option('--segment <symbol>', 'whose log, where the bot follows several markets (default: the first)')
    .option('--level <level>', 'the least important level shown: debug, info, warn, error')
    .option('--grep <pattern>', 'only lines that match this regular expression')
    .option('--since <time>', 'only lines since: an ISO time, a day, or back from the last line: 15m, 2h, 3d')
    .option('--limit <n>', 'at most so many lines, the last ones (default: 200; with --follow: 100)')
    .addOption(new Option('--json', 'one JSON array; with --follow one JSON value a line'))
    .action((id: string, options: LogsOptions & WithJson) =>
      run(options.json === true, async (cli) => (await import('../commands/logs.ts')).logs(cli, id, options)),
    )
  program
    .command('risk')
    .description('where an account stands against its limits; needs no launcher')
    .argument('<id>')
    .addOption(json())
    .action((id: string, options: WithJson) =>
      run(options.json === true, async (cli) => (await import('../commands/risk.ts')).risk(cli, id)),
    )
  const listings = {
    orders: 'every order of an account',
    trades: 'closed trades of an account',
    positions: 'the position journal of an account',
    decisions: 'what was decided at each bar, and why',
    reconciliations: "what comparing the books with the broker's found and did",
  } as const
  for (const [name, description] of Object.entries(listings))
    program
      .command(name)
      .description(description)
      .argument('<id>')
      .option('--limit <n>', 'only the last so many rows (default: 50 in a table, all with --json)')
      .addOption(json())
      .action((id: string, options: { limit?: string } & WithJson) =>
        run(options.json === true, async (cli) =>
          (await import('../commands/records.ts'))[name as keyof typeof listings](cli, id, options),
        ),
      )
}
