import { addressOf } from '../../../adapters/cloud/cloud-for-start.ts'
import { ensureDeviceId } from '../../../adapters/home/device-id.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import type { PushTopic } from '../../../contracts/cloud/push.ts'
import type { CloudLink } from './cloud-link.ts'
import { heldLeases, leasesInTurn, type LeaseHolder } from './held-leases.ts'

/** Somebody here who wants to know what the chosen cloud tells without being asked. */
export type CloudHearer = Readonly<{
  topic: PushTopic
  /** A team's cloud tells of it to holders of a licence only: it is listened to while a live account here has a lease. */
  leased?: true
  /** Another cloud or another user than before, or none: what the former one said ends now. */
  moved?: () => void
  /** Something was told, or may have been while nobody listened. */
  news?: () => void
  /** What was told, as it came: to be judged by whoever reads it. */
  said?: (text: string) => void
  connected?: (isOpen: boolean) => void
}>

export type HearCloudParts = Readonly<{
  layout: HomeLayout
  link: Pick<CloudLink, 'server'>
  log: Pick<Log, 'warn'>
  /** A user of this installation; undefined while it has none, and then nobody needs to hear of anything at once. */
  userId: () => string | undefined
  /** Live accounts of this home. */
  holders: () => readonly LeaseHolder[]
  /** 0 ≤ draw < 1. */
  random: () => number
  /** How often it is seen that another cloud was chosen, or that the first account or lease has come, milliseconds. */
  lookMs?: number
}>

const LOOK_MS = 5_000

/** A stream for those who hear the same, as the same user. */
type Wanted = Readonly<{ userId: string; hearers: readonly CloudHearer[]; lease?: () => string | undefined }>

/**
 * What the chosen cloud says, for all who want to hear something of it, for as long as it is open: one stream, and at a
 * team's cloud one more for what only holders of a licence are told. So who loses his licence still hears the calendar.
 */
export function hearCloud(
  parts: HearCloudParts,
  hearers: readonly CloudHearer[],
): Readonly<{ close(): Promise<void> }> {
  const { layout, link, log, holders, random, lookMs = LOOK_MS } = parts
  const streams = new Map<string, () => void>()
  let heard = ''
  let isClosed = false

  function wantedAt(userId: string): readonly Wanted[] {
    if (link.server().kind !== 'team') return [{ userId, hearers }]
    const leased = hearers.filter((one) => one.leased)
    const open = { userId, hearers: hearers.filter((one) => !one.leased) }
    const held = (of: string) => heldLeases(layout, holders(), of)
    const holder = holders().find((one) => held(one.userId).length > 0)?.userId
    if (holder === undefined || leased.length === 0) return [open]
    return [open, { userId: holder, hearers: leased, lease: leasesInTurn(() => held(holder)) }]
  }

  async function listen(): Promise<void> {
    const user = parts.userId()
    const address = addressOf(link.server(), layout)
    const place = user === undefined || !address ? '' : JSON.stringify([user, address])
    const wanted = user === undefined || !address ? [] : wantedAt(user)
    const nameOf = (one: Wanted) => JSON.stringify([place, one.userId, one.hearers.map(({ topic }) => topic)])
    const names = wanted.map(nameOf)
    for (const [name, stop] of streams)
      if (!names.includes(name)) {
        streams.delete(name)
        stop()
      }
    if (place !== heard) {
      heard = place
      for (const { moved } of hearers) moved?.()
    }
    if (!address || names.every((name) => streams.has(name))) return
    const { listenPushes } = await import('../../../adapters/cloud/listen-pushes.ts')
    // Looked at anew while that was loaded.
    if (isClosed || place !== heard) return
    for (const one of wanted) if (!streams.has(nameOf(one))) begin(nameOf(one), one)

    function begin(name: string, { userId, hearers: ears, lease }: Wanted): void {
      // What ends after another was begun says nothing of that one.
      const isCurrent = () => streams.has(name) && !isClosed
      const tell = (isOpen: boolean) => ears.forEach(({ connected }) => connected?.(isOpen))
      const stop = listenPushes({
        ...{ address: address!, userId, deviceId: ensureDeviceId(layout), random },
        topics: ears.map(({ topic }) => topic),
        ...(lease ? { lease } : {}),
        onNews(topic) {
          for (const ear of ears) if (topic === 'all' || topic === ear.topic) ear.news?.()
        },
        onSaid(topic, text) {
          for (const ear of ears) if (topic === ear.topic) ear.said?.(text)
        },
        onConnection: (isOpen) => isCurrent() && tell(isOpen),
      })
      streams.set(name, () => {
        stop()
        if (!isClosed) tell(false)
      })
    }
  }

  const timer = setInterval(() => {
    listen().catch((error: unknown) => log.warn('push-not-heard', 'Nobody listens to the cloud', { error }))
  }, lookMs).unref()
  return {
    close: () => {
      isClosed = true
      clearInterval(timer)
      for (const stop of streams.values()) stop()
      return Promise.resolve()
    },
  }
}
