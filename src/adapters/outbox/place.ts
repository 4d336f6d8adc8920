import type { OutboxKey } from '../../domain/account/account-store.ts'
import { outboxPayloadAt } from '../state-db/read-outbox.ts'
import type { StateView } from '../state-db/read-only-state.ts'
import { wordsOf } from './words.ts'

/** How far an outbox was read: its row there, and a digest of what it says. */
export type OutboxPlace = OutboxKey & Readonly<{ words: string }>

/** True while the outbox has this very row at this place: it is the outbox that was read before, and went on. */
export function standsAt(state: StateView, place: OutboxPlace): boolean {
  const payload = outboxPayloadAt(state, place)
  return payload !== undefined && wordsOf({ payload }) === place.words
}
