import type { FleetEvent } from '../../src/contracts/fleet.ts'
import { keepStreaming } from '../launcher/keep-streaming.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { applyEvent, type FleetView } from './fleet-view.ts'

export type FleetWatch = Readonly<{
  get: () => FleetView
  subscribe: (listener: () => void) => () => void
  /** Watches until `signal` aborts; what was seen stays. */
  watch: (signal: AbortSignal) => Promise<void>
}>

/** Events that come within this time are shown together, milliseconds: a click is answered at once. */
const TOGETHER_MS = 20
/** The page changes at most this often, milliseconds: a hundred trading bots tell something every few milliseconds. */
const SHORTEST_PAUSE_MS = 250

/** The fleet as the launcher tells of it, live, with how fresh that is. */
export function watchFleet(client: LauncherClient, now: () => number): FleetWatch {
  const listeners = new Set<() => void>()
  let view: FleetView = { connection: { kind: 'connecting' }, accounts: undefined }
  let shown = view
  let timer: ReturnType<typeof setTimeout> | undefined
  let shownAt = 0
  let heardAt: number | undefined

  function show(next: FleetView): void {
    view = next
    const pause = Math.max(TOGETHER_MS, shownAt + SHORTEST_PAUSE_MS - now())
    timer ??= setTimeout(
      () => {
        timer = undefined
        shown = view
        shownAt = now()
        for (const listener of listeners) listener()
      },
      // A clock that was set back must not hold the page up.
      Math.min(pause, SHORTEST_PAUSE_MS),
    )
  }

  return {
    get: () => shown,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    watch: (signal) =>
      keepStreaming<FleetEvent>(
        {
          open: ({ signal: ends, lastEventId, context }) =>
            client.events(undefined, { signal: ends, lastEventId, context }),
          onOpen: () => show({ ...view, connection: { kind: 'online' } }),
          onEvent: (event) => show({ ...view, accounts: applyEvent(view.accounts, event) }),
          onLost(why) {
            show({ ...view, connection: { kind: 'stale', since: heardAt, why } })
            return 'retry'
          },
          onHeard: () => {
            heardAt = now()
          },
        },
        signal,
      ),
  }
}
