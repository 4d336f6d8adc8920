import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { z } from 'zod'
import type { Refusal } from '../../domain/failure/refusal.ts'
import { PLUG_IN_LIMITS, type StrategyDescription } from '../../domain/strategy/plug-in.ts'
import { splitLines } from '../process/split-lines.ts'
import { bareEnvironment } from '../process/bare-environment.ts'
import { hearLastWords } from '../process/hear-last-words.ts'
import type { PlugInFile } from './find-plug-in.ts'
import { invalidPlugIn, namedAs } from './load-plug-in.ts'
import { PlugInLook } from './plug-in-look.ts'

/** How the process is started that looks at plug-ins. */
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
/** Plug-ins that one process is given: their paths must go into one command, which Windows keeps short. */
const MOST_TOGETHER = 20

type Seen = z.output<typeof PlugInLook>
type Described = StrategyDescription | Refusal

/** `describePlugIns` of one. */
export async function describePlugIn(program: LookProgram, file: PlugInFile, deadlineMs?: number): Promise<Described> {
  const [described] = await describePlugIns(program, [file], deadlineMs)
  return described!
}

/**
 * Reads what plug-ins say of themselves, in a process that ends again: whatever a plug-in does to it costs the look at
 * this one only.
 *
 * @param deadlineMs for each of them; then the process is killed
 * @returns in their order: the description, or `strategy-invalid` with what is wrong
 */
export async function describePlugIns(
  program: LookProgram,
  files: readonly PlugInFile[],
  deadlineMs = LOOK_MS,
): Promise<readonly Described[]> {
  const described: Described[] = []
  while (described.length < files.length) {
    const rest = files.slice(described.length, described.length + MOST_TOGETHER)
    const { looks, how } = await lookAt(program, rest, deadlineMs)
    const unseen = rest.findIndex(({ entry }) => !looks.has(entry))
    for (const file of unseen < 0 ? rest : rest.slice(0, unseen)) described.push(judge(file, looks.get(file.entry)!))
    // Whoever comes later may only have suffered for the one before it, and is looked at again.
    if (unseen === 0)
      described.push(invalidPlugIn(rest[0]!, `could not be looked at: the process that loads it ${how}`))
  }
  return described
}

function judge(file: PlugInFile, look: Seen): Described {
  return look.kind === 'failed' ? invalidPlugIn(file, look.text) : namedAs(file, look.description)
}

/** @returns what was said of them, by their files, and how the process ended */
async function lookAt(program: LookProgram, files: readonly PlugInFile[], deadlineMs: number) {
  const looks = new Map<string, Seen>()
  let child: ChildProcessByStdio<Writable, Readable, Readable>
  try {
    child = spawn(program.node, ['--v8-pool-size=1', program.entry, ...files.map(({ entry }) => entry)], {
      // It ends when its input does, so it does not outlive us.
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      env: bareEnvironment(program.env),
    })
  } catch (error) {
    return { looks, how: `could not be started (${(error as Error).message})` }
  }
  const streams = [child.stdin, child.stdout, child.stderr]
  for (const stream of streams) stream.on('error', () => undefined)
  const lastWords = hearLastWords(child.stderr)
  const { promise: ended, resolve: end } = Promise.withResolvers<string>()
  const timer = setTimeout(() => end(`did not answer within ${deadlineMs} ms`), deadlineMs)
  const hear = (line: string) => {
    const look = lookIn(line)
    if (!look) return
    looks.set(look.entry, look)
    timer.refresh()
  }
  child.stdout.on(
    'data',
    splitLines(MOST_BYTES, hear, () => end(`said more than ${MOST_BYTES} bytes`)),
  )
  child.on('error', (error) => end(`could not be started (${error.message})`))
  // Not at 'exit': what it said last may still be in the pipe.
  child.once('close', (code, signal) => end(`ended (${signal ?? `exit code ${code}`}${lastWords()})`))
  const how = await ended
  clearTimeout(timer)
  child.kill('SIGKILL')
  for (const stream of streams) stream.destroy()
  return { looks, how }
}

/** @returns undefined for a line that is not ours: what a plug-in has written past its thread, half a line of a dying process */
function lookIn(line: string): Seen | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return PlugInLook.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
