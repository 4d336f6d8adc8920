import { z } from 'zod'
import { KillMarkRow } from './kill-switch.ts'

const Iso = z.iso.datetime()
/** A number as text: money in `currency`, else in the row's unit. */
const Amount = z.string()

/** One limit of an account and where it stands. */
export const RiskLimitRow = z.object({
  /** The code of its refusals. */
  code: z.string(),
  /** The instrument it is counted in, where it is counted apart in each. */
  symbol: z.string().nullable(),
  setting: z.string(),
  unit: z.string(),
  limit: Amount,
  used: Amount.nullable(),
  room: Amount.nullable(),
  /** It forbids something now. */
  reached: z.boolean(),
})
export type RiskLimitRow = z.output<typeof RiskLimitRow>

/** Where an account stands against every limit it has, from its durable state. */
export const RiskReport = z.object({
  accountId: z.string(),
  userId: z.string(),
  currency: z.string(),
  preset: z.string(),
  /** The moment it is about: the last bar's end in a replay, else now. Null before the first bar. */
  at: Iso.nullable(),
  equity: Amount,
  balance: Amount,
  day: z.object({ boundary: z.string(), startedAt: Iso.nullable(), endsAt: Iso.nullable() }),
  limits: z.array(RiskLimitRow),
  /** Limits that were reached and stand; `until` null: a person clears it. */
  breaches: z.array(z.object({ id: z.int(), rule: z.string(), at: Iso, until: Iso.nullable(), text: z.string() })),
  /** Pauses after losses that are not over. */
  pauses: z.array(z.object({ code: z.string(), until: Iso })),
  killMarks: z.array(KillMarkRow),
  /** Null: the account avoids no releases. */
  blackout: z
    .object({
      level: z.string(),
      state: z.enum(['clear', 'blackout', 'unknown']),
      next: z.object({ event: z.string(), at: Iso, from: Iso, until: Iso }).nullable(),
      knownUntil: z.string(),
    })
    .nullable(),
  /** The emergency that keeps it from entering at that moment. */
  emergency: z.object({ note: z.string(), until: Iso }).nullable(),
  /**
   * What its running bot knows of the user's accounts together: by resource (`notional`, `positions`, `GROUP:long`,
   * `GROUP:short`) what all use, what this account uses, and the most it may use. Null: no bot runs, or it has not been
   * told lately.
   */
  portfolio: z
    .object({
      asOf: Iso,
      accounts: z.int(),
      /** Accounts of which nobody can tell what they hold: nothing is entered while there are any. */
      unknown: z.array(z.string()),
      dayResult: Amount,
      resources: z.array(z.object({ resource: z.string(), used: Amount, own: Amount, ceiling: Amount.nullable() })),
    })
    .nullable(),
  /** What is held and has had no price for longer than it should, and why; `symbol` is the one held. */
  unpriced: z.array(z.object({ symbol: z.string(), text: z.string() })),
  /** A wish to be flat that its bot has not fulfilled yet. */
  flattening: z.string().nullable(),
})
export type RiskReport = z.output<typeof RiskReport>
