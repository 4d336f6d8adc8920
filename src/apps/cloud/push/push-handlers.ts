import { PUSH_TOPICS, readPushes, shareSignal, type PushTopic } from '../../../contracts/cloud/push.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { answers, cloudRefuse, type CloudCall, type CloudHandler } from '../cloud-call.ts'
import { rememberedStanding, type StandingSince } from '../licence/standing-licences.ts'
import type { PushDesk } from './push-desk.ts'
import { pushStream } from './push-stream.ts'

export type PushHandlerParts = Readonly<{
  desk: PushDesk
  /** `hosted`: strangers can reach it, so a user is who shows his lease. `embedded`: only this user's programs can. */
  deployment: 'embedded' | 'hosted'
  /** When a licence was made; undefined for one that does not stand. */
  licenceSince: StandingSince
  now: () => EpochMs
  /** Monotonic, milliseconds. */
  elapsed: () => number
  heartbeatMs?: number
}>

/**
 * Streams of one instance, and of one user: more would only be a leak in somebody's program. Who shows no lease is counted
 * by address, since anybody may call himself by another's user_id.
 */
const MOST_STREAMS = 5_000
const MOST_OF_ONE_USER = 50
const MOST_OF_ONE_ADDRESS = 200

/** The calendar is public; the rest is told on a hosted server to who shows that it is for him. */
const WHO_HEARS = {
  licence: 'News of a licence go to its user',
  signal: 'Signals are shared among holders of a licence',
} as const

export function pushHandlers(parts: PushHandlerParts): CloudHandler[] {
  const { desk, deployment, licenceSince, now, elapsed, heartbeatMs } = parts
  const remembered = rememberedStanding(licenceSince, elapsed)
  const streams = new Map<string, number>()
  let open = 0

  const subscribe = async (call: CloudCall, topics: readonly PushTopic[] | undefined): Promise<Response> => {
    const licensed = deployment === 'embedded' ? undefined : await licensedUser(call, licenceSince)
    // Known for a minute from now on: whose licence is revoked hears of it before the stream ends.
    if (licensed) await remembered(licensed.licenceId)
    const userId = deployment === 'embedded' ? call.userId : licensed?.userId
    const closed = userId === undefined && topics?.find((topic) => topic !== 'calendar')
    if (closed)
      cloudRefuse(
        'lease_invalid',
        `${WHO_HEARS[closed]}, and this request shows no lease of that user on a licence that stands.`,
        'Send the lease of an account in the header x-slipway-lease, or ask for the topic calendar alone.',
      )
    const [holder, most] =
      userId === undefined ? [`address ${call.address}`, MOST_OF_ONE_ADDRESS] : [`user ${userId}`, MOST_OF_ONE_USER]
    const held = streams.get(holder) ?? 0
    if (open >= MOST_STREAMS || held >= most)
      cloudRefuse(
        'unavailable',
        'Too many streams are open.',
        'Close streams that are not read any more, or try again in a minute.',
        60,
      )
    const after = lastEventId(call.header('last-event-id'))
    open++
    streams.set(holder, held + 1)
    const heard = topics ?? (userId === undefined ? (['calendar'] as const) : PUSH_TOPICS)
    const listener = { topics: new Set<PushTopic>(heard), userId }
    const serverTime = new Date(call.now).toISOString()
    const ended = (): void => {
      open--
      const left = (streams.get(holder) ?? 1) - 1
      if (left > 0) streams.set(holder, left)
      else streams.delete(holder)
    }
    return pushStream({
      desk,
      listener,
      after,
      signal: call.signal,
      serverTime,
      ended,
      ...(licensed ? { mayGoOn: () => stillStands(licensed, now, remembered) } : {}),
      ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    })
  }
  return [
    { route: readPushes, answer: (call, input: { topics?: readonly PushTopic[] }) => subscribe(call, input.topics) },
    answers(shareSignal, async (call, { user_id: _who, ...signal }) => {
      if (deployment === 'hosted' && (await licensedUser(call, licenceSince)) === undefined)
        cloudRefuse(
          'lease_invalid',
          'Signals are shared among holders of a licence, and this request shows no lease on one that stands.',
          'Send the lease of an account in the header x-slipway-lease.',
        )
      return { seq: await desk.publish('signal', signal, 'everyone') }
    }),
  ]
}

type Licensed = Readonly<{ userId: string; licenceId: string; until: EpochMs }>

/** Who shows a lease that still counts for something, on a licence that stands. */
async function licensedUser(
  { lease, userId, now }: CloudCall,
  licenceSince: StandingSince,
): Promise<Licensed | undefined> {
  if (lease?.user_id !== userId) return undefined
  const licensed: Licensed = { userId, licenceId: lease.licence_id, until: (lease.grace_until * 1_000) as EpochMs }
  return (await stillStands(licensed, () => now, licenceSince)) ? licensed : undefined
}

async function stillStands(
  { licenceId, until }: Licensed,
  now: () => EpochMs,
  licenceSince: StandingSince,
): Promise<boolean> {
  return now() < until && (await licenceSince(licenceId)) !== undefined
}

function lastEventId(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  return cloudRefuse('body_invalid', 'The header Last-Event-ID is not a number of this server.', 'Leave it out.')
}
