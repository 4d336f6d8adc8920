import type { EpochMs } from '../../domain/units/units.ts'
import { changePoolState, readPoolState, type NewExperience } from './experience-records.ts'
import type { CloudDb } from './open-cloud-db.ts'
import { inOrderOf, transact, type CloudTransaction } from './transact.ts'

/** Rows of one step of planting: a server answers between two of them. */
const ROWS_OF_A_STEP = 250
/** Of a seed that is not whole yet: nothing of it counts. */
const SEEDING = 'seeding'

/**
 * Puts what Slipway brings with it into a pool that was given none yet, in steps of their own transactions, between which
 * others have their turn. Its rows count from the last step on, all at once; a server that ended on the way begins
 * again, and what is there already stays. Of two instances that start together one does the last step.
 *
 * @returns how many rows count now; 0 where the pool had its seed
 */
export async function plantSeed(
  db: CloudDb,
  name: string,
  rows: AsyncIterable<NewExperience> | Iterable<NewExperience>,
  now: EpochMs,
): Promise<number> {
  if ((await readPoolState(db)).seed !== null) return 0
  const keys = new Set<string>()
  let step: NewExperience[] = []
  const plant = async () => {
    if (step.length === 0) return
    const values = step.map((row) => ({ ...row, stored_at: now, status: SEEDING }))
    step = []
    await db
      .insertInto('experiences')
      .values(values)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await new Promise((resolve) => setImmediate(resolve))
  }
  for await (const row of rows) {
    keys.add(seedKey(row))
    if (step.push(row) === ROWS_OF_A_STEP) await plant()
  }
  await plant()
  return await transact(db, (trx) => finishSeed(trx, name, keys), 'read committed')
}

async function finishSeed(trx: CloudTransaction, name: string, keys: ReadonlySet<string>): Promise<number> {
  await inOrderOf(trx, 'experiences')
  const isPlanted = (await readPoolState(trx)).seed !== null
  const waiting = await trx
    .selectFrom('experiences')
    .select(['seq', 'kind', 'idempotency_key'])
    .where('status', '=', SEEDING)
    .execute()
  // Of a seed that another version has begun and never finished.
  const strange = waiting.filter((row) => isPlanted || !keys.has(seedKey(row))).map(({ seq }) => seq)
  for (let from = 0; from < strange.length; from += ROWS_OF_A_STEP)
    await trx
      .deleteFrom('experiences')
      .where('seq', 'in', strange.slice(from, from + ROWS_OF_A_STEP))
      .execute()
  if (isPlanted) return 0
  await trx.updateTable('experiences').set({ status: 'used' }).where('status', '=', SEEDING).execute()
  await changePoolState(trx, { seed: name })
  return keys.size
}

const seedKey = ({ kind, idempotency_key: key }: Pick<NewExperience, 'kind' | 'idempotency_key'>) => `${kind} ${key}`
