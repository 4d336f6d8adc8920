import { addressOf } from '../../../adapters/cloud/cloud-for-start.ts'
import { ensureDeviceId } from '../../../adapters/home/device-id.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { keepCalendar, type CalendarKeeperParts } from './calendar-keeper.ts'

export type CloudCalendarParts = CalendarKeeperParts &
  Readonly<{
    layout: HomeLayout
    /** A user of this installation; undefined while it has none, and then nobody needs to hear of anything at once. */
    userId: () => string | undefined
  }>

/** How often it is seen that another cloud was chosen, or that the first account has come, milliseconds. */
const LOOK_MS = 5_000
/** A cloud that has much to say makes nobody ask more often than this, milliseconds. */
const NEWS_MS = 1_000

/** The calendar of the chosen cloud in this home: asked for from time to time, and at once when the cloud says that it has changed. */
export function keepCloudCalendar(parts: CloudCalendarParts): Readonly<{ close(): Promise<void> }> {
  const { layout, link, random, userId, log } = parts
  const keeper = keepCalendar(parts)
  let heard = ''
  let stop: (() => void) | undefined
  let isClosed = false
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: NodeJS.Timeout | undefined

  function onNews(): void {
    asking ??= setTimeout(
      () => {
        asking = undefined
        askedAt = performance.now()
        void keeper.refresh()
      },
      Math.max(0, askedAt + NEWS_MS - performance.now()),
    ).unref()
  }

  async function listen(): Promise<void> {
    const user = userId()
    const address = addressOf(link.server(), layout)
    const wanted = user === undefined || !address ? '' : JSON.stringify([user, address])
    if (wanted === heard) return
    heard = wanted
    // Another cloud, or none: what the former one said ends now.
    onNews()
    stop?.()
    stop = undefined
    if (user === undefined || !address) return
    const { listenPushes } = await import('../../../adapters/cloud/listen-pushes.ts')
    if (isClosed || wanted !== heard) return
    stop = listenPushes({
      ...{ address, userId: user, deviceId: ensureDeviceId(layout), topics: ['calendar'], random, onNews },
    })
  }

  const timer = setInterval(() => {
    listen().catch((error: unknown) => log.warn('push-not-heard', 'Nobody listens to the cloud', { error }))
  }, LOOK_MS).unref()
  return {
    async close() {
      isClosed = true
      clearInterval(timer)
      clearTimeout(asking)
      stop?.()
      await keeper.close()
    },
  }
}
