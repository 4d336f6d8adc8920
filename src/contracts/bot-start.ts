import { z } from 'zod'

/** First line on a bot's standard input: what it needs to start. Secrets arrive here and nowhere else. */
export const BotStart = z.object({
  home: z.string(),
  accountId: z.string(),
  instanceId: z.string(),
  secrets: z.record(z.string(), z.string()).default({}),
  /** Opens, reconciles, closes everything, ends: for an account that no bot looks after. */
  flattenOnly: z.boolean().optional(),
})
export type BotStart = z.output<typeof BotStart>

/** Exit codes of a bot process. `ended` is as asked or at the end of its feed. */
export const BOT_EXIT = { ended: 0, failed: 1, held: 3 } as const
