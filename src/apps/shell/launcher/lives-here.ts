import { readDeviceId } from '../../../adapters/home/device-id.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { ownIdentity } from '../../../adapters/process/own-identity.ts'
import { seeProcess } from '../../../adapters/process/see-process.ts'
import { judgeHolder, mayBeHeld, type LockRecord } from '../../../domain/lock/lock-record.ts'

/**
 * Whether the process that a lock record names may still live, judged by record and process alone. The guard is not
 * asked: only SQLite may open it, and the shell has none.
 */
export function livesHere(layout: HomeLayout): (record: LockRecord) => Promise<boolean> {
  const here = ownIdentity(() => readDeviceId(layout) ?? '')
  return async (record) => mayBeHeld(judgeHolder(record, await seeProcess(record.pid), here))
}
