import { z } from 'zod'
import { RequestId } from './request-id.ts'
import { epochMs } from '../domain/units/units.ts'

/**
 * What a client asks of a bot over its control socket, by type. In a file of its own, and each made when such a request
 * comes: a bot reads requests and writes the rest, and each schema it need not build is time that twenty bots starting
 * together do not lose.
 */
const SHAPES = {
  /** Challenge: only the process that answers with the recorded instanceId is the bot of the record. */
  hello: () => z.object({ type: z.literal('hello'), id: z.int() }),
  status: () => z.object({ type: z.literal('status'), id: z.int() }),
  watch: () => z.object({ type: z.literal('watch'), id: z.int() }),
  stop: () =>
    z.object({
      type: z.literal('stop'),
      id: z.int(),
      flatten: z.boolean().default(false),
      keepOrders: z.boolean().default(false),
    }),
  flatten: () => z.object({ type: z.literal('flatten'), id: z.int() }),
  /**
   * Something for the trading service. `command` is a `TradeRequest`, read when it comes: most bots never get one, and
   * its schema is the largest there is.
   */
  trade: () => z.object({ type: z.literal('trade'), id: z.int(), signalId: RequestId, command: z.unknown() }),
  /** What the user's accounts use together, and this one's part of their limits; see `PortfolioShare`. */
  portfolio: () => {
    const uses = z.record(z.string(), z.int())
    const share = z.object({
      ...{ epoch: z.int(), seq: z.int(), asOf: z.int().transform(epochMs), currency: z.string(), accounts: z.int() },
      ...{ used: uses, ceilings: uses, dayResultMinor: z.int() },
    })
    return z.object({ type: z.literal('portfolio'), id: z.int(), share })
  },
} as const

type Shapes = typeof SHAPES
type RequestType = keyof Shapes
export type BotRequest = z.output<ReturnType<Shapes[RequestType]>>

/** Reads requests, of whatever type: undefined for what is none. */
export function botRequestReader(): (value: unknown) => BotRequest | undefined {
  const made = new Map<RequestType, z.ZodType<BotRequest>>()
  return (value) => {
    const type: unknown = (value as { type?: unknown } | null)?.type
    if (typeof type !== 'string' || !Object.hasOwn(SHAPES, type)) return undefined
    const name = type as RequestType
    const shape = made.get(name) ?? SHAPES[name]()
    made.set(name, shape)
    return shape.safeParse(value).data
  }
}
