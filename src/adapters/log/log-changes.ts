import { statSync, watch, type FSWatcher } from 'node:fs'
import { logFilesIn } from './log-files.ts'
import type { LogRef } from './reader/open-views.ts'

/** Longest time until a change is seen, milliseconds. */
const POLL_MS = 500
/** Lines written within this time are told together. */
const SETTLE_MS = 60

/**
 * Whose logs have grown, were rotated or changed, as they do, until `signal` aborts. The first answer names all, so that
 * whoever begins to listen reads once more.
 */
export async function* logChanges(logs: readonly LogRef[], signal: AbortSignal): AsyncGenerator<readonly string[]> {
  const seen = new Map<LogRef, string>()
  const waker = openWaker(logs, signal)
  try {
    while (!signal.aborted) {
      const changed = new Set<string>()
      for (const log of logs) {
        const now = stateOf(log)
        if (seen.get(log) !== now) changed.add(log.id)
        seen.set(log, now)
      }
      if (changed.size > 0) yield [...changed]
      await waker.wait()
    }
  } finally {
    waker.close()
  }
}

/** Which files there are, and how long the newest is: all others are finished. */
function stateOf({ folder, prefix }: LogRef): string {
  const files = logFilesIn(folder, (log) => log.startsWith(prefix))
  const info = files.length === 0 ? undefined : statSync(files.at(-1)!, { throwIfNoEntry: false, bigint: true })
  return info ? `${files.length} ${info.ino} ${info.size}` : String(files.length)
}

function openWaker(logs: readonly LogRef[], signal: AbortSignal) {
  let wake = (): void => undefined
  let isChanged = false
  const notice = (): void => {
    isChanged = true
    wake()
  }
  const watchers = new Map<string, FSWatcher>()
  const watchAll = (): void => {
    for (const folder of new Set(logs.map((log) => log.folder))) {
      if (watchers.has(folder)) continue
      try {
        // Of a folder that is not there yet we hear by looking again.
        const watcher = watch(folder, { persistent: false }, notice)
        watcher.on('error', () => {
          watcher.close()
          watchers.delete(folder)
        })
        watchers.set(folder, watcher)
      } catch {
        continue
      }
    }
  }
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (signal.aborted || isChanged) wake()
    })
  signal.addEventListener('abort', notice)
  return {
    async wait(): Promise<void> {
      watchAll()
      await pause(POLL_MS)
      if (isChanged && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
      isChanged = false
    },
    close(): void {
      signal.removeEventListener('abort', notice)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}
