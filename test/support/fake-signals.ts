import { openEventRing } from '../../src/apps/launcher/event-ring.ts'
import type { LiveEvent } from '../../src/contracts/launcher/live.ts'
import type { HeardSignal, SignalsState } from '../../src/contracts/launcher/signals.ts'

export function heardSignal(more: Partial<HeardSignal> = {}): HeardSignal {
  return {
    ...{ id: 1, at: '2026-11-20T12:00:05.000Z', symbolClass: 'us-equity-index', side: 'buy', strategy: 'vwap-bounce' },
    ...{ confidence: 0.7, source: 'live', accountId: null },
    ...more,
  }
}

/** What a launcher knows of signals, as a test says, and the stream that tells of it. */
export function fakeSignals(given: Partial<SignalsState> = {}) {
  let state: SignalsState = {
    ...{ cloud: 'local', listening: 'hearing', since: '2026-11-20T11:00:00.000Z', signals: [], sharing: [] },
    ...given,
  }
  let isDown = false
  const ring = openEventRing<LiveEvent>('run-1', 0, () => ({ type: 'signals' }))
  return {
    /** From now on the launcher knows this. */
    become(more: Partial<SignalsState>) {
      state = { ...state, ...more }
      ring.publish({ type: 'signals' })
    },
    fail() {
      isDown = true
      ring.publish({ type: 'signals' })
    },
    read(): SignalsState {
      if (isDown) throw new Error('down')
      return state
    },
    async *stream({ signal }: { signal?: AbortSignal | undefined }) {
      for await (const { event } of ring.read(undefined, signal)) yield event
    },
  }
}
