import type { Worker } from 'node:worker_threads'
import { PLUG_IN_LIMITS } from '../../domain/strategy/plug-in.ts'
import {
  newChannelMemory,
  openChannel,
  passTurn,
  readFailure,
  TURN,
  WORD,
  type Channel,
  type PlugInFailure,
  type PlugInStart,
} from './channel.ts'

/** A plug-in's thread, seen from the bot. */
export type PlugInThread = Readonly<{
  channel: Channel
  /** Why it goes on no more; undefined while it does. */
  failed(): PlugInFailure | undefined
  /**
   * Passes the turn and sleeps until the answer is there.
   *
   * @param budgetMs how long it may take; time in which this whole process stood still is not counted
   * @returns true when the answer is in the channel; false when the plug-in has failed
   */
  ask(question: number, run: number, budgetMs: number): boolean
  /** Sleeps until the thread has told what its file is. @returns false when it failed */
  waitUntilLoaded(): boolean
  /** The same, for who must not sleep. */
  loaded(): Promise<boolean>
  /** Stops it for good, for a reason found on this side. */
  fail(why: PlugInFailure): void
  /** Ends it; what it has told is in the log when the promise ends. */
  close(): Promise<void>
}>

export type ThreadOptions = Readonly<{
  /** The program a plug-in's thread runs: ours, not the plug-in. */
  program: string
  /** File of the plug-in, absolute. */
  entry: string
  /** What it wrote to standard output or error, as it came. */
  onOutput: (text: string) => void
  /** Told once, when the cause is sure: a little after `failed` knows it. */
  onFailed: (why: PlugInFailure) => void
  /** How long a thread that is well has to end by itself; milliseconds. */
  leaveMs?: number
}>

/** Looks at the memory before it sleeps: most answers are there at once, and sleeping costs ten times as much. */
const LOOKS = 500
/** The longest a single sleep may be taken for, milliseconds; more is time in which the process was stopped. */
const SLICE_MS = 25
/** How long a thread that is well may take to end by itself; a timer that a plug-in has set keeps it longer. */
const LEAVE_MS = 250
/** How long the end of a thread may take to become known. */
const END_MS = 1_000
const OUT_OF_MEMORY = `used more than its ${PLUG_IN_LIMITS.memoryMb} MB of memory`

/** Starts the thread of a plug-in. It has its own memory, no environment, and nothing of the bot but the channel. */
export function startPlugInThread({
  program,
  entry,
  onOutput,
  onFailed,
  leaveMs = LEAVE_MS,
}: ThreadOptions): PlugInThread {
  // Asked for here and not imported: bots without a plug-in don't pay for it.
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const memory = newChannelMemory()
  const channel = openChannel(memory)
  const { words } = channel
  let why: PlugInFailure | undefined
  let told = false
  let closing = false
  const worker: Worker = new Worker(program, {
    workerData: { memory, entry } satisfies PlugInStart,
    env: {},
    argv: [],
    execArgv: ['--no-addons', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
    resourceLimits: {
      maxOldGenerationSizeMb: PLUG_IN_LIMITS.memoryMb,
      maxYoungGenerationSizeMb: 4,
      stackSizeMb: 4,
    },
    stdout: true,
    stderr: true,
    name: 'strategy',
  })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  // The bot ends when it has nothing left to do, whatever its strategy would like.
  worker.unref()
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', onOutput)
  }

  const tell = () => {
    if (told || !why) return
    told = true
    onFailed(why)
  }
  const fail = (cause: PlugInFailure) => {
    if (why || closing) return
    why = cause
    void worker.terminate()
    // Whether it was slow or out of memory is known when its end is.
    void Promise.race([ended, delay(END_MS)]).then(tell)
  }
  const look = () => {
    const found = readFailure(channel)
    if (found) fail(found)
  }
  worker.on('message', look)
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const cause: PlugInFailure =
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? { code: 'memory', text: OUT_OF_MEMORY }
        : { code: 'threw', text: `failed: ${String(error.message)}` }
    if (why?.code === 'too-slow' && !told) why = cause
    fail(cause)
  })
  worker.on('exit', (code) => {
    look()
    fail({ code: 'exited', text: `ended its thread (exit code ${code})` })
  })

  /** @returns true when the turn has changed */
  const sleep = (turn: number, budgetMs: number): boolean => {
    for (let looks = 0; looks < LOOKS; looks++) if (Atomics.load(words, WORD.turn) !== turn) return true
    for (let left = budgetMs; left > 0;) {
      const began = performance.now()
      Atomics.wait(words, WORD.turn, turn, Math.min(left, SLICE_MS))
      // Only the turn tells: a thread that was held up wakes us late, for what it answered before.
      if (Atomics.load(words, WORD.turn) !== turn) return true
      // Both threads stood still while the computer slept or the process was stopped.
      left -= Math.min(performance.now() - began, 2 * SLICE_MS)
    }
    return false
  }
  const judge = (answered: boolean, what: string, budgetMs: number): boolean => {
    look()
    if (!why && !answered) fail({ code: 'too-slow', text: `did not ${what} within ${budgetMs} ms` })
    return why === undefined
  }

  return {
    channel,
    failed: () => why,
    ask(question, run, budgetMs) {
      look()
      if (why || closing) return false
      words[WORD.question] = question
      words[WORD.run] = run
      passTurn(channel, TURN.asked)
      return judge(sleep(TURN.asked, budgetMs), 'answer', budgetMs)
    },
    waitUntilLoaded: () => judge(sleep(TURN.booting, PLUG_IN_LIMITS.openMs), 'load', PLUG_IN_LIMITS.openMs),
    async loaded() {
      const message = new Promise<void>((resolve) => worker.once('message', () => resolve()))
      await Promise.race([message, ended, delay(PLUG_IN_LIMITS.openMs)])
      return judge(Atomics.load(words, WORD.turn) !== TURN.booting, 'load', PLUG_IN_LIMITS.openMs)
    },
    fail,
    async close() {
      // Whoever waits for it may have nothing else left to do, and would end in the middle.
      worker.ref()
      if (!why) {
        closing = true
        // Ending a thread from outside has crashed processes; one that is well ends by itself, in order.
        passTurn(channel, TURN.ending)
        await Promise.race([ended, delay(leaveMs)])
      }
      void worker.terminate()
      await Promise.race([ended, delay(END_MS)])
      // What it wrote last is delivered by the event loop.
      await new Promise((resolve) => setImmediate(resolve))
      tell()
    },
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
