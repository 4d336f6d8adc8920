import { Command } from 'commander'
import { APP_VERSION } from '../version.ts'
import { addAccountCommands } from './declare/account-commands.ts'
import { addBotCommands } from './declare/bot-commands.ts'
import { addCashCommand } from './declare/cash-command.ts'
import { addLicenceCommands } from './declare/cloud-client-commands.ts'
import { addCloudCommands } from './declare/cloud-commands.ts'
import { addDataCommands } from './declare/data-commands.ts'
import { addLauncherCommands, addStateCommands } from './declare/launcher-commands.ts'
import { addOptionCommands } from './declare/option-commands.ts'
import { addRecordCommands } from './declare/record-commands.ts'
import { addStrategyCommands } from './declare/strategy-commands.ts'
import { addTradeCommands } from './declare/trade-commands.ts'
import { addVaultCommands } from './declare/vault-commands.ts'
import type { RunCommand } from './run-command.ts'

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 bad usage or input, 3 account already held, 4 licence refused, 5 broker refused,
6 launcher unreachable, 7 not reconciled.`

/**
 * The whole command line. A command's code is loaded when it runs, so that --help and mistakes answer at once.
 *
 * @param run opens what a command works with, runs it, and keeps its exit code
 */
export function buildProgram(run: RunCommand): Command {
  const program = new Command('slipway')
    .description('Bots that trade, one for each broker account.')
    .version(APP_VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .showSuggestionAfterError(true)
    .addHelpText('after', EXIT_CODES)
  addDataCommands(program, run)
  addAccountCommands(program, run)
  addStrategyCommands(program, run)
  addVaultCommands(program, run)
  addLicenceCommands(program, run)
  addBotCommands(program, run)
  addTradeCommands(program, run)
  addCashCommand(program, run)
  addRecordCommands(program, run)
  addStateCommands(program, run)
  addOptionCommands(program, run)
  addCloudCommands(program, run)
  addLauncherCommands(program, run)
  return program
}
