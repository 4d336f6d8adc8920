import type { LiveEvent } from '../../src/contracts/launcher/live.ts'
import { keepStreaming, type Occasion } from '../launcher/keep-streaming.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import type { Connection } from './connection.ts'

/** What is known of one topic; `get` gives the same object until it changes. */
export type Followed<S> = Readonly<{ get: () => S; subscribe: (listener: () => void) => () => void }>

/** How a topic's events become what is shown of it. */
export type TopicPlan<S> = Readonly<{ topic: string; initial: S; reduce: (state: S, event: LiveEvent) => S }>

export type LiveStream = Readonly<{
  connection: Followed<Connection>
  /**
   * What is known of a topic, followed as long as somebody is subscribed to it. All who follow one topic share one
   * state, made by the plan of the first.
   */
  follow: <S>(plan: TopicPlan<S>) => Followed<S>
  /** Keeps the stream open until `signal` aborts; what was seen stays. */
  run: (signal: AbortSignal) => Promise<void>
}>

/** `hasBegun`: the whole of it was told, so that it can be gone on with. */
type Held = { state: unknown; reduce: TopicPlan<unknown>['reduce']; users: number; hasBegun: boolean }

/** Milliseconds. Events that come within `together` are shown together, and the page changes at most every `pause`. */
const SHOW = { together: 10, pause: 50 } as const
/** A topic nobody follows any more is kept so long: whoever goes to and fro between two pages finds it as it was. */
const KEPT_MS = 1_500
/** The launcher says something every 2 s. */
const LONGEST_SILENCE_MS = 5_000

/** One stream for everything a page follows: browsers allow six connections to one address. */
export function openLiveStream(client: LauncherClient, now: () => number, doubts: Occasion): LiveStream {
  const topics = new Map<string, Held>()
  const listeners = new Set<() => void>()
  const changes = new Set<() => void>()
  let connection: Connection = { kind: 'connecting' }
  let shown: ReadonlyMap<string, unknown> = new Map()
  let shownConnection: Connection = connection
  let heardAt: number | undefined
  let shownAt = 0
  let showTimer: ReturnType<typeof setTimeout> | undefined
  let changeTimer: ReturnType<typeof setTimeout> | undefined
  let asked = ''

  function show(): void {
    // A clock that was set back must not hold the page up.
    const rest = Math.min(SHOW.pause, Math.max(SHOW.together, shownAt + SHOW.pause - now()))
    showTimer ??= setTimeout(() => {
      showTimer = undefined
      shownAt = now()
      shown = new Map([...topics].map(([topic, { state }]) => [topic, state]))
      shownConnection = connection
      for (const listener of listeners) listener()
    }, rest)
  }

  function connect(next: Connection): void {
    connection = next
    show()
  }

  /** Opens the stream again when what is followed is not what was asked for; many changes at once cost one. */
  function topicsChanged(): void {
    changeTimer ??= setTimeout(() => {
      changeTimer = undefined
      if (topicsText() !== asked) for (const change of changes) change()
    })
  }

  const topicsText = () => [...topics.keys()].toSorted().join(',')

  function follow<S>({ topic, initial, reduce }: TopicPlan<S>): Followed<S> {
    return {
      get: () => (shown.get(topic) ?? initial) as S,
      subscribe(listener) {
        const held = topics.get(topic) ?? {
          ...{ state: initial, reduce: reduce as Held['reduce'] },
          ...{ users: 0, hasBegun: false },
        }
        held.users += 1
        topics.set(topic, held)
        listeners.add(listener)
        topicsChanged()
        return () => {
          listeners.delete(listener)
          held.users -= 1
          setTimeout(() => {
            if (held.users > 0 || topics.get(topic) !== held) return
            topics.delete(topic)
            topicsChanged()
            show()
          }, KEPT_MS)
        }
      },
    }
  }

  function take(event: LiveEvent): void {
    const topic = topicOf(event)
    const held = topic === undefined ? undefined : topics.get(topic)
    if (!held) return
    held.hasBegun = true
    held.state = held.reduce(held.state, event)
    show()
  }

  return {
    connection: {
      get: () => shownConnection,
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    follow,
    async run(signal) {
      await keepStreaming<LiveEvent>(
        {
          open: ({ signal: ends, lastEventId, context }) => {
            asked = topicsText()
            const fresh = [...topics].flatMap(([topic, { hasBegun }]) => (hasBegun ? [] : [topic])).join(',')
            return client.live.stream({ topics: asked, fresh }, { signal: ends, lastEventId, context })
          },
          onOpen: () => connect({ kind: 'online' }),
          onEvent: take,
          onLost(why) {
            connect({ kind: 'stale', since: heardAt, why })
            return 'retry'
          },
          onHeard: () => {
            heardAt = now()
          },
          longestSilenceMs: LONGEST_SILENCE_MS,
          doubts,
          changes(listener) {
            changes.add(listener)
            return () => changes.delete(listener)
          },
          now,
        },
        signal,
      )
      // Nobody looks any more; whoever looks again must not take this for the present.
      connection = { kind: 'connecting' }
      shownConnection = connection
      for (const listener of listeners) listener()
    },
  }
}

function topicOf(event: LiveEvent): string | undefined {
  switch (event.type) {
    case 'beat':
      return undefined
    case 'fleet':
    case 'accounts':
      return 'fleet'
    case 'records':
    case 'lock':
      return `${event.type}:${event.accountId}`
    case 'log':
    case 'logs':
    case 'topic-ended':
      return event.topic
    default:
      return event.type
  }
}
