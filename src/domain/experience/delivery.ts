import { fullJitterMs, type BackoffRules } from '../failure/backoff.ts'
import type { ExperienceKind, ExperienceSource } from './experience.ts'

/** All times are milliseconds. */
export type DeliveryRules = Readonly<{
  /** Times a server may turn a row down before it is put aside for a person to see. */
  parkAfter: number
  /** Between two tries of a row that was turned down, and between two tries of a server that gives no answer. */
  refused: BackoffRules
  silent: BackoffRules
  /** Between two tries of a server that turns down whoever asks, whatever it is: a person has to do something. */
  unwelcome: BackoffRules
  /** Rows of one account that may wait; beyond that the least useful are given up. */
  mostWaiting: number
  /** Rows of one account that are sent before the next account has its turn. */
  batch: number
  /** Rows of one user in any minute: far fewer than a server allows, so that bots may ask it beside. */
  perMinute: number
  /** How long a sender may be silent before another may take its place. */
  leaseMs: number
  /** How long one row may take. */
  askMs: number
}>

export const DELIVERY_RULES: DeliveryRules = {
  parkAfter: 5,
  refused: { baseMs: 2_000, capMs: 300_000 },
  silent: { baseMs: 2_000, capMs: 120_000 },
  unwelcome: { baseMs: 60_000, capMs: 900_000 },
  mostWaiting: 20_000,
  batch: 10,
  perMinute: 60,
  leaseMs: 40_000,
  askMs: 15_000,
}

/** What came of one try to deliver a row. */
export type DeliveryAnswer =
  | Readonly<{ kind: 'stored' | 'duplicate' }>
  /** The row itself is what the server would not take; `forGood`: nor ever will. */
  | Readonly<{ kind: 'refused'; forGood: boolean; why: string }>
  /** Who asks is not welcome; `byLease`: with the lease that was shown. */
  | Readonly<{ kind: 'unwelcome'; byLease?: true; why: string }>
  /** Not now, as the server or the way to it said. */
  | Readonly<{ kind: 'wait'; ms: number; why: string }>
  /** No more of this sender today, with the lease that was shown or without one. */
  | Readonly<{ kind: 'full'; ms: number; why: string }>
  /** No answer: it may be stored or not. */
  | Readonly<{ kind: 'silent'; why: string }>

/** What becomes of a row. */
export type DeliveryVerdict =
  | Readonly<{ state: 'delivered'; note: string }>
  | Readonly<{ state: 'waiting'; refusals: number; nextAt: number; note: string }>
  | Readonly<{ state: 'parked'; refusals: number; note: string }>

/**
 * What a try means for the row. Only a server that has looked at the row and would not take it counts against it: a row
 * is sent again for ever where there was no answer, because nobody knows whether it is stored, and the server knows it
 * by its key.
 *
 * @param refusals how often the row was turned down before
 * @param random   0 ≤ random < 1
 */
export function judgeDelivery(
  answer: DeliveryAnswer,
  { refusals }: Readonly<{ refusals: number }>,
  now: number,
  random: number,
  rules: DeliveryRules = DELIVERY_RULES,
): DeliveryVerdict {
  switch (answer.kind) {
    case 'stored':
    case 'duplicate':
      return { state: 'delivered', note: answer.kind }
    case 'refused': {
      const count = refusals + 1
      if (answer.forGood || count >= rules.parkAfter) return { state: 'parked', refusals: count, note: answer.why }
      const nextAt = now + rules.refused.baseMs + fullJitterMs(count, rules.refused, random)
      return { state: 'waiting', refusals: count, nextAt, note: answer.why }
    }
    case 'unwelcome':
    case 'wait':
    case 'full':
    case 'silent':
      return { state: 'waiting', refusals, nextAt: now, note: answer.why }
  }
}

/** How long nobody's rows are sent after so many tries in a row without a row taken or turned down; 0: go on. */
export function restAfter(
  answer: DeliveryAnswer,
  failures: number,
  random: number,
  rules: DeliveryRules = DELIVERY_RULES,
): number {
  switch (answer.kind) {
    case 'stored':
    case 'duplicate':
    case 'refused':
      return 0
    case 'wait':
      return answer.ms
    case 'full':
      // All whom it is said to are told the same midnight.
      return answer.ms + random * rules.unwelcome.capMs
    case 'silent':
      // Never at once: it would ask as fast as it can be refused.
      return Math.max(rules.silent.baseMs / 4, fullJitterMs(failures, rules.silent, random))
    case 'unwelcome':
      return rules.unwelcome.baseMs + fullJitterMs(failures, rules.unwelcome, random)
  }
}

const RANK_OF = { live: 0, paper: 1, synthetic: 2, replay: 3 } as const satisfies Record<ExperienceSource, number>

/**
 * Which rows go first, and which are given up last: those that count in a shared pool, setups before exits.
 *
 * @returns 0 (most useful) to 7
 */
export function rankOf(kind: ExperienceKind, source: ExperienceSource): number {
  return 2 * RANK_OF[source] + (kind === 'exit' ? 1 : 0)
}
