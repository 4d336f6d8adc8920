import type { Command } from 'commander'
import type { AccountAddOptions } from '../commands/account.ts'
import type { RunCommand } from '../run-command.ts'
import { json, yes, type WithJson } from './shared-options.ts'

const collect = (value: string, before: readonly string[]): string[] => [...before, value]

export function addAccountCommands(program: Command, run: RunCommand): void {
  const account = program.command('account').description('accounts and their settings')
  const commands = () => import('../commands/account.ts')
  account
    .command('add')
    .description('register an account; one bot trades it')
    .argument('<id>', 'letters, digits, dots, dashes, underscores; names its folder')
    .requiredOption('--user <name>', 'the user name at the broker')
    .option('--broker <broker>', 'sim, or gateway for a venue behind a gateway', 'sim')
    .option('--mode <mode>', 'paper or live', 'paper')
    .option('--strategy <strategy>', 'what decides', 'vwap-bounce')
    .requiredOption('--symbol <symbol>', 'what it trades; several with commas between: NIFTY,BANKNIFTY')
    .option('--timeframe <timeframe>', 'span of a bar: 1m, 5m, 15m, 1h', '1m')
    .option('--feed <feed>', 'replay[:SPEED[:FROM..TO]] (SPEED max, 1x, 60x) or synthetic[:SEED]', 'replay')
    .option(
      '--set <key=value>',
      'a setting: a strategy parameter, risk.…, simulation.…, gateway.… or cloud.…; may be repeated',
      collect,
      [],
    )
    .addOption(json())
    .action((id: string, options: AccountAddOptions & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).accountAdd(cli, id, options)),
    )
  account
    .command('list')
    .description('every account')
    .addOption(json())
    .action((options: WithJson) => run(options.json === true, async (cli) => (await commands()).accountList(cli)))
  account
    .command('show')
    .description('all settings of an account')
    .argument('<id>')
    .addOption(json())
    .action((id: string, options: WithJson) =>
      run(options.json === true, async (cli) => (await commands()).accountShow(cli, id)),
    )
  account
    .command('edit')
    .description('change settings; they apply at the next start')
    .argument('<id>')
    .option('--set <key=value>', 'a setting; may be repeated', collect, [])
    .addOption(json())
    .action((id: string, options: { set: string[] } & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).accountEdit(cli, id, options)),
    )
  account
    .command('remove')
    .description('forget an account; its folder is kept')
    .argument('<id>')
    .option('--purge', 'delete its folder too, with all it holds')
    .addOption(yes())
    .addOption(json())
    .action((id: string, options: { purge?: boolean; yes?: boolean } & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).accountRemove(cli, id, options)),
    )
}
