import { z } from 'zod'
import { TimeframeText } from '../account-settings.ts'
import { api, Id, Iso } from './procedure.ts'

/** UTC epoch milliseconds, in a query. */
const Moment = z.coerce.number().int().min(0).max(8_640_000_000_000_000)
const Ms = z.int()
const Symbol = z.string().min(1).max(64)

/** Bars in one answer at most. */
export const MOST_BARS = 2_000

/** Start, open, high, low, close, volume, VWAP, its standard deviation; prices in ticks. */
export const ChartBarRow = z.tuple([
  ...([Ms, z.int(), z.int(), z.int(), z.int(), z.number()] as const),
  ...([z.number().nullable(), z.number().nullable()] as const),
])
export type ChartBarRow = z.output<typeof ChartBarRow>

export const ChartBarsAnswer = z.object({
  symbol: z.string(),
  /** Everything the account follows, the first first. */
  symbols: z.array(z.string()),
  timeframe: TimeframeText,
  /** Those that can be made of the account's bars. */
  timeframes: z.array(TimeframeText),
  /** A price is ticks × tickUnits × 10^-priceDigits. */
  tickUnits: z.int(),
  priceDigits: z.int(),
  /** IANA zone of the exchange. */
  zone: z.string(),
  /** Distance of the bands from the VWAP in standard deviations, as the account's strategy has it. */
  bandSigma: z.number(),
  /** Oldest first. */
  bars: z.array(ChartBarRow),
  /** Sessions that the bars are of. */
  sessions: z.array(z.object({ date: z.string(), open: Ms, close: Ms })),
  /** There are bars before the first one. */
  older: z.boolean(),
  /** Asked for what came after a bar, bars between it and the first one are left out: there were too many. */
  gap: z.boolean(),
  /** Start of the newest bar of the feed that the bot has taken; null before its first. */
  lastBarAt: Iso.nullable(),
})
export type ChartBarsAnswer = z.output<typeof ChartBarsAnswer>

export const ChartFill = z.object({
  fillId: z.string(),
  at: Ms,
  side: z.enum(['buy', 'sell']),
  quantity: z.int(),
  /** Ticks. */
  price: z.int(),
  /** Order it is of, and what that was for. */
  clientOrderId: z.string(),
  purpose: z.enum(['entry', 'exit', 'stop', 'target']).nullable(),
  /** Why the order was made. */
  reason: z.string(),
})
export type ChartFill = z.output<typeof ChartFill>

/** Where an order with a price stood, and for how long. */
export const ChartLevel = z.object({
  clientOrderId: z.string(),
  purpose: z.enum(['entry', 'exit', 'stop', 'target']),
  side: z.enum(['buy', 'sell']),
  quantity: z.int(),
  status: z.string(),
  /** From when on it stood at which price, ticks. */
  path: z.array(z.tuple([Ms, z.int()])).min(1),
  /** Null while it works. */
  until: Ms.nullable(),
})
export type ChartLevel = z.output<typeof ChartLevel>

export const ChartMarksAnswer = z.object({
  fills: z.array(ChartFill),
  levels: z.array(ChartLevel),
  /** Older ones of the span were left out: there are too many for one chart. */
  partial: z.boolean(),
  /** Asks for what is new since. */
  cursor: z.string(),
})
export type ChartMarksAnswer = z.output<typeof ChartMarksAnswer>

/** Points in one answer at most. */
export const MOST_POINTS = 2_000

export const EquityAnswer = z.object({
  currency: z.string(),
  /** Decimal places of the minor unit that money is counted in here. */
  digits: z.int(),
  /** What the account was given: its first cash, deposits since, less withdrawals. Minor units. */
  opening: z.int(),
  /** Time, balance, distance below the highest balance so far (0 or less); minor units, oldest first. */
  points: z.array(z.tuple([Ms, z.int(), z.int()])),
  /** Bookings that the points stand for. */
  bookings: z.int(),
  /** Asks for what is new since. */
  cursor: z.string(),
})
export type EquityAnswer = z.output<typeof EquityAnswer>

/** What is shown of an account over time, from its own files and the market data; nothing asks its bot. */
export const chartProcedures = {
  bars: api
    .route({
      method: 'GET',
      path: '/accounts/{id}/chart/bars',
      summary: "Bars of the account's feed up to the last its bot took, with VWAP; the newest, or those around a time",
    })
    .input(
      Id.extend({
        symbol: Symbol.optional(),
        timeframe: TimeframeText.optional(),
        limit: z.coerce.number().int().min(1).max(MOST_BARS).default(500),
        /** Only bars that start earlier. */
        before: Moment.optional(),
        /** Only bars that start here or later: the last one, which may have grown, and what came since. */
        from: Moment.optional(),
      }),
    )
    .output(ChartBarsAnswer),
  marks: api
    .route({
      method: 'GET',
      path: '/accounts/{id}/chart/marks',
      summary: 'Fills, and where entries, stops and targets stood, of one symbol; of a span, or what is new',
    })
    .input(
      Id.extend({
        symbol: Symbol.optional(),
        from: Moment.default(0),
        to: Moment.optional(),
        /** Of an earlier answer; the span then counts for nothing. */
        after: z
          .string()
          .regex(/^\d{1,15}:\d{1,15}$/, 'it is no cursor of an earlier answer')
          .optional(),
      }),
    )
    .output(ChartMarksAnswer),
  equity: api
    .route({
      method: 'GET',
      path: '/accounts/{id}/equity',
      summary: 'Balance after every booking and its drawdown, thinned without losing an extreme; all, or what is new',
    })
    .input(
      Id.extend({
        /** Of an earlier answer. */
        after: z
          .string()
          .regex(/^\d{1,15}:-?\d{1,15}:-?\d{1,15}$/, 'it is no cursor of an earlier answer')
          .optional(),
      }),
    )
    .output(EquityAnswer),
}
