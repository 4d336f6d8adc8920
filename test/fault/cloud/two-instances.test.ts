import { expect, it } from 'vitest'
import { describeWithServers, freshDatabaseOn } from '../../support/cloud-databases.ts'
import { driveTwoClouds } from '../../support/two-clouds.ts'
import { makeUnseededPool } from '../../support/unseeded-pool.ts'

describeWithServers('two instances of the cloud', ({ postgres }) => {
  it('lose nothing and fail nobody when one is killed under load, and the limit holds', async () => {
    const databaseUrl = await freshDatabaseOn(postgres)
    await makeUnseededPool({ kind: 'postgres', url: databaseUrl })
    const outcome = await driveTwoClouds({ databaseUrl, seconds: 20, killAfterSeconds: 8, clients: 12 })
    expect(outcome).toMatchObject({ failed: [], lost: 0, twice: 0 })
    expect(outcome.acknowledged).toBeGreaterThan(50)
    expect(outcome.mostAdmitted).toBeGreaterThan(50)
    // A Redis that needs longer than 50 ms on a busy machine is not waited for, and may not know of what was let in meanwhile.
    expect(outcome.mostAdmitted).toBeLessThanOrEqual(100 + Math.min(50, outcome.decidedAlone))
    expect(outcome.turnedAway).toBeGreaterThan(50)
  })
})
