import type { OutboxState } from '../../contracts/launcher/outbox.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { HomeLayout } from '../home/layout.ts'
import { outboxCount } from '../state-db/read-outbox.ts'
import { lookIntoState } from '../state-db/read-only-state.ts'
import { lookIntoBook } from './look-into-book.ts'
import { standsAt, type OutboxPlace } from './place.ts'

/** Rows put aside that are listed. */
const LISTED = 50

type Counted = Readonly<{
  waiting: number
  oldest: number | null
  withheld: number
  parked: number
  dropped: number
  delivered: number
  trouble: string | null
}>
type ParkedRow = Readonly<{ kind: string; key: string; note: string; attempts: number; settled_at: number }>

/**
 * Where the contributions of an account stand: what its bot has written, and what the book of deliveries says of it.
 *
 * @param today  local midnight, epoch ms
 * @param shared contributions go to a cloud that others learn from: those of the user's own strategies stay
 * @throws {Refused} state or book can't be read
 */
export function outboxOf(layout: HomeLayout, accountId: AccountId, today: number, shared: boolean): OutboxState {
  const none = { waiting: 0, oldest: null, withheld: 0, parked: 0, dropped: 0, delivered: 0, trouble: null }
  const book = lookIntoBook(layout, accountId, (db) => ({
    place: db.prepare('SELECT seq, kind, key, words FROM place').get() as OutboxPlace | undefined,
    counted: db
      .prepare(
        `SELECT count(*) FILTER (WHERE state = 'waiting' AND own <= @own) AS waiting,
           min(taken_in_at) FILTER (WHERE state = 'waiting' AND own <= @own) AS oldest,
           count(*) FILTER (WHERE state = 'waiting' AND own > @own) AS withheld,
           count(*) FILTER (WHERE state = 'parked') AS parked, count(*) FILTER (WHERE state = 'dropped') AS dropped,
           count(*) FILTER (WHERE state = 'delivered' AND settled_at >= @today) AS delivered,
           max(note) FILTER (WHERE state = 'waiting') AS trouble
         FROM deliveries`,
      )
      .get({ own: shared ? 0 : 1, today }) as Counted,
    rows: db
      .prepare(
        `SELECT kind, key, note, attempts, settled_at FROM deliveries WHERE state = 'parked' ORDER BY settled_at DESC, key LIMIT ?`,
      )
      .all(LISTED) as ParkedRow[],
  }))
  const { counted, rows, place } = book ?? { counted: none, rows: [], place: undefined }
  const unseen = lookIntoState(layout, accountId, (state) =>
    outboxCount(state, place && standsAt(state, place) ? place.seq : 0),
  )
  return {
    accountId,
    waiting: counted.waiting + (unseen ?? 0),
    oldestWaitingAt: isoOf(counted.oldest),
    withheld: counted.withheld,
    parked: counted.parked,
    parkedRows: rows.map(({ kind, key, note, attempts, settled_at }) => ({
      ...{ kind, tradeId: key, reason: note, attempts, since: new Date(settled_at).toISOString() },
    })),
    deliveredToday: counted.delivered,
    dropped: counted.dropped,
    lastTrouble: counted.trouble ?? '',
  }
}

function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
