import { CommanderError, type Command } from 'commander'
import { EXIT_CODE_OF, refusal, Refused } from '../../domain/failure/refusal.ts'
import type { Surroundings } from './cli.ts'
import { tradeWordOrder } from './declare/trade-commands.ts'
import { openOutput } from './output.ts'
import { buildProgram } from './program.ts'

/**
 * Runs one command line.
 *
 * @param args without the program's own name
 * @returns the exit code
 */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, plain } = surroundings
  let exitCode = 0
  const program = buildProgram(async (json, work) => {
    const out = openOutput({ stdout, stderr, json, plain })
    try {
      exitCode = await work({ ...surroundings, out })
    } catch (error) {
      const refused = error instanceof Refused ? error.refusal : unforeseen(error)
      // A bug is for us to read, so its stack is shown as well.
      if (!(error instanceof Refused)) out.note(error instanceof Error ? (error.stack ?? error.message) : String(error))
      out.refused(refused)
      exitCode = EXIT_CODE_OF[refused.code]
    }
  })
  makeTestable(program, surroundings)
  try {
    await program.parseAsync([...tradeWordOrder(args)], { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return complainOf(error, args, surroundings)
  }
}

/** Commander would end the process and write to the global streams; ours are given, and the exit code is returned. */
function makeTestable(command: Command, surroundings: Surroundings): void {
  command.exitOverride()
  command.configureOutput({
    writeOut: (text) => void surroundings.stdout.write(text),
    writeErr: (text) => void surroundings.stderr.write(text),
    // Said once, as every other refusal, in complainOf.
    outputError: () => undefined,
    getOutHelpWidth: () => surroundings.stdout.columns ?? 100,
    getErrHelpWidth: () => surroundings.stderr.columns ?? 100,
  })
  for (const one of command.commands) makeTestable(one, surroundings)
}

function complainOf(error: CommanderError, args: readonly string[], { stdout, stderr, plain }: Surroundings): number {
  // Help and version were asked for; help for want of a command was not.
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return 0
  if (error.code === 'commander.help') return args.includes('help') ? 0 : EXIT_CODE_OF['bad-usage']
  const [said = '', guess = ''] = error.message.replace(/^error: /, '').split('\n')
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1).replace(/\.$/, '')}.`
  const words = args.filter((word) => !word.startsWith('-'))
  const group = words.slice(0, depthOf(words))
  const help = error.code === 'commander.unknownCommand' ? 'slipway --help' : `slipway ${group.join(' ')} --help`
  const nextStep = [guess.replace(/^\((.*)\)$/, '$1'), `See: ${help}`].filter((part) => part !== '').join(' ')
  openOutput({ stdout, stderr, json: args.includes('--json'), plain }).refused(refusal('bad-usage', sentence, nextStep))
  return EXIT_CODE_OF['bad-usage']
}

/** Words of a command before its own arguments. */
function depthOf([first = '', second = '']: readonly string[]): number {
  if (first === 'cloud' && ['license', 'licence', 'admin-key', 'signing-key'].includes(second)) return 3
  return ['data', 'account', 'option', 'trade', 'strategy', 'vault', 'cloud', 'licence', 'license'].includes(first)
    ? 2
    : 1
}

function unforeseen(error: unknown) {
  const why = error instanceof Error ? error.message : String(error)
  return refusal('internal', `Something went wrong that should not: ${why}.`, 'Run: slipway doctor')
}
