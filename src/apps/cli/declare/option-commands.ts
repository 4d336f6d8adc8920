import type { Command } from 'commander'
import type { OptionIvOptions, OptionPriceOptions } from '../commands/option.ts'
import type { OptionChainOptions } from '../commands/option-chain.ts'
import type { OptionPayoffOptions } from '../commands/option-payoff.ts'
import type { RunCommand } from '../run-command.ts'
import { json, type WithJson } from './shared-options.ts'

const collect = (value: string, before: readonly string[]): string[] => [...before, value]

export function addOptionCommands(program: Command, run: RunCommand): void {
  const option = program.command('option').description('what options are worth, and which there are')
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
  option
    .command('iv')
    .description('the volatility at which a European option has a price')
    .requiredOption('--type <type>', 'call or put')
    .requiredOption('--price <price>', 'what the option costs')
    .option('--spot <price>', 'price of the underlying (model bsm)')
    .option('--forward <price>', 'forward or futures price (model black76)')
    .requiredOption('--strike <price>', 'strike')
    .requiredOption('--years <years>', 'years to expiry, above 0')
    .requiredOption('--rate <rate>', 'interest rate, continuously compounded, -1 to 5')
    .option('--dividend <rate>', 'dividend yield, continuously compounded, -1 to 5 (model bsm; default: 0)')
    .option('--model <model>', 'bsm or black76', 'bsm')
    .addOption(json())
    .action((options: OptionIvOptions & WithJson) =>
      run(options.json === true, async (cli) => (await import('../commands/option.ts')).optionIv(cli, options)),
    )
  option
    .command('chain')
    .description('the contracts around the money of one expiry, and the expiries there are')
    .argument('<underlying>', 'NIFTY, BANKNIFTY, SENSEX, ES, NQ or a US ticker')
    .requiredOption('--spot <price>', 'price of the underlying')
    .option('--at <time>', 'a day where it is traded, or a time; default now')
    .option('--expiry <which>', 'a date, or its place: 0 is the nearest', '0')
    .option('--strikes <n>', 'strikes on each side of the money, 0 to 200 (default: 10)')
    .addOption(json())
    .action((underlying: string, options: OptionChainOptions & WithJson) =>
      run(options.json === true, async (cli) =>
        (await import('../commands/option-chain.ts')).optionChain(cli, underlying, options),
      ),
    )
  option
    .command('payoff')
    .description('what a position in options makes at expiry, can lose, and must have behind it')
    .requiredOption(
      '--leg <leg>',
      'side:lots:type:strike:premium[:expiry], such as buy:1:call:21700:120; may be repeated',
      collect,
      [],
    )
    .option('--underlying <symbol>', 'counts in its lots and ticks; without it one unit a lot, prices to the cent')
    .option('--expiry <date>', 'of legs that name none; default the nearest')
    .option('--spot <price>', 'price of the underlying, for the margin of sold options')
    .option('--vol <volatility>', '0 to 10; prices the legs that outlive the first expiry')
    .option('--rate <rate>', 'interest rate for that', '0')
    .option('--dividend <rate>', 'dividend yield for that', '0')
    .addOption(json())
    .action((options: OptionPayoffOptions & WithJson) =>
      run(options.json === true, async (cli) =>
        (await import('../commands/option-payoff.ts')).optionPayoff(cli, options),
      ),
    )
}
