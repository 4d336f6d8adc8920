import { Option, type Command } from 'commander'
import type { StrategyCheckOptions, StrategyNewOptions } from '../commands/strategy.ts'
import type { RunCommand } from '../run-command.ts'
import { json, type WithJson } from './shared-options.ts'

export function addStrategyCommands(program: Command, run: RunCommand): void {
  const strategy = program.command('strategy').description('what decides: built in, or your own')
  const commands = () => import('../commands/strategy.ts')
  strategy
    .command('list')
    .description('every strategy an account can be set to')
    .addOption(json())
    .action((options: WithJson) => run(options.json === true, async (cli) => (await commands()).strategyList(cli)))
  strategy
    .command('new')
    .description('write a strategy that works, to begin with, and its test')
    .argument('<name>', 'small letters, digits and dashes')
    .option('--dir <folder>', 'where to (default: the strategies folder of the home)')
    .addOption(new Option('--ts', 'in TypeScript, which needs no build (default)').conflicts('js'))
    .addOption(new Option('--js', 'in JavaScript'))
    .addOption(json())
    .action((name: string, options: StrategyNewOptions & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).strategyNew(cli, name, options)),
    )
  strategy
    .command('check')
    .description('run a strategy over made-up bars and say what is wrong with it')
    .argument('<strategy>', 'its file or folder, or its name in the home')
    .option('--symbol <symbol>', 'what the bars are of', 'ESZ5')
    .option('--bars <n>', 'how many one-minute bars, 100 to 1000000', '5000')
    .option('--seed <n>', 'which bars, 0 to 4294967295', '1')
    .addOption(json())
    .action((what: string, options: StrategyCheckOptions & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).strategyCheck(cli, what, options)),
    )
}
