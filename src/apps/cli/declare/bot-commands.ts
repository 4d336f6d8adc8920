import { Option, type Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import { addKillCommands } from './kill-commands.ts'
import { all, json, type WithJson } from './shared-options.ts'

type BotOptions = WithJson & {
  all?: boolean
  wait?: boolean
  timeout?: string
  flatten?: boolean
  keepOrders?: boolean
}

export function addBotCommands(program: Command, run: RunCommand): void {
  const commands = () => import('../commands/bots.ts')
  const wait = () => new Option('--wait', 'return when each bot trades or has ended')
  const timeout = (what: string) => new Option('--timeout <seconds>', what)
  program
    .command('start')
    .description('start bots; one that runs is left alone')
    .argument('[ids...]')
    .addOption(all())
    .addOption(wait())
    .addOption(timeout('with --wait: how long, 1 to 3600 (default: 120)'))
    .addOption(json())
    .action((ids: string[], options: BotOptions) =>
      run(options.json === true, async (cli) => (await commands()).start(cli, ids, options)),
    )
  program
    .command('stop')
    .description('stop bots in order')
    .argument('[ids...]')
    .addOption(all())
    .option('--flatten', 'close their positions first')
    .addOption(
      new Option('--keep-orders', 'leave entry orders working; without it they are canceled').conflicts('flatten'),
    )
    .addOption(timeout('how long each may take, 1 to 600 (default: 30)'))
    .addOption(json())
    .action((ids: string[], options: BotOptions) =>
      run(options.json === true, async (cli) => (await commands()).stop(cli, ids, options)),
    )
  program
    .command('restart')
    .description('stop bots and start them again')
    .argument('[ids...]')
    .addOption(all())
    .addOption(wait())
    .addOption(timeout('with --wait: how long, 1 to 3600 (default: 120)'))
    .addOption(json())
    .action((ids: string[], options: BotOptions) =>
      run(options.json === true, async (cli) => (await commands()).restart(cli, ids, options)),
    )
  addKillCommands(program, run)
  program
    .command('run')
    .description('one bot in the foreground, its log on standard output; Ctrl-C stops it in order')
    .argument('<id>')
    .option('--flatten-only', 'close everything, then end')
    .addOption(new Option('--json', 'the log lines as they are written, one JSON value each'))
    .action((id: string, options: WithJson & { flattenOnly?: boolean }) =>
      run(options.json === true, async (cli) =>
        (await import('../commands/run.ts')).run(cli, id, options.flattenOnly === true),
      ),
    )
}
