import type { CloudAsk } from '../../../adapters/cloud/ask.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { askDelivery } from '../../../adapters/outbox/ask-delivery.ts'
import type { Settlement } from '../../../adapters/outbox/delivery-book.ts'
import type { OutboxPlace } from '../../../adapters/outbox/place.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'
import {
  DELIVERY_RULES,
  judgeDelivery,
  restAfter,
  type DeliveryAnswer,
  type DeliveryRules,
} from '../../../domain/experience/delivery.ts'
import { Refused } from '../../../domain/failure/refusal.ts'
import {
  isAllTakenIn,
  marksOf,
  settleParcels,
  trimBook,
  visitAccount,
  type Marks,
  type Parcel,
  type VisitContext,
} from './delivery-round.ts'

/** How often accounts are looked at for new trades, and one that can't be read is tried again. Milliseconds. */
const LOOK_MS = 5_000
const TROUBLE_MS = 30_000
const SHORTEST_MS = 50
const MINUTE = 60_000
const DAY = 86_400_000

export interface DeliveryLog {
  info(event: string, message: string, fields?: Record<string, unknown>): void
  warn(event: string, message: string, fields?: Record<string, unknown>): void
}

export type DeliveryParts = Readonly<{
  layout: HomeLayout
  /** Every account with a folder, a removed one too. */
  accounts: () => readonly AccountId[]
  /** The cloud to send to; undefined while none is chosen. `shared`: others learn from it. */
  cloud: () => Readonly<{ ask: CloudAsk; shared: boolean }> | undefined
  /** Signed lease of an account, where it has one: what it contributes then counts as its licence's. */
  leaseOf?: (accountId: AccountId) => string | undefined
  /** Names this run of the launcher. */
  instanceId: string
  /** Wall time, and a clock that is never set. */
  now: () => number
  elapsed?: () => number
  /** 0 ≤ draw < 1. */
  random: () => number
  log: DeliveryLog
  rules?: DeliveryRules
}>

export type Delivery = Readonly<{
  /** One turn of every account that has something to send. @returns milliseconds after which another is worth it */
  round(): Promise<number>
  /** Goes on by itself until closed. */
  start(): void
  /** Something has changed: looks now. */
  nudge(): void
  /** Ends what is being sent; what was not answered is sent again later. */
  close(): Promise<void>
}>

/** How an account stood after its last visit: there is nothing to do before `due` unless its files change. */
type Seen = { marks: Marks; place: OutboxPlace | undefined; due: number; trouble: string; trimmedAt: number }

/**
 * Delivers the outboxes of all accounts of a home: the one sender. A row leaves its book only when the cloud has said that
 * it has it; whatever else happens it is sent again, under the same name.
 *
 * Accounts take turns of a few rows each, so that one with a thousand keeps nobody waiting.
 */
export function openDelivery(parts: DeliveryParts): Delivery {
  const { layout, now, log, rules = DELIVERY_RULES, elapsed = () => performance.now() } = parts
  const visits: VisitContext = {
    ...{ layout, rules, now, sender: { owner: parts.instanceId, leaseMs: rules.leaseMs } },
    onDamage: (accountId, folder) =>
      log.warn('deliveries-damaged', `The book of deliveries of ${accountId} was damaged and begins anew`, { folder }),
  }
  const ended = new AbortController()
  /** Until when nothing is sent: of all, and of one user. */
  let restUntil = Number.NEGATIVE_INFINITY
  let failures = 0
  const resting = new Map<string, { until: number; failures: number }>()
  /** Until when the cloud takes no more of a user with the lease that was shown, or without one: others go on. */
  const full = new Map<string, number>()
  /** When rows of a user were sent within the last minute. */
  const paces = new Map<string, number[]>()
  /** The lease of an account that the cloud would not take: of another cloud, or signed with a key that is gone. */
  const refusedLeases = new Map<AccountId, string>()
  const seen = new Map<AccountId, Seen>()
  let turn = 0
  let running: Promise<void> | undefined
  let wake: (() => void) | undefined

  async function round(): Promise<number> {
    const accounts = parts.accounts()
    const first = accounts.length === 0 ? 0 : turn++ % accounts.length
    let soonest = LOOK_MS
    for (const accountId of [...accounts.slice(first), ...accounts.slice(0, first)]) {
      if (ended.signal.aborted) break
      soonest = Math.min(soonest, await visit(accountId))
    }
    for (const accountId of seen.keys()) if (!accounts.includes(accountId)) seen.delete(accountId)
    return Math.max(SHORTEST_MS, soonest)
  }

  /** @returns milliseconds after which the account is worth another visit */
  async function visit(accountId: AccountId): Promise<number> {
    const before = seen.get(accountId)
    const isTrimDue = !before || elapsed() - before.trimmedAt >= DAY
    const next = (waitMs: number, trouble: string, place: OutboxPlace | undefined): number => {
      const trimmedAt = isTrimDue ? elapsed() : before.trimmedAt
      seen.set(accountId, { marks: marksOf(layout, accountId), place, due: elapsed() + waitMs, trouble, trimmedAt })
      return waitMs
    }
    try {
      if (before && before.due > elapsed() && isAsItWas(accountId, before)) return before.due - elapsed()
      if (isTrimDue) trimBook(visits, accountId)
      const { waitMs, place } = await send(accountId)
      return next(waitMs, '', place)
    } catch (error) {
      const { message, nextStep } =
        error instanceof Refused ? error.refusal : { message: String(error), nextStep: 'It is tried again by itself.' }
      if (before?.trouble !== message)
        log.warn('delivery-trouble', `Contributions of ${accountId} can't be sent: ${message}`, { nextStep })
      return next(TROUBLE_MS, message, before?.place)
    }
  }

  function isAsItWas(accountId: AccountId, before: Seen): boolean {
    const marks = marksOf(layout, accountId)
    if (marks.book !== before.marks.book) return false
    if (marks.state === before.marks.state) return true
    // What can't be read now is not read more often for that.
    if (before.trouble !== '' || !isAllTakenIn(layout, accountId, before.place)) return before.trouble !== ''
    before.marks = marks
    return true
  }

  async function send(accountId: AccountId): Promise<{ waitMs: number; place: OutboxPlace | undefined }> {
    const cloud = parts.cloud()
    const rest = restUntil - elapsed()
    const most = !cloud || rest > 0 ? 0 : rules.batch
    const found = visitAccount(visits, accountId, most, cloud?.shared === false)
    if (found.kind === 'nothing') return { waitMs: LOOK_MS, place: undefined }
    if (found.kind === 'held') return { waitMs: rules.leaseMs / 2, place: undefined }
    const { parcels, dueIn, place } = found
    const { settled, waitMs } = cloud ? await deliver(cloud.ask, accountId, parcels) : { settled: [], waitMs: 0 }
    if (parcels.length > 0) settleParcels(visits, accountId, settled)
    tellParked(accountId, settled)
    if (!cloud || dueIn === undefined) return { waitMs: LOOK_MS, place }
    return { waitMs: Math.max(0, waitMs, rest, dueIn), place }
  }

  /** One after another, until one of them is a reason to wait. */
  async function deliver(ask: CloudAsk, accountId: AccountId, parcels: readonly Parcel[]) {
    const settled: Settlement[] = []
    let waitMs = 0
    const kept = parts.leaseOf?.(accountId)
    // A bot that runs has brought a new one meanwhile. Else nobody will: then it counts as its user's, as without a licence.
    const lease = kept === refusedLeases.get(accountId) ? undefined : kept
    const startedAt = elapsed()
    for (const { kind, key, userId, refusals, body } of parcels) {
      waitMs = waitOf(userId, lease)
      // The rest waits for the next turn: by then somebody else may hold the book.
      if (waitMs > 0 || ended.signal.aborted || elapsed() - startedAt > rules.leaseMs - 2 * rules.askMs) break
      pace(userId)
      const answer = await askDelivery(ask, body, { signal: ended.signal, budgetMs: rules.askMs, lease, userId })
      if (ended.signal.aborted && answer.kind === 'silent') break
      if (answer.kind === 'unwelcome' && answer.byLease && lease !== undefined) refusedLeases.set(accountId, lease)
      const verdict = judgeDelivery(answer, { refusals }, now(), parts.random(), rules)
      settled.push({ kind, key, verdict })
      waitMs = note(answer, userId, lease)
      if (waitMs > 0) break
    }
    return { settled, waitMs }
  }

  /** @returns how long to wait because of this answer */
  function note(answer: DeliveryAnswer, userId: string, lease: string | undefined): number {
    if (answer.kind === 'full') {
      const waitMs = restAfter(answer, 1, parts.random(), rules)
      for (const [who, until] of full) if (until <= elapsed()) full.delete(who)
      full.set(senderOf(userId, lease), elapsed() + waitMs)
      return waitMs
    }
    const isUsers = answer.kind === 'unwelcome' || answer.kind === 'wait'
    const before = isUsers ? (resting.get(userId)?.failures ?? 0) : failures
    const waitMs = restAfter(answer, before + 1, parts.random(), rules)
    if (waitMs === 0) {
      failures = 0
      resting.delete(userId)
    } else if (isUsers) resting.set(userId, { until: elapsed() + waitMs, failures: before + 1 })
    else {
      failures = before + 1
      restUntil = elapsed() + waitMs
    }
    return waitMs
  }

  /** How long rows of a user must wait: the cloud said so, or enough of them left within the last minute. */
  function waitOf(userId: string, lease: string | undefined): number {
    const told = Math.max(resting.get(userId)?.until ?? 0, full.get(senderOf(userId, lease)) ?? 0) - elapsed()
    const sent = (paces.get(userId) ?? []).filter((at) => elapsed() - at < MINUTE)
    paces.set(userId, sent)
    const paced = sent.length < rules.perMinute ? 0 : MINUTE - (elapsed() - sent[sent.length - rules.perMinute]!)
    return Math.max(0, told, paced)
  }

  const senderOf = (userId: string, lease: string | undefined) => JSON.stringify([userId, lease])

  function pace(userId: string): void {
    paces.set(userId, [...(paces.get(userId) ?? []), elapsed()])
  }

  function tellParked(accountId: AccountId, settled: readonly Settlement[]): void {
    for (const { kind, verdict } of settled)
      if (verdict.state === 'parked')
        log.warn('contribution-parked', `The cloud would not take a contribution of ${accountId} (${verdict.note})`, {
          kind,
          nextStep: `See it with "slipway cloud outbox"; send it again with "slipway cloud retry ${accountId}".`,
        })
  }

  async function run(): Promise<void> {
    while (!ended.signal.aborted) {
      const waitMs = await round().catch((error: unknown) => {
        log.warn('delivery-failed', 'Sending contributions failed; it is tried again', { error })
        return TROUBLE_MS
      })
      await pause(waitMs)
    }
  }

  function pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    timer.unref()
    wake = resolve
    if (ended.signal.aborted) resolve()
    return promise.finally(() => clearTimeout(timer))
  }

  return {
    round,
    start: () => void (running ??= run()),
    nudge() {
      for (const one of seen.values()) one.due = Number.NEGATIVE_INFINITY
      wake?.()
    },
    async close() {
      ended.abort()
      wake?.()
      await running
    },
  }
}
