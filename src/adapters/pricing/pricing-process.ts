import { spawn, type ChildProcess } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { LONGEST_PRICING_LINE } from '../../contracts/pricing-protocol.ts'
import { bareEnvironment } from '../process/bare-environment.ts'
import { hearLastWords } from '../process/hear-last-words.ts'
import { splitLines } from '../process/split-lines.ts'

/** What is started, and what of the disk it may read: its own code. */
export type PricingProgram = Readonly<{
  /** The pinned Node. */
  node: string
  /** The service's program file. */
  entry: string
  /** Environment of the bot; nothing of it is handed on but what Windows needs to start a program at all. */
  env: Readonly<Record<string, string | undefined>>
  /** Folders it may read; the entry's own where left out. Everything else of the disk is closed to it. */
  mayRead?: readonly string[]
}>

export type PricingProcess = Readonly<{
  /** undefined where it could not even be started. */
  pid: number | undefined
  /** Bytes written to it that it has not taken yet. */
  backlog: () => number
  write: (line: string) => void
  /** Ends it at once; nothing of it is heard any more. */
  kill: () => void
}>

export type PricingProcessEvents = Readonly<{
  line: (line: string) => void
  /** It said more in one line than any answer is long. */
  tooLong: () => void
  /** It ended, or never began; `why` is half a sentence. */
  ended: (why: string) => void
}>

/**
 * A heap that holds the longest question many times over, one helper thread, and no disk, no children, no threads, no
 * addons: mathematics needs none of them.
 */
const NODE_OPTIONS = ['--max-old-space-size=64', '--max-semi-space-size=4', '--v8-pool-size=1', '--permission']
/** Starts one pricing process. Never throws: what cannot be started has ended. */
export function startPricingProcess(program: PricingProgram, events: PricingProcessEvents): PricingProcess {
  let heard = true
  const end = (why: string) => {
    if (!heard) return
    heard = false
    events.ended(why)
  }
  let child: ChildProcess
  try {
    child = spawn(program.node, [...NODE_OPTIONS, ...readable(program), program.entry], {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      cwd: dirname(program.entry),
      env: bareEnvironment(program.env),
    })
  } catch (error) {
    queueMicrotask(() => end(`could not be started (${textOf(error)})`))
    return { pid: undefined, backlog: () => 0, write: () => undefined, kill: () => (heard = false) }
  }
  child.on('error', (error) => end(`could not be started (${textOf(error)})`))
  const { stdin, stdout, stderr } = child
  const lastWords = hearLastWords(stderr)
  // Not at 'exit': what it said last may still be in the pipe.
  child.once('close', (code, signal) => end(`ended (${signal ?? `exit code ${code}`}${lastWords()})`))
  stdin?.on('error', () => undefined) // It has ended: its exit says why.
  stdout?.on(
    'data',
    splitLines(
      LONGEST_PRICING_LINE,
      (line) => heard && events.line(line),
      () => heard && events.tooLong(),
    ),
  )
  // It must never be what keeps a bot alive.
  child.unref()
  for (const stream of [stdin, stdout, stderr] as ({ unref?: () => void } | null)[]) stream?.unref?.()
  return {
    pid: child.pid,
    backlog: () => stdin?.writableLength ?? 0,
    write: (line) => void stdin?.write(`${line}\n`),
    kill: () => {
      heard = false
      child.kill('SIGKILL')
      for (const stream of [stdin, stdout, stderr]) stream?.destroy()
    },
  }
}

function readable({ entry, mayRead }: PricingProgram): string[] {
  const folders = mayRead ?? [dirname(entry)]
  // Node asks for a file by its real name.
  return [...new Set(folders.flatMap((folder) => [folder, realNameOf(folder)]))].map(
    (folder) => `--allow-fs-read=${folder}`,
  )
}

function realNameOf(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
