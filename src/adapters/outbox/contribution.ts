import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { Features, Outcome, saveTrade, type SaveTrade } from '../../contracts/cloud/pool.ts'
import type { Experience } from '../../domain/experience/experience.ts'

/** A row of the outbox as the account's state has it. */
export type OutboxRow = Readonly<{ seq: number; kind: string; key: string; payload: string }>

const { shape } = saveTrade.input

/**
 * What a row says. Nothing but this ever leaves: an unknown key makes the row unsendable, here and, of the body that is
 * made from it, at the cloud.
 */
const StoredExperience = z.strictObject({
  userId: shape.user_id,
  kind: shape.kind,
  symbol: shape.symbol,
  side: shape.side,
  features: Features,
  outcome: Outcome,
  source: shape.source,
  timeframe: shape.timeframe,
  strategy: shape.strategy,
  day: shape.day,
  own: z.boolean(),
})

/** @returns what the row teaches; else why it can't be sent, as the end of a sentence */
export function readExperience(row: Pick<OutboxRow, 'kind' | 'payload'>): Experience | string {
  if (row.kind === 'experience') return 'an earlier version wrote it, without what the trade had put at risk'
  const parsed = StoredExperience.safeParse(jsonOf(row.payload))
  if (!parsed.success)
    return `it does not read as an experience (${[...new Set(parsed.error.issues.map(fieldOf))].join(', ')})`
  return parsed.data.kind === row.kind
    ? (parsed.data as Experience)
    : `it is filed as ${JSON.stringify(row.kind)} and says something else`
}

/** Names the field that is wrong; never what stands in it. */
function fieldOf({ path, code, ...issue }: z.core.$ZodIssue): string {
  if (code === 'unrecognized_keys') return `unknown ${(issue as { keys?: readonly string[] }).keys?.length ?? 0} keys`
  return path.length === 0 ? 'all of it' : path.join('.')
}

/** The body of the call that delivers it. */
export function contributionOf(experience: Experience, idempotencyKey: string): SaveTrade {
  const { kind, symbol, side, features, outcome, source, timeframe, strategy, day } = experience
  return {
    user_id: experience.userId,
    idempotency_key: idempotencyKey,
    ...{ kind, symbol, side, features, outcome, source, timeframe, strategy, day },
  }
}

/**
 * The name of one contribution: the same for the same trade with the same words, whenever it is sent, and telling nothing
 * of either to whoever has not the key.
 *
 * The words count too, because a paper account that begins anew numbers its trades anew.
 */
export function idempotencyKeyOf(installKey: Buffer, { kind, key, payload }: OutboxRow): string {
  const name = JSON.stringify([kind, key, payload])
  return createHmac('sha256', installKey).update(name).digest('base64url').slice(0, 40)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
