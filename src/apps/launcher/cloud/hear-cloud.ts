import { addressOf } from '../../../adapters/cloud/cloud-for-start.ts'
import { ensureDeviceId } from '../../../adapters/home/device-id.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import type { PushTopic } from '../../../contracts/cloud/push.ts'
import type { CloudLink } from './cloud-link.ts'

/** Somebody here who wants to know what the chosen cloud tells without being asked. */
export type CloudHearer = Readonly<{
  topic: PushTopic
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
  /** 0 ≤ draw < 1. */
  random: () => number
  /** How often it is seen that another cloud was chosen, or that the first account has come, milliseconds. */
  lookMs?: number
}>

const LOOK_MS = 5_000

/** One stream of the chosen cloud for all who want to hear something of it, for as long as it is open. */
export function hearCloud(
  parts: HearCloudParts,
  hearers: readonly CloudHearer[],
): Readonly<{ close(): Promise<void> }> {
  const { layout, link, log, userId, random, lookMs = LOOK_MS } = parts
  const topics = hearers.map(({ topic }) => topic)
  let heard = ''
  let stop: (() => void) | undefined
  let isClosed = false

  function onNews(topic: PushTopic | 'all'): void {
    for (const hearer of hearers) if (topic === 'all' || topic === hearer.topic) hearer.news?.()
  }

  async function listen(): Promise<void> {
    const user = userId()
    const address = addressOf(link.server(), layout)
    const wanted = user === undefined || !address ? '' : JSON.stringify([user, address])
    if (wanted === heard) return
    heard = wanted
    stop?.()
    stop = undefined
    for (const { moved } of hearers) moved?.()
    if (user === undefined || !address) return
    const { listenPushes } = await import('../../../adapters/cloud/listen-pushes.ts')
    if (isClosed || wanted !== heard) return
    // What ends after another was begun says nothing of that one.
    const isCurrent = () => wanted === heard && !isClosed
    stop = listenPushes({
      ...{ address, userId: user, deviceId: ensureDeviceId(layout), topics, random, onNews },
      onSaid(topic, text) {
        for (const hearer of hearers) if (topic === hearer.topic) hearer.said?.(text)
      },
      onConnection(isOpen) {
        if (isCurrent()) for (const { connected } of hearers) connected?.(isOpen)
      },
    })
  }

  const timer = setInterval(() => {
    listen().catch((error: unknown) => log.warn('push-not-heard', 'Nobody listens to the cloud', { error }))
  }, lookMs).unref()
  return {
    close: () => {
      isClosed = true
      clearInterval(timer)
      stop?.()
      return Promise.resolve()
    },
  }
}
