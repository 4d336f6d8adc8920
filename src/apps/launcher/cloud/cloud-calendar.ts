import { keepCalendar, type CalendarKeeperParts } from './calendar-keeper.ts'
import type { CloudHearer } from './hear-cloud.ts'

/** A cloud that has much to say makes nobody ask more often than this, milliseconds. */
const NEWS_MS = 1_000

/** The calendar of the chosen cloud in this home: asked for from time to time, and at once when the cloud says that it has changed. */
export function keepCloudCalendar(parts: CalendarKeeperParts): CloudHearer & Readonly<{ close(): Promise<void> }> {
  const keeper = keepCalendar(parts)
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: NodeJS.Timeout | undefined

  function look(): void {
    asking ??= setTimeout(
      () => {
        asking = undefined
        askedAt = performance.now()
        void keeper.refresh()
      },
      Math.max(0, askedAt + NEWS_MS - performance.now()),
    ).unref()
  }

  return {
    topic: 'calendar',
    // Another cloud, or none: what the former one said ends now.
    moved: look,
    news: look,
    async close() {
      clearTimeout(asking)
      await keeper.close()
    },
  }
}
