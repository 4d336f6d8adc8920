import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What V8's collector is asked for. `last-resort` goes on until nothing more comes free, caches of code included. */
const CLEAN_UP = { type: 'major', execution: 'sync', flavor: 'last-resort' } as const
type CleanUp = (how: typeof CLEAN_UP) => void

/**
 * Opens a meter of the memory this thread holds, in bytes, after a clean-up.
 *
 * The collector is fetched once, at the first reading: the context it comes from weighs 160 KB, and one for each reading
 * would hide what a strategy keeps.
 */
export function openMemoryMeter(): () => number {
  let cleanUp: CleanUp | undefined
  return () => {
    cleanUp ??= fetchCollector()
    cleanUp(CLEAN_UP)
    const { used_heap_size, external_memory } = getHeapStatistics()
    return used_heap_size + external_memory
  }
}

function fetchCollector(): CleanUp {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as CleanUp
}
