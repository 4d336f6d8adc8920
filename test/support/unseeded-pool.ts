import { plantSeed } from '../../src/adapters/cloud-db/seed-records.ts'
import { openCloudDb, type CloudDbOptions } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { epochMs } from '../../src/domain/units/units.ts'

/**
 * Makes a database of the cloud whose pool has had its seed and is empty: a server that begins with it need not plant
 * seven thousand rows that most tests never ask about.
 */
export async function makeUnseededPool(options: CloudDbOptions): Promise<void> {
  const { db, close } = await openCloudDb(options)
  try {
    await plantSeed(db, 'none', [], epochMs(0))
  } finally {
    await close()
  }
}
