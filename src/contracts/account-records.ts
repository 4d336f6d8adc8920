import { z } from 'zod'

// What an account has done, as listings show it: prices and money as decimal strings, times in ISO 8601.

const Iso = z.iso.datetime()
/** Money as a decimal string; the row's `currency` says of what. */
const Money = z.string()

export const TradeRow = z.object({
  tradeId: z.string(),
  accountId: z.string(),
  userId: z.string(),
  symbol: z.string(),
  side: z.enum(['long', 'short']),
  quantity: z.int(),
  entryTime: Iso,
  entryPrice: z.string(),
  exitTime: Iso,
  exitPrice: z.string(),
  grossPnl: Money,
  fees: Money,
  netPnl: Money,
  currency: z.string(),
  exitReason: z.string(),
  confidence: z.number(),
})
export type TradeRow = z.output<typeof TradeRow>

export const OrderRow = z.object({
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  accountId: z.string(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  type: z.string(),
  purpose: z.string(),
  quantity: z.int(),
  cumQty: z.int(),
  limitPrice: z.string().nullable(),
  stopPrice: z.string().nullable(),
  timeInForce: z.string(),
  /** Distance of a trailing stop, `12.50` or `1.5 %`; null for other types. */
  trail: z.string().nullable(),
  status: z.string(),
  /** Why it was made (`entry`, an exit's reason), or why it ended where the broker or we refused it. */
  reason: z.string(),
  createdAt: Iso,
  updatedAt: Iso,
})
export type OrderRow = z.output<typeof OrderRow>

/** One execution of part or all of an order. */
export const FillRow = z.object({
  fillId: z.string(),
  accountId: z.string(),
  clientOrderId: z.string(),
  at: Iso,
  sessionDate: z.string(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  quantity: z.int(),
  price: z.string(),
  commission: Money,
  currency: z.string(),
})
export type FillRow = z.output<typeof FillRow>

/** Something that is held now. */
export const HoldingRow = z.object({
  symbol: z.string(),
  /** Signed lots. */
  quantity: z.int(),
  /** Average price of what is held, rounded to a tenth of a tick. */
  averagePrice: z.string(),
  /** What its running bot prices it at, else the close of the last bar that was made durable; null where there is none. */
  lastPrice: z.string().nullable(),
  /** Start of the bar that says so; of an option, of the bar of its underlying. */
  lastBarAt: Iso.nullable(),
  /** Why there is no price, as a sentence; null where there is one. */
  unpriced: z.string().nullable(),
  openedAt: Iso.nullable(),
  /** As its running bot says, else at the last price; null where neither is known. */
  unrealizedPnl: Money.nullable(),
  /** Prices of the working stop and target that are nearest. */
  stopPrice: z.string().nullable(),
  targetPrice: z.string().nullable(),
  currency: z.string(),
})
export type HoldingRow = z.output<typeof HoldingRow>

export const DecisionRow = z.object({
  decisionId: z.string(),
  accountId: z.string(),
  at: Iso,
  barTime: Iso,
  symbol: z.string(),
  action: z.enum(['enter', 'exit', 'hold']),
  side: z.enum(['buy', 'sell']).nullable(),
  quantity: z.int(),
  price: z.string(),
  confidence: z.number(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
})
export type DecisionRow = z.output<typeof DecisionRow>

/** What comparing our books with the broker's found and did. A report that came again is one row with its `times`. */
export const ReconciliationRow = z.object({
  reportId: z.int(),
  at: Iso,
  lastAt: Iso,
  times: z.int(),
  agrees: z.boolean(),
  lines: z.array(z.object({ code: z.string(), text: z.string() })),
})
export type ReconciliationRow = z.output<typeof ReconciliationRow>

/** The position journal in the shape the original system kept. */
export const PositionRow = z.object({
  action_id: z.int(),
  date: z.string(),
  action_type: z.string(),
  symbol: z.string(),
  amount: z.int(),
  positions: z.record(z.string(), z.int()),
  cash: Money,
  currency: z.string(),
})
export type PositionRow = z.output<typeof PositionRow>
