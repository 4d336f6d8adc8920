import type { AccountId } from '../../domain/account/account-id.ts'
import type { OutboxEntry, OutboxKey } from '../../domain/account/account-store.ts'
import type { HomeLayout } from '../home/layout.ts'
import { lookIntoState, type StateView } from './read-only-state.ts'

/** What waits to be delivered; `oldestAt` in epoch ms. */
export type OutboxView = Readonly<{ waiting: number; oldestAt: number | undefined }>

const EMPTY: OutboxView = { waiting: 0, oldestAt: undefined }

/** @throws {Refused} the state can't be read */
export function readOutbox(layout: HomeLayout, accountId: AccountId): OutboxView {
  const found = lookIntoState(layout, accountId, ({ db }) =>
    db.prepare('SELECT count(*) AS waiting, min(created_at) AS oldest FROM outbox').get(),
  ) as { waiting: number; oldest: number | null } | undefined
  return found ? { waiting: found.waiting, oldestAt: found.oldest ?? undefined } : EMPTY
}

/** Rows behind a place, in the order they were written, at most so many. */
export function outboxBehind({ db }: StateView, seq: number, most: number): readonly OutboxEntry[] {
  return db
    .prepare('SELECT seq, kind, key, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?')
    .all(seq, most) as OutboxEntry[]
}

/** What a row says; undefined where it does not stand at this place. */
export function outboxPayloadAt({ db }: StateView, { seq, kind, key }: OutboxKey): string | undefined {
  return db.prepare('SELECT payload FROM outbox WHERE seq = ? AND kind = ? AND key = ?').pluck().get(seq, kind, key) as
    | string
    | undefined
}

/** What a row says; undefined where the outbox has it no more. */
export function outboxPayload({ db }: StateView, kind: string, key: string): string | undefined {
  return db.prepare('SELECT payload FROM outbox WHERE kind = ? AND key = ?').pluck().get(kind, key) as
    | string
    | undefined
}

/** How many rows stand behind a place, and how many there are. */
export function outboxCount({ db }: StateView, behind: number): number {
  return db.prepare('SELECT count(*) FROM outbox WHERE seq > ?').pluck().get(behind) as number
}
