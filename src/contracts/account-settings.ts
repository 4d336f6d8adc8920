import { z } from 'zod'
import { isAccountId, parseAccountId } from '../domain/account/account-id.ts'
import type { Timeframe } from '../domain/market/bar.ts'

/** An id that has passed the rule of account ids. */
export const AccountIdText = z.string().transform((text, ctx) => {
  const id = parseAccountId(text)
  if (isAccountId(id)) return id
  ctx.addIssue({ code: 'custom', message: `${id.message} ${id.nextStep}` })
  return z.NEVER
})

export const TimeframeText = z.enum(['1m', '5m', '15m', '1h', '1d']) satisfies z.ZodType<Timeframe>

const IsoTime = z.iso.datetime({ offset: true })

export const FeedSetting = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('replay'),
    /** 'max' or a multiple of real time. */
    speed: z.union([z.literal('max'), z.number().positive().max(1_000_000)]).default('max'),
    from: IsoTime.optional(),
    to: IsoTime.optional(),
  }),
  z.strictObject({ kind: z.literal('synthetic'), seed: z.int().min(0).max(0xffff_ffff).default(1) }),
])
export type FeedSetting = z.output<typeof FeedSetting>

/** Limits the account sets itself. Money is a decimal string in the instrument's currency; 0 or absent means none. */
export const RiskSettings = z.strictObject({
  /** Largest position, lots. */
  maxPositionLots: z.int().min(1).max(100_000).default(10),
  /** Largest single order, lots. */
  maxOrderLots: z.int().min(1).max(100_000).default(10),
  /** Positions opened in one session. */
  maxTradesPerDay: z.int().min(1).max(1_000).default(50),
  /** Realised loss in one session after which no entry is made, money. */
  maxDailyLoss: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'an amount of money such as 500 or 500.00')
    .default('1000'),
  /** Share of equity put at risk by one entry, basis points (100 = 1 %). */
  riskPerTradeBps: z.int().min(1).max(1_000).default(50),
})
export type RiskSettings = z.output<typeof RiskSettings>

/** How the simulated broker fills. */
export const SimulationSettings = z.strictObject({
  /** Opening cash, money in the instrument's currency. */
  startingCash: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'an amount of money such as 50000')
    .default('50000'),
  /** Ticks lost on every market and stop fill. */
  slippageTicks: z.int().min(0).max(1_000).default(1),
  /** Commission per lot and side, money in the instrument's currency. */
  commissionPerLot: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'an amount of money such as 2.50')
    .default('2.00'),
  /** Largest share of a bar's volume one order may take, basis points; ignored where the instrument has no volume. */
  volumeShareBps: z.int().min(1).max(10_000).default(1_000),
})
export type SimulationSettings = z.output<typeof SimulationSettings>

/** account.json: what a person chose for one account. No secrets. */
export const AccountSettings = z.strictObject({
  version: z.literal(1),
  accountId: AccountIdText,
  /** Name of the user at the broker; `userId` is derived from it. */
  user: z.string().trim().min(1).max(128),
  userId: z.string().regex(/^[0-9a-f]{12}$/),
  broker: z.string().min(1),
  mode: z.enum(['paper', 'live']),
  strategy: z.string().min(1),
  symbol: z.string().min(1).max(32),
  timeframe: TimeframeText.default('1m'),
  feed: FeedSetting,
  /** Only what differs from the strategy's defaults. */
  parameters: z.record(z.string(), z.number()).default({}),
  risk: RiskSettings.prefault({}),
  simulation: SimulationSettings.prefault({}),
  createdAt: z.iso.datetime(),
})
export type AccountSettings = z.output<typeof AccountSettings>
export type AccountSettingsInput = z.input<typeof AccountSettings>
