import { z } from 'zod'

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
])
export type BotRequest = z.output<typeof BotRequest>
