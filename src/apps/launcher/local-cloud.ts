import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cloudServerOf } from '../../adapters/cloud/cloud-server.ts'
import { environmentHandedOn } from '../../adapters/bot-process/spawn-bot.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { afterFailure, CLOSED, restMs, type CircuitRules } from '../../domain/failure/circuit.ts'

/** How the cloud of this computer stands. */
export type LocalCloudState =
  /** A team's cloud is used, or none. */
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly pid: number }
  /** It ended or could not be started, and is tried again. */
  | { readonly kind: 'resting'; readonly problem: string }

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

/** Milliseconds. `first`: after the launcher is ready, so that whoever waits for it has the machine to himself. */
const TIMES = { first: 500, look: 1_000, end: 10_000 } as const
/** Answering is proof that it works: a server that then ends begins again with the shortest pause. */
const RULES: CircuitRules = { opensAfter: 6, backoffMs: [500, 1_000, 5_000, 15_000, 30_000], openMs: 300_000 }
const LONGEST_WORDS = 2_000
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
  let isClosed = false

  const look = (): void => {
    const isWanted = !isClosed && cloudServerOf(layout).kind === 'local'
    if (!isWanted) {
      if (child) child.stdin?.end()
      else state = { kind: 'off' }
      return
    }
    if (child || restMs(circuit, elapsed()) > 0) return
    if (existsSync(program.entry)) start()
    else rest(`its program ${program.entry} is missing; build it with: npm run build`)
  }

  function rest(problem: string): void {
    circuit = afterFailure(circuit, elapsed(), RULES)
    state = { kind: 'resting', problem }
    log.warn('cloud-resting', `The local cloud does not run: ${problem}`, { failures: circuit.failures })
  }

  function start(): void {
    state = { kind: 'starting' }
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
      state = { kind: 'running', pid: begun.pid! }
      log.info('cloud-running', 'The local cloud runs', { cloudPid: begun.pid })
    })
    const ended = (why: string) => {
      if (child !== begun) return
      child = undefined
      if (isClosed || begun.stdin.writableEnded) state = { kind: 'off' }
      else rest(words.trim() || why)
    }
    begun.once('error', (error) => ended(error.message))
    begun.once('exit', (code, signal) => ended(`it ended (${signal ?? code})`))
  }

  let timer = setTimeout(function again() {
    look()
    timer = setTimeout(again, TIMES.look).unref()
  }, TIMES.first).unref()

  return {
    state: () => state,
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
