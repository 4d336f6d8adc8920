import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { LogFound, LogPlace, LogRow, LogWindow } from '../../src/contracts/launcher/logs.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import type { LiveStream } from '../live/live-stream.ts'
import { followLogs } from './follow-logs.ts'
import type { LogFind, LogQuery } from './log-choice.ts'
import { openRowStore } from './row-store.ts'

/** How much of a log is known, and how fresh that is. A new object whenever anything about it or its rows changes. */
export type LogRowsState = Readonly<{
  /** `paused`: the launcher is not heard. `refused`: it can't do what was asked. */
  phase: 'reading' | 'live' | 'paused' | 'refused'
  why: RefusalShape | undefined
  /** Rows there are; while `isComplete` is false only the last ones are known, and numbered from 0. */
  total: number
  isComplete: boolean
  /** Share of the files that has been read, 0 to 1. */
  read: number
}>

export type LogRows = Readonly<{
  get: () => LogRowsState
  subscribe: (listener: () => void) => () => void
  /** A row that is known; undefined until it has come. */
  at: (row: number) => LogRow | undefined
  /** These rows are in sight: what is not known of them is asked for. */
  show: (first: number, last: number) => void
  /** The rows themselves, asked for where they are not known. */
  rows: (first: number, count: number, signal?: AbortSignal) => Promise<readonly LogRow[]>
  /** The number of the row at a place; undefined where there is none. */
  find: (place: LogPlace) => Promise<number | undefined>
  search: (find: LogFind, from: number | undefined, direction: 'next' | 'previous') => Promise<LogFound>
  /** Keeps up with the logs until `signal` aborts. */
  run: (signal: AbortSignal) => Promise<void>
}>

/** Failures that pass by themselves; any other is an answer. */
const PASSING: readonly string[] = ['launcher-unreachable', 'timed-out', 'internal', 'unauthorized']
const BLOCK = 200
const MOST_AT_ONCE = 1_000
const AGAIN_MS = 1_000
const FIRST_WAIT_MS = 40
const WAIT_MS = 400
const BEGINNING: LogRowsState = { phase: 'reading', why: undefined, total: 0, isComplete: false, read: 0 }

export function openLogRows(client: LauncherClient, live: LiveStream, query: LogQuery): LogRows {
  const store = openRowStore()
  const listeners = new Set<() => void>()
  const asking = new Set<number>()
  let state = BEGINNING
  /** The last rows, as long as their numbers are not known. */
  let tail: readonly LogRow[] = []
  let ends = new AbortController()

  function change(next: Partial<LogRowsState>): void {
    state = { ...state, ...next }
    for (const listener of listeners) listener()
  }

  function fail(error: unknown): void {
    if (ends.signal.aborted) return
    const why = describeFailure(error)
    change({ phase: PASSING.includes(why.code) ? 'paused' : 'refused', why })
  }

  const ask = (
    place: LogPlace,
    count: number,
    more: { signal?: AbortSignal; before?: number; waitMs?: number } = {},
  ) => {
    const { signal = ends.signal, ...rest } = more
    return client.logs.window({ ...query, place, count, ...rest }, { signal })
  }

  function take(answer: LogWindow): void {
    const read = answer.size === 0 ? 1 : answer.scanned / answer.size
    if (answer.isComplete) {
      store.take(answer)
      tail = []
      change({ phase: 'live', why: undefined, total: answer.total, isComplete: true, read: 1 })
    } else if (state.isComplete) change({ phase: 'live', why: undefined, read })
    else {
      if (answer.rows.length > 0) tail = answer.rows
      change({ phase: 'live', why: undefined, total: tail.length, read })
    }
  }

  /** Reads on until the launcher knows all there is. */
  async function catchUp(): Promise<void> {
    // The end of a long log is shown before the log is read; then answers may take their time.
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = WAIT_MS) {
      const answer = await ask({ at: 'end' }, BLOCK, { waitMs })
      take(answer)
      if (answer.isComplete) return
    }
  }

  function load(block: number): void {
    if (asking.has(block)) return
    asking.add(block)
    void ask({ at: 'row', row: block * BLOCK }, BLOCK)
      .then((answer) => {
        // Of another log by now: the next look at its end begins anew.
        if (store.add(answer)) change({})
      })
      .catch(fail)
      .finally(() => asking.delete(block))
  }

  async function run(signal: AbortSignal): Promise<void> {
    ends = new AbortController()
    const stop = () => ends.abort()
    signal.addEventListener('abort', stop, { once: true })
    let wake: () => void = () => undefined
    let isStale = true
    const notice = () => {
      isStale = true
      wake()
    }
    const follower = {
      onChange: notice,
      onLost: (why: RefusalShape) => change({ phase: 'paused', why }),
      onRefused: (why: RefusalShape) => change({ phase: 'refused', why }),
    }
    followLogs(live, query.ids, follower, signal)
    ends.signal.addEventListener('abort', () => wake())
    while (!signal.aborted) {
      isStale = false
      const hasFailed = await catchUp().then(
        () => false,
        (error: unknown) => (fail(error), true),
      )
      if (state.phase === 'refused') return
      if (isStale && !hasFailed) continue
      await new Promise<void>((resolve) => {
        wake = resolve
        if (signal.aborted) resolve()
        if (hasFailed) setTimeout(resolve, AGAIN_MS)
      })
    }
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    at: (row) => (state.isComplete ? store.at(row) : tail[row]),
    show(first, last) {
      if (!state.isComplete || state.phase === 'refused') return
      const end = Math.min(last, state.total - 1)
      for (let row = Math.max(0, first); row <= end; row++) {
        if (store.at(row)) continue
        load(Math.floor(row / BLOCK))
        row = (Math.floor(row / BLOCK) + 1) * BLOCK - 1
      }
    },
    async rows(first, count, signal = ends.signal) {
      if (!state.isComplete) return tail.slice(first, first + count)
      const found: LogRow[] = []
      while (found.length < count) {
        const row = first + found.length
        const known = store.at(row)
        if (known) {
          found.push(known)
          continue
        }
        const { rows } = await ask({ at: 'row', row }, Math.min(MOST_AT_ONCE, count - found.length), { signal })
        if (rows.length === 0) break
        found.push(...rows)
      }
      return found
    },
    async find(place) {
      for (;;) {
        const answer = await ask(place, BLOCK, { before: BLOCK / 2 })
        take(answer)
        if (answer.isComplete) return answer.total === 0 ? undefined : (answer.anchor ?? undefined)
      }
    },
    async search(find, from, direction) {
      for (;;) {
        const { find: _, ...wanted } = query
        const found = await client.logs.find(
          { ...wanted, find, direction, ...(from === undefined ? {} : { from }) },
          { signal: ends.signal },
        )
        if (found.isComplete) return found
        change({ read: found.size === 0 ? 1 : found.scanned / found.size })
      }
    },
    run,
  }
}
