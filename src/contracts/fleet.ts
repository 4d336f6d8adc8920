import { z } from 'zod'
import { BotStateText, RefusalShape } from './bot-protocol.ts'

const Iso = z.iso.datetime()
/** Money as a decimal string; the row's `currency` says of what. */
const Money = z.string()

/** How much of the nearest limit on losses is used; `share` is 1 where it is reached, and may be more. */
const LossLimitUsed = z.object({
  rule: z.enum(['daily-loss', 'trailing-drawdown']),
  share: z.number().min(0),
  used: Money,
  limit: Money,
})

export const HolderVerdictName = z.enum([
  'free',
  'alive',
  'gone',
  'pid-reused',
  'other-boot',
  'other-host',
  'zombie',
  'unresponsive',
  'unknown',
])

/** Who holds an account, as far as it can be told; `unknown` and `unresponsive` may be alive. */
const AccountHolder = z.object({
  verdict: HolderVerdictName,
  /** A sentence. */
  text: z.string(),
})
export type AccountHolder = z.output<typeof AccountHolder>

/** One row of `status`: an account and, where it has one, its bot. */
export const AccountStatus = z.object({
  accountId: z.string(),
  userId: z.string(),
  broker: z.string(),
  mode: z.enum(['paper', 'live']),
  strategy: z.string(),
  symbol: z.string(),
  state: BotStateText,
  /** Why the state is what it is; for `stopped` e.g. `feed-ended` or `requested`. */
  stateReason: z.string().nullable(),
  pid: z.int().nullable(),
  instanceId: z.string().nullable(),
  startedAt: Iso.nullable(),
  lastBarAt: Iso.nullable(),
  /** Signed lots of the first symbol; `holdings` tells of all. */
  position: z.int(),
  /** What is held, options and other symbols included; left out by a bot that is older than it. */
  holdings: z.array(z.object({ symbol: z.string(), quantity: z.int() })).optional(),
  realizedPnl: Money,
  unrealizedPnl: Money,
  /** What the account's day has made, open positions counted in; left out by a bot that is older than it, as below. */
  todayPnl: Money.optional(),
  /** What the account is worth at the last prices. */
  equity: Money.optional(),
  /** Null: the account has no limit on losses. */
  lossLimitUsed: LossLimitUsed.nullish(),
  /** Written to the bot's log since it started. */
  warnings: z.int().optional(),
  errors: z.int().optional(),
  holder: AccountHolder.optional(),
  /** Where its bars come from: `replay`, `synthetic`, a live source. Bars of a replay have times of their own. */
  feed: z.string().optional(),
  currency: z.string(),
  tradesToday: z.int(),
  lastError: z.string().nullable(),
})
export type AccountStatus = z.output<typeof AccountStatus>

export const StartOutcome = z.object({
  accountId: z.string(),
  outcome: z.enum(['started', 'already-running', 'trading', 'ended', 'refused', 'failed', 'timed-out']),
  state: BotStateText,
  pid: z.int().nullable(),
  instanceId: z.string().nullable(),
  /** Why the state is what it is; for an ended bot e.g. `feed-ended`. */
  reason: z.string().nullable(),
  refusal: RefusalShape.nullable(),
})
export type StartOutcome = z.output<typeof StartOutcome>

export const StopOutcome = z.object({
  accountId: z.string(),
  outcome: z.enum(['stopped', 'not-running', 'refused', 'failed', 'timed-out']),
  /** It did not end when asked and was killed; its state is as safe as after a power cut. */
  killed: z.boolean(),
  refusal: RefusalShape.nullable(),
})
export type StopOutcome = z.output<typeof StopOutcome>

/** What happened, pushed to watchers in order; `id` resumes the stream. */
export const FleetEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), accounts: z.array(AccountStatus) }),
  z.object({ type: z.literal('status'), account: AccountStatus }),
  z.object({ type: z.literal('removed'), accountId: z.string() }),
])
export type FleetEvent = z.output<typeof FleetEvent>
