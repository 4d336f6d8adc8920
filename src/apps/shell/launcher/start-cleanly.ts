import type { Electron } from '../electron.ts'
import { spawnDetached, type DetachedProgram, type HopWord } from './spawn-detached.ts'

export type StartedProgram = Readonly<{
  pid: number
  /** Resolves if it ends while we still look. */
  ended: Promise<void>
  /** Ends the looking; the program goes on. */
  leave: () => void
}>

export type CleanStart = (program: DetachedProgram) => Promise<StartedProgram>

/** How long the hop may take to answer, milliseconds. */
const HOP_MS = 20_000

/**
 * How programs that outlive us are started: through a utility process on Linux and Windows, whose table of descriptors is
 * clean; directly on macOS, where the main process's own are closed in its children.
 *
 * @param hop file of the hop program
 */
export function cleanStart(
  { utilityProcess }: Pick<Electron, 'utilityProcess'>,
  platform: NodeJS.Platform,
  hop: string,
): CleanStart {
  return platform === 'darwin' ? startDirectly : (program) => startThroughHop(utilityProcess, hop, program)
}

function startDirectly(program: DetachedProgram): Promise<StartedProgram> {
  const child = spawnDetached(program)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => resolve({ pid: child.pid!, ended, leave: () => undefined }))
  })
}

function startThroughHop(
  utilityProcess: Electron['utilityProcess'],
  hop: string,
  program: DetachedProgram,
): Promise<StartedProgram> {
  const child = utilityProcess.fork(hop, [], {
    serviceName: 'Slipway start',
    stdio: 'ignore',
    env: program.env,
  })
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  return new Promise((resolve, reject) => {
    const leave = () => void child.kill()
    const fail = (why: string) => {
      clearTimeout(timer)
      leave()
      reject(new Error(why))
    }
    const timer = setTimeout(() => fail('the helper process did not answer'), HOP_MS)
    child.on('message', (word: HopWord) => {
      clearTimeout(timer)
      if (word.kind === 'started') resolve({ pid: word.pid, ended, leave })
      else if (word.kind === 'ended') end()
      else fail(word.why)
    })
    child.on('exit', () => fail('the helper process ended'))
    child.postMessage(program)
  })
}
