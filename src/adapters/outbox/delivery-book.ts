import { existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { OutboxKey } from '../../domain/account/account-store.ts'
import type { DeliveryVerdict } from '../../domain/experience/delivery.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import { moveFile } from '../file/held-files.ts'
import type { HomeLayout } from '../home/layout.ts'
import { openDurableDatabase, refusedBySqlite } from '../sqlite/open-database.ts'
import { BOOK_MIGRATIONS, bookRole } from './book-schema.ts'
import type { OutboxPlace } from './place.ts'

/** A row of the outbox as the book takes it in. */
export type NewDelivery = OutboxKey &
  Readonly<{
    rank: number
    own: boolean
    userId: string
    idempotencyKey: string
    /** Digest of what it says. */
    words: string
    /** Why it can't be sent; it is put aside at once. */
    misfit?: Readonly<{ state: 'parked' | 'dropped'; why: string }> | undefined
  }>

/** A row to be sent now. */
export type DueDelivery = Readonly<{
  kind: string
  key: string
  userId: string
  idempotencyKey: string
  refusals: number
}>

export type Settlement = Readonly<{ kind: string; key: string; verdict: DeliveryVerdict | Readonly<{ state: 'gone' }> }>

/**
 * What of one account's outbox has reached the cloud. Beside the outbox and not in it, because state.db has one writer,
 * the bot, whom nobody may keep waiting.
 *
 * Whoever sends holds it for a while (`until`); every write says who, and does nothing once somebody else holds it.
 */
export type DeliveryBook = Readonly<{
  /** The last row of the outbox that was taken in. */
  place(): OutboxPlace | undefined
  /**
   * Takes rows in that it does not know, and remembers the last as its place. Where more than `mostWaiting` wait then,
   * the least useful are given up.
   *
   * @returns false when somebody else holds the book
   */
  takeIn(sender: Sender, rows: readonly NewDelivery[], now: number, mostWaiting: number): boolean
  /** Forgets the place: the outbox is not the one it was, and is read from its beginning. */
  forgetPlace(sender: Sender, now: number): boolean
  /**
   * The most useful rows that are due.
   *
   * @param withOwn rows of the user's own strategies too
   * @returns undefined when somebody else holds the book
   */
  claim(sender: Sender, now: number, most: number, withOwn: boolean): readonly DueDelivery[] | undefined
  /**
   * Writes down what came of rows; holds the book no longer where the sender is `done`. Somebody else may have settled a
   * row meanwhile: that the cloud has it is true whoever heard it, anything else is old news then.
   */
  settle(sender: Sender, settled: readonly Settlement[], now: number, done: boolean): boolean
  /** Milliseconds until the next row is due, 0: now; undefined: none waits that may be sent. */
  dueIn(now: number, withOwn: boolean): number | undefined
  /** Forgets rows that were settled before `before` and that no outbox has any more. @returns how many */
  trim(sender: Sender, now: number, before: number, isGone: (row: OutboxKey) => boolean): number
  close(): void
}>

/** Who sends, and how long it holds the book without a word. */
export type Sender = Readonly<{ owner: string; leaseMs: number }>

/** Beyond any wait of ours: a row that is due later was written down before the clock went back. Milliseconds. */
const FARTHEST_MS = 3_600_000
/** Settled rows looked at in one trim. */
const TRIM_MOST = 500

/**
 * Opens the book, or begins one. One that is damaged goes to quarantine and a new one begins: everything is sent again,
 * and the cloud answers `duplicate`.
 *
 * @param onDamage told where the damaged one is now
 * @throws {Refused} state-newer, disk-full, home-read-only
 */
export function openDeliveryBook(
  layout: HomeLayout,
  accountId: AccountId,
  now: number,
  onDamage: (folder: string) => void,
): DeliveryBook {
  try {
    return open(layout, accountId)
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'state-corrupt') throw error
    onDamage(quarantine(layout, accountId, now))
    return open(layout, accountId)
  }
}

function quarantine(layout: HomeLayout, accountId: AccountId, now: number): string {
  const path = layout.deliveries(accountId)
  const stamp = new Date(now).toISOString().replace(/[:.]/g, '-')
  const folder = join(layout.quarantine, `${accountId}-deliveries-${stamp}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const part of ['', '-wal', '-shm'].map((suffix) => path + suffix))
    if (existsSync(part)) moveFile(part, join(folder, basename(part)))
  return folder
}

function open(layout: HomeLayout, accountId: AccountId): DeliveryBook {
  const role = bookRole(layout, accountId)
  const db = openDurableDatabase(role, BOOK_MIGRATIONS, false)
  const hold = db.prepare(
    `INSERT INTO sender (id, owner, until) VALUES (1, @owner, @until)
     ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, until = excluded.until
     WHERE owner = excluded.owner OR until <= @now OR until > @now + 2 * @leaseMs`,
  )
  const letGo = db.prepare('DELETE FROM sender WHERE owner = ?')
  const place = db.prepare('SELECT seq, kind, key, words FROM place')
  const setPlace = db.prepare(
    `INSERT INTO place (id, seq, kind, key, words) VALUES (1, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, kind = excluded.kind, key = excluded.key, words = excluded.words`,
  )
  const insert = db.prepare(
    `INSERT INTO deliveries (kind, key, seq, rank, own, user_id, idempotency_key, words, state, attempts, refusals, next_at,
       taken_in_at, settled_at, note)
     VALUES (@kind, @key, @seq, @rank, @own, @userId, @idempotencyKey, @words, @state, 0, 0, 0, @now, @settledAt, @note)
     ON CONFLICT (kind, key) DO UPDATE SET seq = excluded.seq`,
  )
  // An account that began anew may name another trade as it named one before.
  const knownWords = db.prepare('SELECT words FROM deliveries WHERE kind = ? AND key = ?').pluck()
  const waiting = db.prepare(`SELECT count(*) FROM deliveries WHERE state = 'waiting'`).pluck()
  const giveUp = db.prepare(
    `UPDATE deliveries SET state = 'dropped', settled_at = ?, note = 'too many were waiting' WHERE (kind, key) IN
       (SELECT kind, key FROM deliveries WHERE state = 'waiting' ORDER BY rank DESC, seq LIMIT ?)`,
  )
  const due = db.prepare(
    `SELECT kind, key, user_id AS userId, idempotency_key AS idempotencyKey, refusals FROM deliveries
     WHERE state = 'waiting' AND (next_at <= @now OR next_at > @now + ${FARTHEST_MS}) AND own <= @own ORDER BY rank, seq LIMIT @most`,
  )
  const next = db.prepare(`SELECT min(next_at) FROM deliveries WHERE state = 'waiting' AND own <= ?`).pluck()
  const settleRow = db.prepare(
    `UPDATE deliveries SET state = @state, attempts = attempts + 1, refusals = @refusals, next_at = @nextAt, settled_at = @settledAt, note = @note
     WHERE kind = @kind AND key = @key AND (state = 'waiting' OR @state = 'delivered')`,
  )
  const forget = db.prepare(`DELETE FROM deliveries WHERE kind = ? AND key = ? AND state = 'waiting'`)
  const remove = db.prepare('DELETE FROM deliveries WHERE kind = ? AND key = ?')
  const settledBefore = db.prepare(
    `SELECT seq, kind, key FROM deliveries WHERE state IN ('delivered', 'dropped') AND settled_at < ? LIMIT ?`,
  )

  /** In one commit, and only while nobody else holds the book. */
  function held<T>({ owner, leaseMs }: Sender, now: number, work: () => T): T | undefined {
    try {
      return db
        .transaction(() => {
          if (hold.run({ owner, until: now + leaseMs, now, leaseMs }).changes === 0) return undefined
          return work()
        })
        .immediate()
    } catch (error) {
      throw refusedBySqlite(error, role)
    }
  }

  function put({ misfit, own, ...row }: NewDelivery, now: number): void {
    const words = knownWords.get(row.kind, row.key)
    if (words !== undefined && words !== row.words) remove.run(row.kind, row.key)
    insert.run({
      ...row,
      ...{ own: own ? 1 : 0, now, state: misfit?.state ?? 'waiting', settledAt: misfit ? now : null },
      note: misfit?.why ?? '',
    })
  }

  function write({ kind, key, verdict }: Settlement, now: number): void {
    if (verdict.state === 'gone') {
      forget.run(kind, key)
      return
    }
    const isWaiting = verdict.state === 'waiting'
    settleRow.run({
      ...{ kind, key, state: verdict.state, note: verdict.note, settledAt: isWaiting ? null : now },
      refusals: 'refusals' in verdict ? verdict.refusals : 0,
      nextAt: isWaiting ? verdict.nextAt : 0,
    })
  }

  return {
    place: () => place.get() as OutboxPlace | undefined,
    takeIn: (sender, rows, now, mostWaiting) =>
      held(sender, now, () => {
        for (const row of rows) put(row, now)
        const last = rows.at(-1)
        if (last) setPlace.run(last.seq, last.kind, last.key, last.words)
        const tooMany = (waiting.get() as number) - mostWaiting
        if (tooMany > 0) giveUp.run(now, tooMany)
        return true
      }) ?? false,
    forgetPlace: (sender, now) =>
      held(sender, now, () => {
        db.exec('DELETE FROM place')
        return true
      }) ?? false,
    claim: (sender, now, most, withOwn) =>
      held(sender, now, () => due.all({ now, own: withOwn ? 1 : 0, most }) as DueDelivery[]),
    settle: (sender, settled, now, done) =>
      held(sender, now, () => {
        for (const one of settled) write(one, now)
        if (done) letGo.run(sender.owner)
        return true
      }) ?? false,
    dueIn: (now, withOwn) => {
      const at = next.get(withOwn ? 1 : 0) as number | null
      if (at === null) return undefined
      return at > now + FARTHEST_MS ? 0 : Math.max(0, at - now)
    },
    trim: (sender, now, before, isGone) =>
      held(sender, now, () => {
        const old = (settledBefore.all(before, TRIM_MOST) as OutboxKey[]).filter(isGone)
        for (const { kind, key } of old) remove.run(kind, key)
        return old.length
      }) ?? 0,
    close: () => db.close(),
  }
}
