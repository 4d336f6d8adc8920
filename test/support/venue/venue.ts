import { randomUUID } from 'node:crypto'
import { minorOf } from './books.ts'
import { openChance } from './chance.ts'
import { Exchange } from './exchange.ts'
import { openFaultPlan, type Fault } from './fault-plan.ts'
import { StreamDoor } from './stream-door.ts'
import { openTimeLine } from './time-line.ts'
import { changeSettings, VenueSettings } from './venue-settings.ts'
import { viewOf } from './views.ts'

/** A request that waits at the venue until somebody lets it go. */
export type HeldRequest = Readonly<{
  call: string
  where: Fault['where']
  clientOrderId: string | undefined
  go: () => void
}>

/** One life of the venue: from a start or reset to the next. Everything in it is drawn from one seed. */
export function openVenue(seed: number, change: unknown) {
  const startedAt = performance.now()
  const elapsed = () => performance.now() - startedAt
  const timers = new Set<NodeJS.Timeout>()
  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, ms)
    timers.add(timer)
  }
  let settings = changeSettings(VenueSettings.parse({}), change)
  const timeLine = openTimeLine(elapsed)
  // Each part draws for itself: a fault switched on in one does not change what another does.
  const exchange = new Exchange({
    chance: openChance(seed),
    ...{ timeLine, elapsed, later, settings: () => settings },
    onReport: (report) => stream.tell(report),
  })
  const stream: StreamDoor = new StreamDoor({
    chance: openChance(seed ^ 0x5eed),
    ...{ timeLine, later, settings: () => settings, reports: () => exchange.reports },
  })
  stream.epoch = randomUUID()
  const openingCash = minorOf(settings.account.cash, settings.account.currencyDigits)
  const held: HeldRequest[] = []
  return {
    exchange,
    stream,
    timeLine,
    elapsed,
    later,
    held,
    faults: openFaultPlan(openChance(seed ^ 0xfa17)),
    chance: openChance(seed ^ 0x1a7e),
    settings: () => settings,
    change(next: unknown): void {
      settings = changeSettings(settings, next)
      timeLine.note('settings', { change: next })
    },
    view: () => viewOf(exchange, elapsed() - settings.visibilityLagMs, openingCash),
    close(): void {
      for (const timer of timers) clearTimeout(timer)
      for (const { go } of held.splice(0)) go()
      stream.close()
    },
  }
}

export type Venue = ReturnType<typeof openVenue>
