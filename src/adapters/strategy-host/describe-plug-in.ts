import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { z } from 'zod'
import type { Refusal } from '../../domain/failure/refusal.ts'
import { PLUG_IN_LIMITS, type StrategyDescription } from '../../domain/strategy/plug-in.ts'
import { bareEnvironment } from '../process/bare-environment.ts'
import { hearLastWords } from '../process/hear-last-words.ts'
import type { PlugInFile } from './find-plug-in.ts'
import { invalidPlugIn, namedAs } from './load-plug-in.ts'
import { PlugInLook } from './plug-in-look.ts'

/** How the process is started that looks at a plug-in. */
export type LookProgram = Readonly<{
  /** The pinned Node. */
  node: string
  /** Its program file (dist/plugin-look.mjs). */
  entry: string
  /** Our environment; nothing of it is handed on but what Windows needs to start a program at all. */
  env: Readonly<Record<string, string | undefined>>
}>

/** The longest one look may take, milliseconds: the plug-in's own time, and as much as a busy computer takes to start a process. */
const LOOK_MS = PLUG_IN_LIMITS.openMs + 15_000
/** Longer than any description. */
const MOST_BYTES = 1_048_576

type Seen = z.output<typeof PlugInLook>

/**
 * Reads what a plug-in says of itself, in a process that ends again: whatever the plug-in does to it costs this look only.
 *
 * @param deadlineMs then the process is killed
 * @returns the description, or `strategy-invalid` with what is wrong
 */
export async function describePlugIn(
  program: LookProgram,
  file: PlugInFile,
  deadlineMs = LOOK_MS,
): Promise<StrategyDescription | Refusal> {
  const look = await lookAt(program, file.entry, deadlineMs)
  return look.kind === 'failed' ? invalidPlugIn(file, look.text) : namedAs(file, look.description)
}

async function lookAt(program: LookProgram, plugIn: string, deadlineMs: number): Promise<Seen> {
  let child: ChildProcessByStdio<Writable, Readable, Readable>
  try {
    child = spawn(program.node, ['--v8-pool-size=1', program.entry, plugIn], {
      // It ends when its input does, so it does not outlive us.
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      env: bareEnvironment(program.env),
    })
  } catch (error) {
    return unseen(`could not be started (${(error as Error).message})`)
  }
  const streams = [child.stdin, child.stdout, child.stderr]
  for (const stream of streams) stream.on('error', () => undefined)
  const said: Buffer[] = []
  const lastWords = hearLastWords(child.stderr)
  const { promise: ended, resolve: end } = Promise.withResolvers<string>()
  const timer = setTimeout(() => end(`did not answer within ${deadlineMs} ms`), deadlineMs)
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MOST_BYTES) end(`said more than ${MOST_BYTES} bytes`)
    else said.push(chunk)
  })
  child.on('error', (error) => end(`could not be started (${error.message})`))
  // Not at 'exit': what it said last may still be in the pipe.
  child.once('close', (code, signal) => end(`ended (${signal ?? `exit code ${code}`}${lastWords()})`))
  const how = await ended
  clearTimeout(timer)
  child.kill('SIGKILL')
  for (const stream of streams) stream.destroy()
  return lastLook(Buffer.concat(said).toString('utf8')) ?? unseen(how)
}

/** How the process ended is of no matter once it has answered. */
function lastLook(said: string): Seen | undefined {
  for (const line of said.split('\n').toReversed()) {
    if (!line.startsWith('{')) continue
    try {
      const look = PlugInLook.safeParse(JSON.parse(line))
      if (look.success) return look.data
    } catch {
      // Not ours: what a plug-in has written past its thread, or half a line of a process that died.
    }
  }
  return undefined
}

function unseen(how: string): Seen {
  return { kind: 'failed', text: `could not be looked at: the process that loads it ${how}` }
}
