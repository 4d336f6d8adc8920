import { existsSync, statSync } from 'node:fs'
import { ensureInstallKey } from '../../../adapters/home/install-key.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { contributionOf, idempotencyKeyOf, readExperience } from '../../../adapters/outbox/contribution.ts'
import {
  openDeliveryBook,
  type DeliveryBook,
  type DueDelivery,
  type NewDelivery,
  type Sender,
  type Settlement,
} from '../../../adapters/outbox/delivery-book.ts'
import { wordsOf } from '../../../adapters/outbox/words.ts'
import { standsAt, type OutboxPlace } from '../../../adapters/outbox/place.ts'
import { outboxBehind, outboxPayload } from '../../../adapters/state-db/read-outbox.ts'
import { lookIntoState, type StateView } from '../../../adapters/state-db/read-only-state.ts'
import type { SaveTrade } from '../../../contracts/cloud/pool.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'
import type { OutboxEntry } from '../../../domain/account/account-store.ts'
import { rankOf, type DeliveryRules } from '../../../domain/experience/delivery.ts'

/** Rows taken in with one commit, and commits of one visit: the rest comes with the next. */
const SLICE = 500
const SLICES = 20
/** Settled rows that no outbox has any more are kept so long, for whoever asks what became of them. */
const KEPT_MS = 30 * 86_400_000

export type VisitContext = Readonly<{
  layout: HomeLayout
  sender: Sender
  rules: DeliveryRules
  now: () => number
  /** Told where a damaged book is now. */
  onDamage: (accountId: AccountId, folder: string) => void
}>

/** One row on its way, with what it says. */
export type Parcel = DueDelivery & Readonly<{ body: SaveTrade }>

export type Visit =
  | Readonly<{ kind: 'nothing' }>
  /** Another sender has the book. */
  | Readonly<{ kind: 'held' }>
  | Readonly<{
      kind: 'due'
      parcels: readonly Parcel[]
      /** Milliseconds until the next row is due; undefined: none waits that may be sent. */
      dueIn: number | undefined
      /** The last row that was taken in. */
      place: OutboxPlace | undefined
    }>

/**
 * Looks into an account's outbox, takes new rows into its book, and picks those to be sent now. All of it is done when
 * it returns: nothing is open while the network is waited for.
 *
 * @param most    rows to pick; 0 only takes in
 * @param withOwn rows of the user's own strategies too
 * @throws {Refused} state or book can't be read or written
 */
export function visitAccount(ctx: VisitContext, accountId: AccountId, most: number, withOwn: boolean): Visit {
  const { layout } = ctx
  return (
    lookIntoState<Visit>(layout, accountId, (state) => visit(ctx, accountId, state, most, withOwn)) ?? {
      kind: 'nothing',
    }
  )
}

function visit(ctx: VisitContext, accountId: AccountId, state: StateView, most: number, withOwn: boolean): Visit {
  // An account that never closed a trade needs no book.
  if (!existsSync(ctx.layout.deliveries(accountId)) && outboxBehind(state, 0, 1).length === 0)
    return { kind: 'nothing' }
  const book = openDeliveryBook(ctx.layout, accountId, ctx.now(), (folder) => ctx.onDamage(accountId, folder))
  try {
    const taken = takeInAll(ctx, book, state)
    if (taken === 'held') return { kind: 'held' }
    const isDue = most > 0 && book.dueIn(ctx.now(), withOwn) === 0
    const claimed = isDue ? book.claim(ctx.sender, ctx.now(), most, withOwn) : []
    if (!claimed) return { kind: 'held' }
    const { parcels, lost } = pack(claimed, state)
    const isDone = parcels.length === 0
    if (lost.length > 0 || (isDone && (isDue || taken === 'some'))) book.settle(ctx.sender, lost, ctx.now(), isDone)
    return { kind: 'due', parcels, dueIn: book.dueIn(ctx.now(), withOwn), place: book.place() }
  } finally {
    book.close()
  }
}

function takeInAll(ctx: VisitContext, book: DeliveryBook, state: StateView): 'held' | 'some' | 'none' {
  const { sender, now, rules } = ctx
  let place = book.place()
  // A restored state, or one that began anew: rows that are known already stay as they are.
  if (place && !standsAt(state, place)) {
    if (!book.forgetPlace(sender, now())) return 'held'
    place = undefined
  }
  for (let slice = 0; slice < SLICES; slice++) {
    const rows = outboxBehind(state, place?.seq ?? 0, SLICE)
    if (rows.length === 0) return slice === 0 ? 'none' : 'some'
    const installKey = ensureInstallKey(ctx.layout)
    if (
      !book.takeIn(
        sender,
        rows.map((row) => deliveryOf(row, installKey)),
        now(),
        rules.mostWaiting,
      )
    )
      return 'held'
    place = book.place()
    if (rows.length < SLICE) break
  }
  return 'some'
}

function deliveryOf(row: OutboxEntry, installKey: Buffer): NewDelivery {
  const { seq, kind, key } = row
  const experience = readExperience(row)
  const idempotencyKey = idempotencyKeyOf(installKey, row)
  const words = wordsOf(row)
  if (typeof experience !== 'string') {
    const { own, userId, source } = experience
    return { seq, kind, key, idempotencyKey, words, own, userId, rank: rankOf(experience.kind, source) }
  }
  // Rows of an earlier version can never be sent, and nobody can do anything about it.
  const state = kind === 'experience' ? ('dropped' as const) : ('parked' as const)
  return { seq, kind, key, idempotencyKey, words, own: false, userId: '', rank: 7, misfit: { state, why: experience } }
}

function pack(claimed: readonly DueDelivery[], state: StateView) {
  const parcels: Parcel[] = []
  const lost: Settlement[] = []
  for (const row of claimed) {
    const { kind, key } = row
    const payload = outboxPayload(state, kind, key)
    const experience = payload === undefined ? undefined : readExperience({ kind, payload })
    // The state was restored from before this trade: if the trade is made again, its row comes again.
    if (experience === undefined) lost.push({ kind, key, verdict: { state: 'gone' } })
    else if (typeof experience === 'string')
      lost.push({ kind, key, verdict: { state: 'parked', refusals: 0, note: experience } })
    else parcels.push({ ...row, body: contributionOf(experience, row.idempotencyKey) })
  }
  return { parcels, lost }
}

/** Writes down what came of parcels, and lets the book go. @throws {Refused} the book can't be written */
export function settleParcels(ctx: VisitContext, accountId: AccountId, settled: readonly Settlement[]): void {
  if (!existsSync(ctx.layout.state(accountId))) return
  const book = openDeliveryBook(ctx.layout, accountId, ctx.now(), (folder) => ctx.onDamage(accountId, folder))
  try {
    book.settle(ctx.sender, settled, ctx.now(), true)
  } finally {
    book.close()
  }
}

/** Forgets what was settled long ago and is in no outbox any more. */
export function trimBook(ctx: VisitContext, accountId: AccountId): void {
  if (!existsSync(ctx.layout.deliveries(accountId))) return
  lookIntoState(ctx.layout, accountId, (state) => {
    const book = openDeliveryBook(ctx.layout, accountId, ctx.now(), (folder) => ctx.onDamage(accountId, folder))
    try {
      const place = book.place()
      const isGone = (row: { kind: string; key: string; seq: number }) =>
        (place === undefined || row.seq < place.seq) && outboxPayload(state, row.kind, row.key) === undefined
      book.trim(ctx.sender, ctx.now(), ctx.now() - KEPT_MS, isGone)
      book.settle(ctx.sender, [], ctx.now(), true)
    } finally {
      book.close()
    }
  })
}

/** Change with every commit to an account's state and to its book: what has not changed need not be opened. */
export type Marks = Readonly<{ state: string; book: string }>

export function marksOf(layout: HomeLayout, accountId: AccountId): Marks {
  const marks = (file: string) => `${markOf(file)} ${markOf(`${file}-wal`)}`
  return { state: marks(layout.state(accountId)), book: marks(layout.deliveries(accountId)) }
}

/** True where nothing was added to the outbox since a place: the state changes with every bar, the outbox hardly ever. */
export function isAllTakenIn(layout: HomeLayout, accountId: AccountId, place: OutboxPlace | undefined): boolean {
  const found = lookIntoState(layout, accountId, (state) => {
    if (place && !standsAt(state, place)) return false
    return outboxBehind(state, place?.seq ?? 0, 1).length === 0
  })
  return found ?? true
}

function markOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.ino}:${found.size}:${found.mtimeMs}` : '-'
}
