import { z } from 'zod'
import { RequestId } from './request-id.ts'
import { epochMs } from '../domain/units/units.ts'

const Uses = z.record(z.string(), z.int())
const PortfolioShareShape = z.object({
  ...{ epoch: z.int(), seq: z.int(), asOf: z.int().transform(epochMs), currency: z.string(), accounts: z.int() },
  ...{ used: Uses, ceilings: Uses, dayResultMinor: z.int() },
})

/**
 * What a client asks of a bot over its control socket. In a file of its own: a bot reads requests and writes the rest,
 * and each schema it need not build is time that twenty bots starting together do not lose.
 */
export const BotRequest = z.discriminatedUnion('type', [
  /** Challenge: only the process that answers with the recorded instanceId is the bot of the record. */
  z.object({ type: z.literal('hello'), id: z.int() }),
  z.object({ type: z.literal('status'), id: z.int() }),
  z.object({ type: z.literal('watch'), id: z.int() }),
  z.object({
    type: z.literal('stop'),
    id: z.int(),
    flatten: z.boolean().default(false),
    keepOrders: z.boolean().default(false),
  }),
  z.object({ type: z.literal('flatten'), id: z.int() }),
  /**
   * Something for the trading service. `command` is a `TradeRequest`, read when it comes: most bots never get one, and
   * its schema is the largest there is.
   */
  z.object({ type: z.literal('trade'), id: z.int(), signalId: RequestId, command: z.unknown() }),
  /** What the user's accounts use together, and this one's part of their limits; see `PortfolioShare`. */
  z.object({ type: z.literal('portfolio'), id: z.int(), share: PortfolioShareShape }),
])
export type BotRequest = z.output<typeof BotRequest>
