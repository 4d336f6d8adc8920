import { z } from 'zod'
import { isAccountId, parseAccountId } from '../domain/account/account-id.ts'
import type { Timeframe } from '../domain/market/bar.ts'
import { NO_PRESET, RISK_PRESETS } from '../domain/risk/presets/index.ts'
import { parseBlackoutMinutes } from '../domain/risk/blackout-minutes.ts'
import { parseDayBoundary } from '../domain/risk/risk-days.ts'
import { parseWallWindows } from '../domain/risk/wall-windows.ts'

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

const Money = z.string().regex(/^\d+(\.\d+)?$/, 'an amount of money such as 500 or 500.00')
// Checked and described in place: each `.min()`, `.max()` and `.meta()` would be a copy, at every start of every bot.
const count = (most: number, unit: string, description: string, usual = 0) =>
  z.int().check(z.gte(0), z.lte(most)).default(usual).register(z.globalRegistry, { unit, description })
const money = (description: string) => Money.default('0').register(z.globalRegistry, { unit: 'money', description })
const windows = (description: string) =>
  z
    .string()
    .refine((text) => text === 'none' || parseWallWindows(text) !== undefined, {
      error: 'it must be none, or times and a zone such as 09:30-11:30,13:00-15:00 America/Chicago',
    })
    .default('none')
    .meta({ unit: 'wall time', description })

/**
 * Limits the account sets itself. Money is a decimal string in the instrument's currency; 0 or `none` means that there
 * is no such limit. docs/risk.md says what each does.
 */
export const RiskSettings = z.strictObject({
  preset: z
    .enum([NO_PRESET, ...RISK_PRESETS.map(({ name }) => name)])
    .default(NO_PRESET)
    .meta({ description: "A firm's rule set: fills the limits below, which may then only be made stricter." }),
  dayBoundary: z
    .string()
    .refine((text) => parseDayBoundary(text) !== undefined, {
      error: 'it must be session, or a time and a zone such as 17:00 America/Chicago or midnight CE(S)T',
    })
    .default('session')
    .meta({
      unit: 'wall time',
      description:
        "When the account's day ends: with the exchange's session, or at a time of day: 17:00 America/Chicago.",
    }),
  maxPositionLots: z
    .int()
    .min(1)
    .max(100_000)
    .default(10)
    .meta({ unit: 'lots', description: 'Largest position in each instrument, working entries counted in.' }),
  maxTotalContracts: z
    .number()
    .min(0)
    .max(100_000)
    .multipleOf(0.001, { error: 'it must have at most three decimal places, such as 4.5' })
    .default(0)
    .meta({
      unit: 'contracts',
      description:
        'Largest position of all instruments together, long and short added up, working entries counted in. A micro counts as a tenth of a contract.',
    }),
  maxOrderLots: z.int().min(1).max(100_000).default(10).meta({ unit: 'lots', description: 'Largest single order.' }),
  maxNotional: money('Largest worth of position and working entries in each instrument, at the last price.'),
  maxOrdersPerMinute: count(600, 'orders', 'Entry orders within 60 seconds.'),
  maxTradesPerDay: z
    .int()
    .min(1)
    .max(1_000)
    .default(50)
    .meta({ unit: 'trades', description: 'Positions opened in one day.' }),
  maxDailyLoss: Money.default('2000').meta({
    unit: 'money',
    description: 'Loss of a day at which positions are closed and no entry is made until the next.',
  }),
  dailyLossCounts: z.enum(['realised', 'open-from-balance', 'open-from-equity']).default('realised').meta({
    description:
      "What a day's loss is: closed trades only, or with the open position, from the balance or from the equity the day began with.",
  }),
  dailyProfitTarget: money('Profit of a day, open position included, at which it is locked in until the next.'),
  trailingDrawdown: money('Distance of the drawdown floor below its mark; reaching it ends trading until cleared.'),
  drawdownMark: z.enum(['intraday', 'end-of-day', 'static']).default('end-of-day').meta({
    description: 'What the floor follows: the highest equity, the highest balance at the end of a day, or nothing.',
  }),
  drawdownEnds: z
    .enum(['cleared', 'next-day'])
    .default('cleared')
    .meta({ description: 'When a reached drawdown ends: a person clears it, or the next day of the account begins.' }),
  drawdownLock: z
    .union([z.literal('none'), Money])
    .default('none')
    .meta({ unit: 'money', description: 'The floor stops rising this far above the starting balance; none: never.' }),
  profitTarget: money('Closed profit since the start at which trading ends until cleared.'),
  cooldownAfterLossMinutes: count(10_080, 'minutes', 'Pause after every losing trade.'),
  lossesInRow: count(100, 'trades', 'Losing trades in a row that bring the longer pause.'),
  cooldownAfterLossesMinutes: count(10_080, 'minutes', 'Pause after that many losses in a row.'),
  stopGuardStops: count(100, 'trades', 'Trades ended by their stop, within the window, that bring a pause.'),
  stopGuardWindowMinutes: count(10_080, 'minutes', 'Window in which stops are counted.', 60),
  stopGuardPauseMinutes: count(10_080, 'minutes', 'Pause after that many stops.', 60),
  lockedSymbols: z
    .string()
    .regex(/^[A-Za-z0-9._-]+(,[A-Za-z0-9._-]+)*$/, 'none, or symbols such as CL,NG')
    .default('none')
    .meta({ description: 'Symbols and products in which no entry is made: CL,NG.' }),
  tradingWindow: windows(
    'Times of day at which entries are made, with their zone: 09:30-11:30,13:00-15:00 America/Chicago.',
  ),
  mustBeFlat: windows(
    'Times of day at which nothing may be held, with their zone: 15:55-18:00 America/New_York. Positions are closed one bar ahead, and earlier on a day that ends early.',
  ),
  priceCollarBps: count(10_000, 'basis points', "Distance from the last price that an entry's prices may have."),
  stalePriceBars: count(1_000, 'bars', 'Age of the last bar beyond which no entry is made.'),
  fatFingerMultiple: z
    .number()
    .min(0)
    .max(1_000)
    .default(0)
    .meta({ unit: 'times', description: 'Size of an entry against the mean of the last 20.' }),
  blackout: z
    .enum(['none', 'high', 'high,medium'])
    .default('none')
    .meta({ description: 'Releases around which no entry is made: FOMC, NFP and CPI are high, PPI is medium.' }),
  blackoutBeforeMinutes: count(1_440, 'minutes', 'How long before a release.', 15),
  blackoutAfterMinutes: count(1_440, 'minutes', 'How long after a release.', 15),
  blackoutFlat: z
    .enum(['no', 'yes'])
    .default('no')
    .meta({ description: 'Whether positions are closed before a blackout too.' }),
  blackoutMinutes: z
    .string()
    .refine((text) => parseBlackoutMinutes(text) !== undefined, {
      error: 'it must be none, or releases with minutes before and after such as FOMC:30/60,NFP:15/30',
    })
    .default('none')
    .register(z.globalRegistry, {
      description: 'Releases with minutes of their own before and after: FOMC:30/60,NFP:15/30.',
    }),
  emergencies: z.enum(['yes', 'no']).default('yes').register(z.globalRegistry, {
    description: "Whether an emergency that the cloud's administrator declares keeps the account from entering.",
  }),
  portfolioMaxNotional: money("Largest worth of all accounts of the user together, in this account's currency."),
  portfolioMaxDailyLoss: money('Loss of the day over all accounts of the user at which this one stops for the day.'),
  portfolioMaxPositions: count(1_000, 'positions', 'Most positions that all accounts of the user hold together.'),
  correlationCap: money('Largest worth in one direction within a correlation group, over all accounts of the user.'),
  clearBreach: count(
    1_000_000,
    'breach number',
    'Breach that a person has looked at and cleared; applies at the next start.',
  ),
  riskPerTradeBps: z
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .meta({ unit: 'basis points', description: 'Share of equity put at risk by one entry (100 = 1 %).' }),
})
export type RiskSettings = z.output<typeof RiskSettings>

/** How the simulated broker fills. */
export const SimulationSettings = z.strictObject({
  startingCash: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'an amount of money such as 50000')
    .default('100000')
    .meta({ unit: 'money', description: "Opening cash, in the instrument's currency." }),
  slippageTicks: z
    .int()
    .min(0)
    .max(1_000)
    .default(1)
    .meta({ unit: 'ticks', description: 'Lost on every market and stop fill.' }),
  commissionPerLot: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'an amount of money such as 2.50')
    .default('2.00')
    .meta({ unit: 'money', description: "Commission per lot and side, in the instrument's currency." }),
  volumeShareBps: z.int().min(1).max(10_000).default(1_000).meta({
    unit: 'basis points',
    description: "Largest share of a bar's volume one order may take; ignored where the instrument has no volume.",
  }),
  optionVolatility: z
    .number()
    .min(0.01)
    .max(3)
    .default(0.15)
    .meta({ unit: 'per year', description: 'Volatility that simulated option prices are made with (0.15 = 15 %).' }),
  optionRate: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.06)
    .meta({ unit: 'per year', description: 'Interest rate that simulated option prices are made with (0.06 = 6 %).' }),
  optionSpreadTicks: z.int().min(0).max(1_000).default(2).meta({
    unit: 'ticks',
    description:
      'Between bid and ask of a simulated option; market and stop fills pay half of it besides the slippage.',
  }),
})
export type SimulationSettings = z.output<typeof SimulationSettings>

const NONE = 'none'
/** Host and perhaps a path; what comes after is ours. */
const GATEWAY_URL = /^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/i

/** Where a venue behind the gateway protocol is (docs/gateway.md). Used by broker `gateway` only. */
export const GatewaySettings = z.strictObject({
  /** Base address, without a slash at the end. */
  url: z
    .string()
    .max(2_048)
    .transform((text) => text.replace(/\/+$/, ''))
    .refine((text) => text === NONE || GATEWAY_URL.test(text), {
      error: 'it must be an address such as https://bridge.example:8443, without a user, a query or a fragment',
    })
    .default(NONE),
  /** Absolute path of the file with the bearer token; the token itself is no setting. */
  tokenFile: z.string().min(1).max(4_096).default(NONE),
  /** The account at the gateway; `none`: the only one that the token opens. */
  account: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'the id of an account at the gateway, or none')
    .default(NONE),
  /** Longest time one call may take. */
  timeoutMs: z.int().min(500).max(60_000).default(10_000),
})
export type GatewaySettings = z.output<typeof GatewaySettings>

/** What the cloud may do to this account, which can only make less of a decision, and what it is told unasked. */
export const CloudSettings = z.strictObject({
  confidence: z.enum(['shrink', 'veto', 'off']).default('shrink').register(z.globalRegistry, {
    description:
      'What the shared experience may do to an entry: shrink or veto it, only veto it, or nothing: then it is not asked.',
  }),
  signals: z.enum(['off', 'share']).default('off').register(z.globalRegistry, {
    // The launcher shares: a bot tells it of every entry. What has no such mark is read by the bot at its start.
    appliedBy: 'launcher',
    description:
      'Whether others of the cloud are told of an entry the moment it is decided: class of the market, side, strategy, confidence. Replays share nothing.',
  }),
})
export type CloudSettings = z.output<typeof CloudSettings>

/** Instruments one bot follows at most. */
export const MOST_SYMBOLS = 8

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
  /** The first instrument: the account's currency is its currency. */
  symbol: z.string().min(1).max(32),
  /** More instruments that the strategy trades beside the first, each with an agent and a log of its own. */
  alsoSymbols: z
    .array(z.string().min(1).max(32))
    .max(MOST_SYMBOLS - 1)
    .default([]),
  timeframe: TimeframeText.default('1m'),
  feed: FeedSetting,
  /** Only what differs from the strategy's defaults. */
  parameters: z.record(z.string(), z.number()).default({}),
  risk: RiskSettings.prefault({}),
  simulation: SimulationSettings.prefault({}),
  gateway: GatewaySettings.prefault({}),
  cloud: CloudSettings.prefault({}),
  createdAt: z.iso.datetime(),
})
export type AccountSettings = z.output<typeof AccountSettings>
export type AccountSettingsInput = z.input<typeof AccountSettings>
