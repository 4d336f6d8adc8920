import { spawnDetached, type DetachedProgram, type HopWord } from './launcher/spawn-detached.ts'

// A utility process that starts the launcher. Chromium gives a utility process its standard descriptors and nothing
// else, while children of the main process would inherit its sockets, its profile files and its debugging port, and
// keep them for as long as bots trade.

/** The part of a utility process that the hop needs; Electron puts it on `process`. */
type ParentPort = Readonly<{
  once: (event: 'message', listener: (message: { data: DetachedProgram }) => void) => unknown
  postMessage: (word: HopWord) => void
}>

const { parentPort } = process as unknown as { parentPort: ParentPort }
const say = (word: HopWord) => parentPort.postMessage(word)

parentPort.once('message', ({ data }) => {
  try {
    const child = spawnDetached(data)
    child.once('spawn', () => say({ kind: 'started', pid: child.pid! }))
    child.once('error', (error) => say({ kind: 'failed', why: error.message }))
    child.once('exit', () => say({ kind: 'ended' }))
  } catch (error) {
    say({ kind: 'failed', why: (error as Error).message })
  }
})
