import type { Kysely } from 'kysely'
import type { CloudTables } from '../../../adapters/cloud-db/tables/tables.ts'
import type { PushEvent, PushPayload, PushTopic } from '../../../contracts/cloud/push.ts'

/** All who listen, or one user on all of their devices. */
export type Audience = 'everyone' | Readonly<{ userId: string }>

/** A listener's view: what it is told of, and as whom. */
export type PushListener = Readonly<{
  topics: ReadonlySet<PushTopic>
  /** User whose lease was shown; undefined hears nothing that is meant for one user. */
  userId: string | undefined
  /** @returns false: it can hold no more, and is dropped */
  hear: (event: PushEvent) => boolean
}>

/** Tells subscribers of every instance. What was told is kept for a while, so that one who was away can catch up. */
export interface Push {
  /**
   * Writes it down, then tells. Give the transaction of the change it tells of as `within`: then it is told if and only if
   * the change is stored (call `told()` after the commit; without it the others hear within seconds).
   */
  publish<Topic extends PushTopic>(
    topic: Topic,
    payload: PushPayload<Topic>,
    audience: Audience,
    within?: Kysely<CloudTables>,
  ): Promise<number>
  /** After the commit of a transaction that published. */
  told(): void
}
