import { oc } from '@orpc/contract'
import { z } from 'zod'
import { RefusalShape } from '../bot-protocol.ts'

/** Every procedure may refuse; the code, sentence and next step travel as typed error data. */
export const api = oc.errors({
  REFUSED: { status: 422, data: RefusalShape },
  NOT_FOUND: { status: 404, data: RefusalShape },
  CONFLICT: { status: 409, data: RefusalShape },
})

export const Iso = z.iso.datetime()

export const Id = z.object({ id: z.string() })

/** Accounts by name, or all of them. */
export const Ids = z.object({ ids: z.array(z.string()).default([]), all: z.boolean().default(false) })

/** Part of a listing. */
export const Page = Id.extend({
  limit: z.coerce.number().int().min(1).max(100_000).default(1_000),
  after: z.string().optional(),
  /** The last `limit` rows instead of the first; still oldest first. */
  newest: z.stringbool().or(z.boolean()).default(false),
})
