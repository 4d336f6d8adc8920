import { ZodError } from 'zod'
import { isDatabaseAway } from '../../../adapters/cloud-db/database-away.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import {
  listTroubledEvents,
  noteFailedTry,
  type TriedEvents,
  type TroubledEvent,
} from '../../../adapters/cloud-db/subscription-records.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import { misfitText } from '../../../contracts/misfit-text.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { processStripeEvent } from './process-event.ts'

/** An event that has failed so often, over two hours at least, will fail for ever: it waits for a person. */
export const MOST_TRIES = 8

export type TryParts = Readonly<{
  db: CloudDb
  push: { told(): void }
  log: Pick<Log, 'error'>
  now: () => EpochMs
}>

/**
 * Stored is stored: what goes wrong now is ours to try again, not Stripe's. Never fails.
 *
 * @returns whether it is done with
 */
export async function tryEvent(
  { db, push, log, now }: TryParts,
  id: string,
  tried: TriedEvents = 'waiting',
): Promise<boolean> {
  try {
    if (await processStripeEvent(db, id, now(), tried)) push.told()
    return true
  } catch (error) {
    log.error('stripe-event-failed', 'An event of Stripe could not be done with', {
      event: id,
      error,
    })
    // Says nothing of the event.
    if (isDatabaseAway(error)) return false
    const problem = `It could not be done with: ${whyOf(error)}`
    const isParked = await noteFailedTry(db, id, problem, MOST_TRIES, now()).catch(() => undefined)
    if (isParked)
      log.error('stripe-event-parked', 'An event of Stripe is not tried again: it has failed too often', { event: id })
    return false
  }
}

/**
 * Tries a parked event once more, because a person says so.
 *
 * @returns 'done', or the event with why it stays parked; undefined: it is not parked
 */
export async function retryParked(parts: TryParts, id: string): Promise<'done' | TroubledEvent | undefined> {
  const [before] = await listTroubledEvents(parts.db, { limit: 1, id })
  if (before?.state !== 'parked') return undefined
  await tryEvent(parts, id, 'parked')
  const [after] = await listTroubledEvents(parts.db, { limit: 1, id })
  return after ?? 'done'
}

/** Names places and kinds, never what stands there: an event is about people. */
function whyOf(error: unknown): string {
  if (!(error instanceof ZodError)) return `${error instanceof Error ? error.name : 'unknown'}; see the server's log.`
  const issue = error.issues[0]
  const place = (issue?.path ?? []).map((part) => (/^\w{1,40}$/.test(String(part)) ? String(part) : '…')).join('.')
  return `${place === '' ? 'the event' : place}: ${issue ? misfitText(issue) : 'it can not be read'}.`
}
