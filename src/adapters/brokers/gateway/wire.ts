import { z } from 'zod'

/** The protocol as it is on the wire: docs/gateway.md. Fields that we do not know are left alone. */

const Text = z.string().min(1).max(256)
/** Epoch milliseconds, or ISO 8601 with a zone. */
const Time = z.union([z.int().min(0), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))])
const Decimal = z
  .string()
  .max(64)
  .regex(/^-?\d+(\.\d+)?$/, 'a decimal string such as "5012.25"')

/** Why a reduce-only order was refused, or ended, where that is no trouble of anybody's. */
export const NOTHING_TO_REDUCE = 'nothing-to-reduce'

export const WireError = z.object({ code: Text, message: z.string().max(4_096) })

export const WireOrder = z.object({
  clientOrderId: z.string().max(256).optional(),
  venueOrderId: Text,
  symbol: Text,
  side: z.enum(['buy', 'sell']),
  quantity: z.int().min(0),
  type: z.string().optional(),
  limitPrice: Decimal.optional(),
  stopPrice: Decimal.optional(),
  trailAmount: Decimal.optional(),
  trailBps: z.int().positive().optional(),
  purpose: z.string().optional(),
  status: z.string(),
  cumQty: z.int().min(0),
  leavesQty: z.int().min(0),
  parent: z.string().optional(),
  reason: z.string().max(4_096).optional(),
  reasonCode: z.string().max(256).optional(),
  at: Time,
})
export type WireOrder = z.output<typeof WireOrder>

export const WireFill = z.object({
  fillId: Text,
  clientOrderId: z.string().max(256).optional(),
  venueOrderId: Text,
  symbol: Text,
  side: z.enum(['buy', 'sell']),
  quantity: z.int().positive(),
  price: Decimal,
  commission: Decimal.default('0'),
  at: Time,
})
export type WireFill = z.output<typeof WireFill>

export const WireCapabilities = z.object({
  protocol: z.int(),
  venue: z.string().max(256).default(''),
  capabilities: z.object({
    bracket: z.boolean().default(false),
    oco: z.boolean().default(false),
    trailingStop: z.boolean().default(false),
    replace: z.boolean().default(false),
    combo: z.boolean().default(false),
    reduceOnly: z.boolean().default(false),
    dedupesClientOrderId: z.boolean().default(false),
    visibilityLagMs: z.int().min(0).max(3_600_000),
  }),
  limits: z.object({ requestsPerSecond: z.number().positive().optional() }).default({}),
  accounts: z.array(
    z.object({
      accountId: Text,
      mode: z.string(),
      currency: Text,
      /** A gateway may have had another use for the name before it was ours. */
      identity: Text.optional().catch(undefined),
    }),
  ),
})
export type WireCapabilities = z.output<typeof WireCapabilities>

export const WireOrders = z.object({ orders: z.array(WireOrder) })
export const WireDuplicate = z.object({ order: WireOrder })
export const WireFills = z.object({
  fills: z.array(WireFill),
  cursor: z.string().max(1_024).optional(),
  more: z.boolean().default(false),
})
export const WirePositions = z.object({
  positions: z.array(z.object({ symbol: Text, quantity: z.int(), averagePrice: Decimal })),
})
export const WireCash = z.object({ cash: Decimal, currency: Text })

const Sequence = z.int().min(0)
export const WireMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), epoch: Text, lastSeq: Sequence }),
  z.object({ type: z.literal('execution'), seq: Sequence, order: WireOrder, fill: WireFill.optional() }),
  z.object({ type: z.literal('heartbeat'), lastSeq: Sequence }),
  z.object({ type: z.literal('gap'), from: Sequence, to: Sequence }),
])
export type WireMessage = z.output<typeof WireMessage>
