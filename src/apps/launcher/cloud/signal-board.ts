import { PushEvent } from '../../../contracts/cloud/push.ts'
import type { LiveEvent } from '../../../contracts/launcher/live.ts'
import type { HeardSignal, SignalsState } from '../../../contracts/launcher/signals.ts'
import type { SharedSignal, SignalSource } from '../../../domain/signal/shared-signal.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { openEventRing, type EventRing } from '../event-ring.ts'
import type { CloudHearer } from './hear-cloud.ts'

/** What came of sharing one: the cloud's number of it where it took it. */
export type Shared = Readonly<{
  seq: number
  accountId: string
  signal: SharedSignal
  source: SignalSource
}>

/** The last signals of the chosen cloud, in memory: news are read when they come, or not at all. */
export type SignalBoard = Readonly<{
  hearer: CloudHearer
  /**
   * One of ours is on its way. What is heard until that has ended waits for it, because the cloud may tell of it before
   * it answers, and tells nobody whose it is.
   */
  sharing(): (shared: Shared | undefined) => void
  /** Told whenever there is something new to read. */
  ring: EventRing<LiveEvent>
  read(): Readonly<{ isHearing: boolean }> & Pick<SignalsState, 'since' | 'signals'>
  close(): void
}>

/** Most that are kept, and that are read in one second: a cloud that talks without end costs no more than that. */
export const MOST_SIGNALS = 200
const MOST_A_SECOND = 100
/** Readers are told at most this often, milliseconds. */
const TELL_MS = 250

type Known = Omit<HeardSignal, 'id' | 'accountId'> & Readonly<{ seq: number }>

/** @param origin names this run of the launcher */
export function openSignalBoard(origin: string, now: () => EpochMs, elapsed = () => performance.now()): SignalBoard {
  // A ring that holds nothing: whoever is behind is told once that there is something to read.
  const ring = openEventRing<LiveEvent>(origin, 0, () => ({ type: 'signals' }))
  const accountOf = new Map<number, string>()
  let held: (HeardSignal & Readonly<{ seq: number }>)[] = []
  let waiting: Known[] = []
  let onTheirWay = 0
  let count = 0
  let isHearing = false
  let since = now()
  let second = { began: Number.NEGATIVE_INFINITY, heard: 0 }
  let place = 0
  let timer: NodeJS.Timeout | undefined

  function tell(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      ring.publish({ type: 'signals' })
    }, TELL_MS).unref()
  }

  function show(known: Known): void {
    // A stream that resumes may tell twice, and of what we have seen arrive ourselves.
    if (held.some(({ seq }) => seq === known.seq)) return
    const signal = { ...known, id: ++count, accountId: accountOf.get(known.seq) ?? null }
    held = [signal, ...held].slice(0, MOST_SIGNALS)
    tell()
  }

  function showAll(): void {
    if (onTheirWay > 0) return
    for (const known of waiting.splice(0)) show(known)
  }

  function mayRead(): boolean {
    if (elapsed() - second.began >= 1_000) second = { began: elapsed(), heard: 0 }
    return ++second.heard <= MOST_A_SECOND
  }

  function hear(text: string): void {
    const known = mayRead() ? signalIn(text) : undefined
    if (!known) return
    waiting = [...waiting, known].slice(-MOST_SIGNALS)
    showAll()
  }

  function connected(isOpen: boolean): void {
    isHearing = isOpen
    tell()
  }

  /** What another cloud said is nothing to this one, and its numbers are others. */
  function moved(): void {
    place++
    held = []
    waiting = []
    accountOf.clear()
    since = now()
    isHearing = false
    tell()
  }

  return {
    hearer: { topic: 'signal', leased: true, moved, said: hear, connected },
    sharing() {
      const [began, sharedAt] = [place, now()]
      onTheirWay++
      return (shared) => {
        onTheirWay--
        if (shared && began === place) {
          const { seq, accountId, signal, source } = shared
          accountOf.set(seq, accountId)
          if (accountOf.size > MOST_SIGNALS) accountOf.delete(accountOf.keys().next().value!)
          const heard = waiting.some((one) => one.seq === seq)
          if (!heard) waiting.push({ seq, at: new Date(sharedAt).toISOString(), ...signal, source })
        }
        showAll()
      }
    },
    ring,
    read: () => ({
      isHearing,
      since: new Date(since).toISOString(),
      signals: held.map(({ seq: _numberOfTheCloud, ...signal }) => signal),
    }),
    close: () => clearTimeout(timer),
  }
}

/** @returns undefined for what is no signal: what a server says is not believed to be what it should */
function signalIn(text: string): Known | undefined {
  const event = PushEvent.safeParse(jsonOf(text)).data
  if (event?.topic !== 'signal') return undefined
  const { seq, at, payload } = event
  const { symbol_class: symbolClass, side, strategy, confidence, source = null } = payload
  return { seq, at: new Date(at).toISOString(), symbolClass, side, strategy, confidence, source }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
