import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { AccountId } from '../../domain/account/account-id.ts'
import { epochMs } from '../../domain/units/units.ts'
import { replaceFile } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'

/**
 * accounts/<id>/supervision.json: what a person wants of an account's bot and what became of it, written before
 * acting, so that a launcher that was killed goes on where it was.
 */
const SupervisionRecord = z.object({
  wanted: z.enum(['running', 'stopped']),
  /** A stop that has been asked for and is not known to be done; null otherwise. */
  ending: z.object({ flatten: z.boolean(), keepOrders: z.boolean() }).nullable().default(null),
  /** The bot last started; null when there was none. */
  instanceId: z.string().nullable(),
  crashes: z.array(z.int().transform(epochMs)).readonly(),
  streak: z.int().min(0),
  /** Crashed too often: started again by a person only. */
  gaveUp: z.boolean(),
  lastError: z.string().nullable(),
})
export type SupervisionRecord = Readonly<z.output<typeof SupervisionRecord>>

export const NEVER_STARTED: SupervisionRecord = Object.freeze({
  wanted: 'stopped',
  ending: null,
  instanceId: null,
  crashes: [],
  streak: 0,
  gaveUp: false,
  lastError: null,
})

/** An unreadable record counts as none: nothing is started on the strength of a guess. */
export function readSupervision(layout: Pick<HomeLayout, 'supervision'>, accountId: AccountId): SupervisionRecord {
  try {
    const text = readFileSync(layout.supervision(accountId), 'utf8')
    return SupervisionRecord.safeParse(JSON.parse(text)).data ?? NEVER_STARTED
  } catch {
    return NEVER_STARTED
  }
}

export function writeSupervision(
  layout: Pick<HomeLayout, 'supervision'>,
  accountId: AccountId,
  record: SupervisionRecord,
): void {
  replaceFile(layout.supervision(accountId), JSON.stringify(record) + '\n')
}
