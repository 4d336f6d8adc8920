import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { describeWithServers, freshDatabaseOn } from '../../support/cloud-databases.ts'
import { askCloud, runningCloud } from '../../support/running-cloud.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'slipway-together-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  return path
}

const keysOf = async (url: string) => ((await askCloud(url, '/api/license/keys')).body as { keys: unknown }).keys

describe('two cloud servers that begin at the same moment', () => {
  it('make one SQLite database and one set of keys', async () => {
    const home = folder()
    const [one, two] = await Promise.all([runningCloud({ home }), runningCloud({ home })])
    for (const { url } of [one, two]) expect((await askCloud(url, '/ready')).status).toBe(200)
    expect(await keysOf(one.url)).toEqual(await keysOf(two.url))
    expect([await one.stop(), await two.stop()]).toEqual([0, 0])
  })
})

describeWithServers('two cloud servers on one PostgreSQL', ({ postgres, redis }) => {
  it('make its tables once, know of each other, and go on when one is killed', async () => {
    const keys = folder()
    const databaseUrl = await freshDatabaseOn(postgres)
    const start = () => runningCloud({ databaseUrl, redisUrl: redis, args: ['--keys', keys] })
    const [one, two] = await Promise.all([start(), start()])
    expect(await keysOf(one.url)).toEqual(await keysOf(two.url))
    const instances = async () => /^slipway_instances (\d+)$/m.exec((await askCloud(two.url, '/metrics')).text)?.[1]
    await expect.poll(instances, { timeout: 30_000, interval: 200 }).toBe('2')
    await one.kill()
    expect((await askCloud(two.url, '/ready')).status).toBe(200)
    const three = await start()
    expect((await askCloud(three.url, '/ready')).body).toMatchObject({ ready: true, redis: { ok: true } })
  })
})
