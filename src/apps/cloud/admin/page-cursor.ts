import type { PageKey } from '../../../adapters/cloud-db/licence-listings.ts'
import { cloudRefuse } from '../cloud-call.ts'

const CURSOR = /^(\d{1,16})\.([\w-]{0,64})$/

/** Where the next page begins, as text; null where this was the last. */
export function nextOf<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => PageKey): string | null {
  const last = rows.length < limit ? undefined : rows.at(-1)
  if (last === undefined) return null
  const { at, id } = keyOf(last)
  return `${at}.${id}`
}

/** @throws {CloudRefused} body_invalid: no cursor of ours */
export function pageKeyOf(cursor: string | undefined): PageKey | undefined {
  if (cursor === undefined) return undefined
  const [, at, id] = CURSOR.exec(cursor) ?? []
  if (at === undefined || id === undefined)
    return cloudRefuse('body_invalid', 'cursor is none that an answer gave.', 'Take it from `next` of the page before.')
  return { at: Number(at), id }
}
