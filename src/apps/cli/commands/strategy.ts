import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { homeCalendar } from '../../../adapters/calendar/home-calendar.ts'
import { QUESTION } from '../../../adapters/strategy-host/channel.ts'
import { describePlugIn } from '../../../adapters/strategy-host/describe-plug-in.ts'
import { findPlugIn, type PlugInFile } from '../../../adapters/strategy-host/find-plug-in.ts'
import { loadPlugIn } from '../../../adapters/strategy-host/load-plug-in.ts'
import { openPlugInShelf, unknownStrategy } from '../../../adapters/strategy-host/plug-in-shelf.ts'
import type { CalendarFacts } from '../../../domain/calendar/facts.ts'
import { openSessionClock, sessionsBetween } from '../../../domain/calendar/session-clock.ts'
import { Refused, refuse } from '../../../domain/failure/refusal.ts'
import type { Instrument } from '../../../domain/instrument/instrument.ts'
import type { Bar } from '../../../domain/market/bar.ts'
import { generateSession } from '../../../domain/market/generate-bars.ts'
import { looksLikePath, PLUG_IN_LIMITS, whyNotPlugInId } from '../../../domain/strategy/plug-in.ts'
import { validateParameters, type ParameterValues } from '../../../domain/strategy/validate-parameters.ts'
import { durationMs, epochMs } from '../../../domain/units/units.ts'
import { checkStrategy, type CheckedRun, type Finding } from '../../../engine/strategy-check/check-strategy.ts'
import { lookProgram, plugInProgram } from '../../plug-in-program.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { wholeNumber } from '../whole-number.ts'
import { instrumentNamed } from './data-instrument.ts'
import { writeStrategy } from './strategy-files.ts'

export type StrategyNewOptions = Readonly<{ dir?: string; ts?: boolean; js?: boolean }>
export type StrategyCheckOptions = Readonly<{ symbol: string; bars: string; seed: string }>

/** `slipway strategy list`. */
export async function strategyList(cli: Cli): Promise<number> {
  const layout = openCliHome(cli)
  const listed = await openPlugInShelf(layout, lookOf(cli)).list()
  cli.out.answer(listed, () => {
    cli.out.table(
      [
        { title: 'STRATEGY', text: (row) => row.id },
        { title: 'KIND', text: (row) => row.kind },
        { title: 'TITLE', text: (row) => row.title, flexible: true },
        { title: 'PARAMETERS', text: (row) => row.parameters.map(({ name }) => name).join(' '), flexible: true },
        { title: 'PROBLEM', text: (row) => row.problem?.message ?? '', flexible: true },
      ],
      listed,
    )
    cli.out.note(`Your own are in ${layout.strategies}`)
  })
  return 0
}

/** `slipway strategy new NAME`: a strategy that works, its test and its types. */
export function strategyNew(cli: Cli, name: string, options: StrategyNewOptions): number {
  const why = whyNotPlugInId(name)
  if (why !== undefined)
    refuse('strategy-invalid', `${JSON.stringify(name)} ${why}.`, 'Choose another name, such as my-cross.')
  const folder = options.dir === undefined ? openCliHome(cli).strategies : resolve(cli.workingFolder, options.dir)
  const files = writeStrategy(folder, name, options.js === true ? 'js' : 'ts')
  cli.out.answer({ strategy: name, files }, () => {
    for (const file of files) cli.out.line(`Written: ${file}`)
    const place = options.dir === undefined ? name : asArgument(files[0]!)
    cli.out.note(`Try it: slipway strategy check ${place}`)
    cli.out.note(`Trade it: slipway account add ID --user U --symbol S --strategy ${place}`)
  })
  return 0
}

/** A path as one argument of a command line, in every shell we know. */
function asArgument(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path
}

/** `slipway strategy check FILE|ID`. */
export async function strategyCheck(cli: Cli, what: string, options: StrategyCheckOptions): Promise<number> {
  const count = wholeNumber(options.bars, '--bars', 100, 1_000_000)
  const seed = wholeNumber(options.seed, '--seed', 0, 0xffff_ffff)
  const layout = openCliHome(cli)
  const instrument = instrumentNamed(layout, options.symbol)
  const facts = homeCalendar(layout)
  const program = plugInProgram(cli.botProgram)
  const file = placeOf(cli, layout, what)
  cli.out.progress(`Loading ${file.entry} …`)
  const described = await describePlugIn(lookOf(cli), file)
  let findings: readonly Finding[]
  if ('code' in described) findings = [{ check: 'loads', result: 'fail', text: described.message }]
  else {
    const { id, title, parameters } = described
    const bars = barsOf(instrument, facts, seed, count)
    const shape = `It is ${id} (${title}) with ${parameters.length} parameters.`
    const values = validateParameters(described, {}) as ParameterValues
    const ran = await checkStrategy({
      bars,
      clock: openSessionClock(instrument, facts),
      open: (snapshot) => Promise.resolve(openRun(program, file, instrument, values, snapshot)),
      now: () => performance.now(),
      cuts: cutsOf(bars.length, seed),
      barMs: PLUG_IN_LIMITS.barMs,
      memoryBytes: PLUG_IN_LIMITS.memoryMb * 2 ** 20,
    })
    findings = [{ check: 'loads', result: 'ok', text: shape }, ...ran]
  }
  const passed = findings.every(({ result }) => result !== 'fail')
  const about = { file: file.entry, symbol: instrument.symbol, bars: count, seed }
  cli.out.answer({ ...about, passed, findings }, () => {
    for (const { check, result, text } of findings) {
      const colour = result === 'ok' ? 'green' : result === 'warn' ? 'yellow' : 'red'
      cli.out.line(`${cli.out.paint(colour, result.padEnd(5))}${check.padEnd(13)}${text}`)
    }
  })
  return passed ? 0 : 1
}

function lookOf({ node, botProgram, env }: Cli) {
  return lookProgram({ node, entry: botProgram, env })
}

const DEAF = { onOutput: () => undefined, onStopped: () => undefined }

function placeOf(cli: Cli, layout: Readonly<{ strategies: string }>, what: string): PlugInFile {
  const isPath = looksLikePath(what) || (existsSync(resolve(cli.workingFolder, what)) && !findPlugIn(layout, what))
  const file = findPlugIn(layout, isPath ? resolve(cli.workingFolder, what) : what)
  if (!file) throw new Refused(unknownStrategy(layout, what))
  if ('code' in file) throw new Refused(file)
  return file
}

/** Each run has a thread of its own: what one leaves behind must not help the next. */
function openRun(
  program: string,
  file: PlugInFile,
  instrument: Instrument,
  parameters: ParameterValues,
  snapshot: unknown,
): CheckedRun {
  const plugIn = loadPlugIn(program, file, DEAF)
  if ('code' in plugIn) throw new Refused(plugIn)
  const { thread, strategy } = plugIn
  const timeframeMs = durationMs(60_000)
  const run = strategy.open({ instrument, timeframeMs, parameters, ...(snapshot === undefined ? {} : { snapshot }) })
  const memory = () => (thread.ask(QUESTION.measure, 0, PLUG_IN_LIMITS.openMs) ? thread.channel.numbers[0] : undefined)
  return { run, memory, close: () => plugIn.close() }
}

/** Made-up bars of the sessions before a fixed day: the same ones whenever they are made. */
function barsOf(instrument: Instrument, facts: CalendarFacts, seed: number, count: number): readonly Bar[] {
  const end = Date.UTC(2026, 5, 30)
  const bars: Bar[][] = []
  let missing = count
  const sessions = sessionsBetween(instrument, facts, epochMs(end - 3_650 * 86_400_000), epochMs(end))
  for (const session of sessions.toReversed()) {
    if (missing <= 0) break
    const made = generateSession(instrument, seed, session)
    bars.unshift(made)
    missing -= made.length
  }
  return bars.flat().slice(-count)
}

/** Five places spread over the bars, other ones for another seed. */
function cutsOf(bars: number, seed: number): readonly number[] {
  const shares = [0.03, 0.21, 0.42, 0.63, 0.84]
  return shares.map((share, index) =>
    Math.floor(bars * share + ((Math.imul(seed + index + 1, 2_654_435_761) >>> 0) % Math.ceil(bars / 8))),
  )
}
