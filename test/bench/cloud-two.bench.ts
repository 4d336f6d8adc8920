import { join } from 'node:path'
import { startPostgres } from '../support/cloud-servers.ts'
import { repoRoot } from '../support/repo-root.ts'
import { driveTwoClouds } from '../support/two-clouds.ts'
import type { Bench, Figure } from './figure.ts'

export const name: Bench['name'] = 'cloud-two'

/** Longer than the window of the limit, so that it closes and opens again. */
const SECONDS = 100
const KILL_AFTER_SECONDS = 45
const CLIENTS = 20

/** Two instances on PostgreSQL and Redis behind a balancer; one of them is killed under the load of our own client. */
export const run: Bench['run'] = async () => {
  const postgres = await startPostgres()
  try {
    const outcome = await driveTwoClouds({
      databaseUrl: postgres.url,
      seconds: SECONDS,
      killAfterSeconds: KILL_AFTER_SECONDS,
      clients: CLIENTS,
      program: join(repoRoot, 'dist', 'cloud.mjs'),
    })
    const { operations, failed, repeated, acknowledged, lost, twice } = outcome
    const { mostAdmitted, decidedAlone, turnedAway, diedUnderWay } = outcome
    const load = `${operations} operations of ${CLIENTS} clients in ${SECONDS} s, ${repeated} tries again, ${diedUnderWay} requests died with the instance`
    const figures: Figure[] = [
      {
        name: 'two instances, one killed: client operations that failed after retry',
        ...{ value: failed.length, limit: 0, unit: 'operations' },
        note: failed.length === 0 ? load : `${load}; first: ${failed[0]}`,
      },
      {
        name: 'two instances, one killed: contributions lost, or stored twice',
        ...{ value: lost + twice, limit: 0, unit: 'contributions' },
        note: `${acknowledged} acknowledged`,
      },
      {
        name: 'two instances, one killed: most requests of one user let in within 60 s',
        ...{ value: mostAdmitted, limit: 100, unit: 'requests' },
        note: `${turnedAway} turned away with 429, ${decidedAlone} decided without Redis`,
      },
    ]
    return { figures }
  } finally {
    await postgres.stop()
  }
}
