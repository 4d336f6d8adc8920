import { Option, type Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import { all, json, yes, type WithJson } from './shared-options.ts'

type KillOptions = WithJson & { all?: boolean; user?: string; timeout?: string; reason?: string; yes?: boolean }

/** Commands that talk to the bots themselves, whether or not the launcher runs. */
export function addKillCommands(program: Command, run: RunCommand): void {
  const commands = () => import('../commands/kill-switch.ts')
  const user = () => new Option('--user <user>', 'every account of a user: the name at the broker, or the userId')
  const timeout = () =>
    new Option('--timeout <seconds>', 'how long to wait until they are flat, 1 to 3600 (default: 120)')
  program
    .command('flatten')
    .description('close positions and cancel orders; the bots go on')
    .argument('[ids...]')
    .addOption(user())
    .addOption(all())
    .addOption(timeout())
    .addOption(yes())
    .addOption(json())
    .action((ids: string[], options: KillOptions) =>
      run(options.json === true, async (cli) => (await commands()).flatten(cli, ids, options)),
    )
  program
    .command('kill')
    .description('the kill switch: close everything, and no entries until released; asks nothing')
    .argument('[ids...]')
    .addOption(user())
    .addOption(all())
    .option('--reason <text>', 'kept with the mark and shown where entries are refused')
    .addOption(timeout())
    .addOption(json())
    .action((ids: string[], options: KillOptions) =>
      run(options.json === true, async (cli) => (await commands()).kill(cli, ids, options)),
    )
  program
    .command('release')
    .description('let entries be made again after kill; without a name, show what is engaged')
    .argument('[ids...]')
    .addOption(user())
    .addOption(all())
    .addOption(json())
    .action((ids: string[], options: KillOptions) =>
      run(options.json === true, async (cli) => (await commands()).release(cli, ids, options)),
    )
}
