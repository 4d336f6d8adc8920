import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const SHARED = '/dev/shm'
const MARK = /^(?:sem\.faketime_sem|faketime_shm)_(\d+)$/

/**
 * Takes away what killed programs under `faketime` left in shared memory. It is named by PID, and a new `faketime` that
 * gets the PID of a dead one refuses to begin.
 */
export function clearDeadFaketimes(): void {
  if (!existsSync(SHARED)) return
  for (const name of readdirSync(SHARED)) {
    const pid = MARK.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(SHARED, name), { force: true })
  }
}
