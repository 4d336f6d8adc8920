import { Option, type Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import { json, type WithJson } from './shared-options.ts'
import { TRADE_FORMS, type TradeForm, type TradeOptions } from './trade-forms.ts'

/** `slipway trade <kind> <id> …`, one subcommand for each thing that can be asked of a bot's trading service. */
export function addTradeCommands(program: Command, run: RunCommand): void {
  const trade = program
    .command('trade')
    .description('ask a running bot for a trade; also written: slipway trade ID buy SYMBOL QUANTITY')
  for (const form of TRADE_FORMS) addForm(trade, form, run)
}

/**
 * Lets the account come before the kind, as people say it: `trade ID buy …` is `trade buy ID …`.
 *
 * @param args the whole command line
 */
export function tradeWordOrder(args: readonly string[]): readonly string[] {
  const [first, id, kind, ...rest] = args
  if (first !== 'trade' || id === undefined || kind === undefined || id.startsWith('-')) return args
  const isKind = (word: string) => TRADE_FORMS.some((form) => form.kind === word)
  return isKind(kind) && !isKind(id) ? [first, kind, id, ...rest] : args
}

function addForm(trade: Command, form: TradeForm, run: RunCommand): void {
  const command = trade.command(form.kind).description(form.says).argument('<id>')
  for (const name of form.words) command.argument(`<${name}>`)
  for (const { flags, says, choices, isRequired } of form.options) {
    const option = new Option(flags, says)
    if (choices) option.choices([...choices])
    if (isRequired) option.makeOptionMandatory()
    command.addOption(option)
  }
  command
    .option('--request-id <name>', 'its name: the same one again is answered again, not traded again')
    .option('--timeout <seconds>', 'how long to wait for the answer, 1 to 600 (default: 60)')
    .addOption(json())
    .action((...given: unknown[]) => {
      const options = given[form.words.length + 1] as TradeOptions & WithJson
      const [id = '', ...words] = given.slice(0, form.words.length + 1) as string[]
      return run(options.json === true, async (cli) =>
        (await import('../commands/trade.ts')).trade(cli, id, form.read(words, options), options),
      )
    })
}
