import type { Command } from 'commander'
import type { OptionPriceOptions } from '../commands/option.ts'
import type { RunCommand } from '../run-command.ts'
import { json, type WithJson } from './shared-options.ts'

export function addOptionCommands(program: Command, run: RunCommand): void {
  const option = program.command('option').description('what options are worth')
  option
    .command('price')
    .description('price and Greeks of one option; rates and volatility as fractions per year (0.05 is 5 %)')
    .requiredOption('--type <type>', 'call or put')
    .option('--spot <price>', 'price of the underlying (model bsm)')
    .option('--forward <price>', 'forward or futures price (model black76)')
    .requiredOption('--strike <price>', 'strike')
    .requiredOption('--years <years>', 'years to expiry, 0 to 100')
    .requiredOption('--rate <rate>', 'interest rate, continuously compounded, -1 to 5')
    .option('--dividend <rate>', 'dividend yield, continuously compounded, -1 to 5 (model bsm; default: 0)')
    .requiredOption('--vol <volatility>', 'volatility, 0 to 10')
    .option('--style <style>', 'european or american', 'european')
    .option('--model <model>', 'bsm or black76', 'bsm')
    .addOption(json())
    .action((options: OptionPriceOptions & WithJson) =>
      run(options.json === true, async (cli) => (await import('../commands/option.ts')).optionPrice(cli, options)),
    )
}
