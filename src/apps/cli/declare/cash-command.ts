import type { Command } from 'commander'
import type { CashOptions } from '../commands/cash.ts'
import type { RunCommand } from '../run-command.ts'
import { json, type WithJson } from './shared-options.ts'

/** `slipway cash <id> [kind] [amount]`: shows cash, or has the account's bot book what moved without a fill. */
export function addCashCommand(program: Command, run: RunCommand): void {
  program
    .command('cash')
    .description('cash in the books and at the broker; with a kind and an amount, book money that moved without a fill')
    .argument('<id>')
    .argument('[kind]', 'deposit, withdraw, fee or interest')
    .argument('[amount]', 'how much, above 0; "-- -5" for a fee given back or interest charged')
    .option('--note <text>', 'what it was, at most 200 characters')
    .option('--request-id <name>', 'its name: the same one again is answered again, not booked again')
    .option('--timeout <seconds>', 'how long to wait for the answer, 1 to 600 (default: 60)')
    .addOption(json())
    .action((id: string, kind: string | undefined, amount: string | undefined, options: CashOptions & WithJson) =>
      run(options.json === true, async (cli) =>
        (await import('../commands/cash.ts')).cash(cli, id, kind, amount, options),
      ),
    )
}
