import { z } from 'zod'

export type { BotRequest } from './bot-request.ts'
export { BOT_EXIT, type BotStart } from './bot-start.ts'

/**
 * What passes between a bot and whoever controls it, over the bot's control socket: one JSON value a line.
 * The client sends `BotRequest`s; the bot answers each with a `reply` of the same `id` and pushes `status` and
 * `event` messages to clients that asked to watch.
 */
export const BotStateText = z.enum([
  'stopped',
  'starting',
  'reconciling',
  'trading',
  'blind',
  'blocked',
  'stopping',
  'backing-off',
  'crashed',
])

export const RefusalShape = z.object({ code: z.string(), message: z.string(), nextStep: z.string() })
export type RefusalShape = z.output<typeof RefusalShape>

/** A bot's account of itself; times are UTC epoch milliseconds, money minor units, position signed lots. */
export const BotStatus = z.object({
  instanceId: z.string(),
  accountId: z.string(),
  pid: z.int(),
  state: BotStateText,
  /** Why the state is what it is, when that is not obvious (blocked, blind, crashed). */
  stateReason: z.string().nullable(),
  startedAt: z.int(),
  lastBarAt: z.int().nullable(),
  /** Of the first symbol; `holdings` tells of all. */
  position: z.int(),
  /** Everything held, by symbol: the account's instruments, and options on them. */
  holdings: z
    .array(
      z.object({
        symbol: z.string(),
        quantity: z.int(),
        unrealizedPnlMinor: z.int(),
        /** What it is priced at, ticks, and the start of the bar that says so; null: nobody prices it; left out by an older bot. */
        mark: z.object({ px: z.int(), barAt: z.int() }).nullish(),
      }),
    )
    .optional(),
  /** When books were last found to agree with the broker's; null: not since the start. */
  agreedAt: z.int().nullish(),
  realizedPnlMinor: z.int(),
  unrealizedPnlMinor: z.int(),
  /** What the account is worth at the last prices, and what of that the day has made; left out by an older bot. */
  equityMinor: z.int().optional(),
  todayPnlMinor: z.int().optional(),
  /** The limit on losses that is nearest; null: the account has none. */
  lossUsed: z
    .object({ rule: z.enum(['daily-loss', 'trailing-drawdown']), usedMinor: z.int(), limitMinor: z.int() })
    .nullish(),
  /** Cash when books were last compared with the broker's; null: not since the start. */
  cash: z.object({ oursMinor: z.int(), theirsMinor: z.int(), askedAt: z.int() }).nullish(),
  /** Written to its log since the start. */
  warnings: z.int().optional(),
  errors: z.int().optional(),
  currency: z.string(),
  currencyDigits: z.int(),
  tradesToday: z.int(),
  openOrders: z.int(),
  lastError: z.string().nullable(),
  generation: z.int(),
  /** Its part of the user's portfolio, and the word of the launcher it holds (zeros: none). */
  portfolio: z
    .object({
      currency: z.string(),
      uses: z.record(z.string(), z.int()),
      unitMinor: z.int(),
      dayResultMinor: z.int(),
      dayEnd: z.int(),
      epoch: z.int(),
      seq: z.int(),
      wants: z.record(z.string(), z.int()),
      /** What it has been told of its user's accounts, while that is fresh. */
      told: z
        .object({
          asOf: z.int(),
          accounts: z.int(),
          /** Accounts of which nobody can tell what they hold. */
          unknown: z.array(z.string()).optional(),
          used: z.record(z.string(), z.int()),
          ceilings: z.record(z.string(), z.int()),
          dayResultMinor: z.int(),
        })
        .nullish(),
    })
    .nullish(),
  /** Of a live account: its step of the grace ladder, when the next begins, and a sentence. */
  licence: z
    .object({
      rung: z.enum(['fresh', 'silent', 'warn', 'ended', 'refused', 'missing']),
      /** Why there are no entries: as the cloud said it where it did. */
      code: z.string(),
      until: z.int().nullable(),
      text: z.string(),
      /** A person should look. */
      isSaid: z.boolean(),
    })
    .optional(),
})
export type BotStatus = z.output<typeof BotStatus>

export const BotMessage = z.discriminatedUnion('type', [
  z.object({
    ...{ type: z.literal('reply'), id: z.int(), ok: z.literal(true), instanceId: z.string(), status: BotStatus },
    /** Of a `trade` or `cash`: what became of it, a `TradeReply` or `CashReply`. */
    outcome: z.unknown().optional(),
  }),
  z.object({ type: z.literal('refused'), id: z.int(), refusal: RefusalShape }),
  z.object({ type: z.literal('status'), status: BotStatus }),
  /** The bot is about to end; nothing follows. */
  z.object({ type: z.literal('ended'), reason: z.string(), message: z.string().nullable() }),
])
export type BotMessage = z.output<typeof BotMessage>

/**
 * accounts/<id>/last-exit.json: what a bot leaves when it ends in order, so that a stopped account can be shown
 * without opening its database. A bot that died leaves none of its own: then the file is of an earlier instance.
 */
export const LastExit = z.object({
  instanceId: z.string(),
  /** UTC epoch milliseconds. */
  at: z.int(),
  state: z.enum(['stopped', 'crashed']),
  reason: z.enum(['requested', 'flattened', 'feed-ended', 'fenced', 'refused', 'failed']),
  refusal: RefusalShape.nullable(),
  /** The last status; null when the bot never had one (it was refused before it opened its state). */
  status: BotStatus.nullable(),
})
export type LastExit = z.output<typeof LastExit>
