import { expect, it, onTestFinished } from 'vitest'
import { openCloudRedis, RedisFailed, type CloudRedis } from '../../../src/adapters/cloud-redis/open-cloud-redis.ts'
import { describeWithRedis } from '../../support/cloud-databases.ts'
import { freePort, startRedis, type TestServer } from '../../support/cloud-servers.ts'

type Change = { up: boolean; problem: string | undefined }

async function ownRedis(port?: number): Promise<TestServer> {
  const server = await startRedis(port)
  onTestFinished(() => server.stop())
  return server
}

function openedAt(url: string): { redis: CloudRedis; changes: Change[] } {
  const changes: Change[] = []
  const redis = openCloudRedis({ url, onChange: (change) => changes.push(change) })
  onTestFinished(() => redis.close())
  return { redis, changes }
}

const failureOf = async (work: Promise<unknown>): Promise<RedisFailed | undefined> =>
  await work.then(
    () => undefined,
    (error: unknown) => error as RedisFailed,
  )

describeWithRedis('the Redis of the cloud', (url) => {
  it('is told to be away once, and nobody waits for it', async () => {
    const { redis, changes } = openedAt(`redis://127.0.0.1:${await freePort()}`)
    await redis.settled(200)
    expect(redis.isUp()).toBe(false)
    const failure = await failureOf(redis.ask(['PING'], 10_000))
    expect(failure).toBeInstanceOf(RedisFailed)
    expect(failure?.outcomeUnknown).toBe(false)
    expect(changes).toEqual([{ up: false, problem: 'ECONNREFUSED' }])
  })

  it('says that its password is wrong, and not which', async () => {
    const server = await ownRedis()
    const { redis: owner } = openedAt(server.url)
    await owner.settled(10_000)
    await owner.ask(['CONFIG', 'SET', 'requirepass', 'right'], 5_000)
    const { redis, changes } = openedAt(server.url.replace('//', '//:canary-secret@'))
    await expect.poll(() => changes.length, { timeout: 10_000 }).toBeGreaterThan(0)
    expect(changes[0]!.up).toBe(false)
    expect(changes[0]!.problem).toContain('WRONGPASS')
    expect(JSON.stringify(changes)).not.toContain('canary-secret')
    const failure = await failureOf(redis.ask(['PING'], 1_000))
    expect(failure?.message).not.toContain('canary-secret')
  })

  it('does not know what became of a question that had no answer in time', async () => {
    const server = await ownRedis()
    const { redis } = openedAt(server.url)
    await redis.settled(10_000)
    process.kill(server.pid, 'SIGSTOP')
    onTestFinished(() => void process.kill(server.pid, 'SIGCONT'))
    expect(await failureOf(redis.ask(['INCR', 'asked'], 30))).toMatchObject({ outcomeUnknown: true })
    process.kill(server.pid, 'SIGCONT')
    expect(await redis.ask(['GET', 'asked'], 10_000)).toBe('1')
  })

  it('tells a refusal as a failure of which nothing was done', async () => {
    const { redis } = openedAt(url)
    await redis.settled(10_000)
    expect(await failureOf(redis.ask(['NO-SUCH-COMMAND'], 5_000))).toMatchObject({ outcomeUnknown: false })
  })

  it('comes back by itself, counts that, and hears again what is said', async () => {
    const port = await freePort()
    const first = await ownRedis(port)
    const { redis, changes } = openedAt(first.url)
    await redis.settled(10_000)
    const heard: string[] = []
    let backs = 0
    await redis.hear(
      'words',
      (word) => heard.push(word),
      () => backs++,
    )
    await expect.poll(() => backs, { timeout: 10_000 }).toBe(2)
    redis.say('words', 'one')
    await expect.poll(() => heard).toEqual(['one'])
    await first.kill()
    await expect.poll(() => redis.isUp()).toBe(false)
    redis.say('words', 'lost')
    await ownRedis(port)
    await expect.poll(() => backs, { timeout: 10_000 }).toBe(3)
    await expect.poll(() => redis.isUp(), { timeout: 10_000 }).toBe(true)
    expect(redis.connects()).toBe(2)
    redis.say('words', 'two')
    await expect.poll(() => heard).toEqual(['one', 'two'])
    expect(changes.map(({ up }) => up)).toEqual([true, false, true])
  })

  it('may be closed twice, and before it was ever there', async () => {
    const { redis } = openedAt(`redis://127.0.0.1:${await freePort()}`)
    await redis.hear(
      'words',
      () => undefined,
      () => undefined,
    )
    await redis.close()
    await redis.close()
    expect(redis.isUp()).toBe(false)
  })
})
