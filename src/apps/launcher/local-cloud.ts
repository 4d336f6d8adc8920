import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cloudServerOf } from '../../adapters/cloud/cloud-server.ts'
import { environmentHandedOn } from '../../adapters/bot-process/spawn-bot.ts'
import { RefusalShape } from '../../contracts/bot-protocol.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { afterFailure, CLOSED, restMs, type CircuitRules } from '../../domain/failure/circuit.ts'

/** Why the local cloud does not run, for people. */
export type LocalCloudProblem = Readonly<{ message: string; nextStep: string }>

/** How the cloud of this computer stands. */
export type LocalCloudState =
  /** A team's cloud is used, or none. */
  | { readonly kind: 'off' }
  /** `problem`: of the try before, until this one has come further. */
  | { readonly kind: 'starting'; readonly problem?: LocalCloudProblem }
  /** `since`: by the clock of `elapsed`, milliseconds. */
  | { readonly kind: 'running'; readonly pid: number; readonly since: number }
  /** It ended or could not be started, and is tried again after `restMs`. */
  | { readonly kind: 'resting'; readonly problem: LocalCloudProblem; readonly restMs: number }

export type LocalCloud = Readonly<{ state(): LocalCloudState; close(): Promise<void> }>

export type LocalCloudParts = Readonly<{
  layout: HomeLayout
  /** The pinned Node, the server's program, and the launcher's environment. */
  program: Readonly<{ node: string; entry: string; env: NodeJS.ProcessEnv }>
  log: Pick<Log, 'info' | 'warn'>
  /** Monotonic, milliseconds. */
  elapsed: () => number
  /** How long it may take to end when it is told to, milliseconds. */
  endMs?: number
}>

/**
 * What a server that has ended said last: a refusal of its own, as JSON in a line of its own, or the error of a crash.
 *
 * @param words what it wrote to its standard error
 * @param why   where it said nothing
 */
function problemIn(words: string, why: string, log: string): LocalCloudProblem {
  const lines = words.split('\n').filter((line) => line.trim() !== '')
  const said = lines.findLast((line) => line.startsWith('{'))
  const refused = RefusalShape.safeParse(parsed(said)).data
  if (refused) return { message: refused.message, nextStep: refused.nextStep }
  const message = (lines.findLast((line) => ERROR.test(line)) ?? lines.at(-1) ?? why).trim().slice(0, LONGEST_REASON)
  return { message, nextStep: `It is tried again by itself. If it stays so, see ${log}, and: slipway doctor` }
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown
  } catch {
    return undefined
  }
}

/** Milliseconds. `first`: after the launcher is ready, so that whoever waits for it has the machine to himself. */
const TIMES = { first: 500, look: 1_000, end: 10_000 } as const
/** Answering is proof that it works: a server that then ends begins again with the shortest pause. */
const RULES: CircuitRules = { opensAfter: 6, backoffMs: [500, 1_000, 5_000, 15_000, 30_000], openMs: 300_000 }
const LONGEST_WORDS = 4_000
const LONGEST_REASON = 300
/** How Node names what ended a program, above the places in its code. */
const ERROR = /^(?:Uncaught )?[A-Z]\w*(?: \[\w+\])?: \S/
/** A small young generation: a third less memory, for a server that one user asks. */
const NODE_OPTIONS = ['--max-semi-space-size=2', '--v8-pool-size=1']

/**
 * Runs the local cloud beside the launcher for as long as this installation is meant to use it.
 *
 * Nothing that it does or fails to do is a failure of the launcher: bots trade without it. It ends when its standard input
 * closes, and so with the launcher, however that ends.
 */
export function keepLocalCloud({ layout, program, log, elapsed, endMs = TIMES.end }: LocalCloudParts): LocalCloud {
  let circuit = CLOSED
  let child: ChildProcess | undefined
  let state: LocalCloudState = { kind: 'off' }
  let problem: LocalCloudProblem | undefined
  let isClosed = false

  const isWanted = () => !isClosed && cloudServerOf(layout).kind === 'local'

  const look = (): void => {
    if (!isWanted()) {
      problem = undefined
      if (child) child.stdin?.end()
      else state = { kind: 'off' }
      return
    }
    if (child || restMs(circuit, elapsed()) > 0) return
    if (existsSync(program.entry)) start()
    else rest({ message: `Its program ${program.entry} is missing.`, nextStep: 'Build it: npm run build' })
  }

  function rest(why: LocalCloudProblem): void {
    circuit = afterFailure(circuit, elapsed(), RULES)
    problem = why
    state = { kind: 'resting', problem: why, restMs: 0 }
    const text = `The local cloud does not run: ${why.message} ${why.nextStep}`
    log.warn('cloud-resting', text, { failures: circuit.failures })
  }

  function start(): void {
    state = problem ? { kind: 'starting', problem } : { kind: 'starting' }
    const begun = spawn(program.node, [...NODE_OPTIONS, program.entry, '--embedded', '--home', layout.root], {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      cwd: layout.root,
      env: environmentHandedOn(program.env),
    })
    child = begun
    let words = ''
    begun.stdin.on('error', () => undefined)
    begun.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-LONGEST_WORDS)))
    begun.stdout.on('data', () => {
      circuit = CLOSED
      problem = undefined
      state = { kind: 'running', pid: begun.pid!, since: elapsed() }
      log.info('cloud-running', 'The local cloud runs', { cloudPid: begun.pid })
    })
    const ended = (why: string) => {
      if (child !== begun) return
      child = undefined
      if (isClosed || begun.stdin.writableEnded) state = { kind: 'off' }
      else rest(problemIn(words, why, layout.cloudLog))
    }
    begun.once('error', (error) => ended(error.message))
    begun.once('exit', (code, signal) => ended(`It ended (${signal ?? code}).`))
  }

  let timer = setTimeout(function again() {
    look()
    timer = setTimeout(again, TIMES.look).unref()
  }, TIMES.first).unref()

  return {
    state() {
      if (state.kind === 'resting') return { ...state, restMs: restMs(circuit, elapsed()) }
      // Between the choice of it and the next look.
      return state.kind === 'off' && isWanted() ? { kind: 'starting' } : state
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      const ending = child
      if (!ending) return
      const exited = new Promise((resolve) => ending.once('exit', resolve).once('error', resolve))
      ending.stdin?.end()
      const late = setTimeout(() => ending.kill('SIGKILL'), endMs)
      await exited
      clearTimeout(late)
    },
  }
}
