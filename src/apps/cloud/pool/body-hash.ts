import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { saveTrade } from '../../../contracts/cloud/pool.ts'

/** SHA-256 of a contribution, whatever the order of its fields: the same key with another one is refused. */
export function bodyHash(contribution: z.output<typeof saveTrade.input>): string {
  return createHash('sha256').update(canonical(contribution)).digest('hex')
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
