import { Worker } from 'node:worker_threads'
import { refusal, Refused, type Refusal } from '../../../domain/failure/refusal.ts'
import type { LogDesk } from './log-desk.ts'

type Calls = Omit<LogDesk, 'close'>
type CallName = keyof Calls

/** What the thread is told: to do something, or that nobody waits for it any more. */
export type WorkerRequest = { id: number; call: CallName; ask: unknown } | { cancel: number; call?: never; ask?: never }
export type WorkerAnswer = { id: number } & ({ value: unknown } | { refusal: Refusal } | { failure: string })

/** Reads logs in a thread of its own, which is started when it is needed and ended when nobody reads any more. */
export type LogReader = Readonly<{
  /**
   * @throws {Refused} 'bad-usage' for a filter nobody can apply; 'timed-out' when the thread does not answer
   * @throws {DOMException} AbortError: `signal` aborted
   */
  call: <Name extends CallName>(
    name: Name,
    ask: Parameters<Calls[Name]>[0],
    signal?: AbortSignal,
  ) => Promise<Awaited<ReturnType<Calls[Name]>>>
  /** Ends the thread; what it was asked is refused. */
  close: () => void
}>

export type LogReaderRules = Readonly<{
  /** Longest time to an answer; a thread that takes longer hangs, and is ended, milliseconds. */
  longestMs: number
  /** Without a call for so long the thread ends, and its memory is free again, milliseconds. */
  idleMs: number
}>

export const LOG_READER_RULES: LogReaderRules = { longestMs: 20_000, idleMs: 120_000 }
/** Enough for a dozen views; more would be a mistake, and must not become the launcher's. */
const RESOURCES = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 }
const HERE = import.meta.url
/** Beside this file; bundled, beside the launcher. */
const PROGRAM = new URL(HERE.endsWith('.ts') ? './log-worker.ts' : './log-worker.mjs', HERE)

type Waiting = Readonly<{ resolve: (value: unknown) => void; reject: (error: unknown) => void; done: () => void }>

/** @param program what the thread runs */
export function openLogReader(rules: LogReaderRules = LOG_READER_RULES, program: URL = PROGRAM): LogReader {
  let worker: Worker | undefined
  let lastId = 0
  let idle: ReturnType<typeof setTimeout> | undefined
  const waiting = new Map<number, Waiting>()

  function end(why: unknown): void {
    const ended = worker
    worker = undefined
    clearTimeout(idle)
    for (const { reject, done } of waiting.values()) {
      done()
      reject(why)
    }
    waiting.clear()
    void ended?.terminate()
  }

  function start(): Worker {
    const started = new Worker(program, { name: 'log-reader', resourceLimits: RESOURCES, execArgv: [], env: {} })
    // It holds nothing that would be lost: whoever ends may end.
    started.unref()
    const isCurrent = () => worker === started
    started.on('message', (answer: WorkerAnswer) => isCurrent() && settle(answer))
    started.on('error', (error) => isCurrent() && end(new Error('the log reader failed', { cause: error })))
    started.on('exit', () => isCurrent() && end(new Error('the log reader ended')))
    return started
  }

  function settle(answer: WorkerAnswer): void {
    const call = waiting.get(answer.id)
    if (!call) return
    waiting.delete(answer.id)
    call.done()
    if ('refusal' in answer) call.reject(new Refused(answer.refusal))
    else if ('failure' in answer) call.reject(new Error(`the log reader failed: ${answer.failure}`))
    else call.resolve(answer.value)
    if (waiting.size === 0) rest()
  }

  function rest(): void {
    clearTimeout(idle)
    idle = setTimeout(() => waiting.size === 0 && end(new Error('idle')), rules.idleMs)
    idle.unref()
  }

  return {
    call(name, ask, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason as unknown)
      clearTimeout(idle)
      const thread = (worker ??= start())
      const id = ++lastId
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => end(new Refused(TOO_LONG)), rules.longestMs)
        const cancel = () => {
          waiting.delete(id)
          done()
          if (worker === thread) thread.postMessage({ cancel: id } satisfies WorkerRequest)
          if (waiting.size === 0) rest()
          reject(signal?.reason)
        }
        const done = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', cancel)
        }
        signal?.addEventListener('abort', cancel, { once: true })
        waiting.set(id, { resolve: resolve as Waiting['resolve'], reject, done })
        thread.postMessage({ id, call: name, ask } satisfies WorkerRequest)
      })
    },
    close: () => end(new Refused(CLOSED)),
  }
}

const TOO_LONG = refusal('timed-out', 'Reading the log takes too long.', 'Use a simpler search, or a smaller log.')
const CLOSED = refusal('timed-out', 'The launcher is ending.', 'Start it again, then read the log.')
