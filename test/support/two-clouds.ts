import { setTimeout as delay } from 'node:timers/promises'
import type { CloudClient } from '../../src/adapters/cloud/ask.ts'
import { openCloudClient } from '../../src/adapters/cloud/open-cloud-client.ts'
import { openCloudDb } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { getConfidence, saveTrade, type SaveTrade } from '../../src/contracts/cloud/pool.ts'
import { openBalancer } from './balancer.ts'
import { freePort, startRedis } from './cloud-servers.ts'
import { askCloud, runningCloud } from './running-cloud.ts'

export type TwoClouds = Readonly<{
  /** Of an empty PostgreSQL database. */
  databaseUrl: string
  /** How long clients work, and after how long one instance is killed. */
  seconds: number
  killAfterSeconds: number
  clients: number
  /** The built program; its source where left out. */
  program?: string
}>

export type TwoCloudsOutcome = Readonly<{
  operations: number
  /** Operations that were given up. */
  failed: readonly string[]
  /** Tries that brought no answer, because an instance died or the balancer had not noticed. */
  repeated: number
  /** Contributions that the servers said they have. */
  acknowledged: number
  /** Of those, rows that are not in the database, and rows that are there twice. */
  lost: number
  twice: number
  /** Most requests of one user that were certainly let in within 60 seconds. */
  mostAdmitted: number
  /** Requests that an instance decided without Redis, because it was slow: so many may be let in beyond the limit. */
  decidedAlone: number
  turnedAway: number
  /** Requests that the instance died over. */
  diedUnderWay: number
}>

/** A client's pause between two operations: well under its 100 requests in 60 seconds. */
const PAUSE_MS = 800
/** An operation that no try has brought to its end by then has failed. */
const PATIENCE_MS = 20_000
const WINDOW_MS = 60_000
const GREEDY = 'eeeeeeeeeeee'

/**
 * Two real instances on one PostgreSQL and one Redis behind a balancer, clients of ours that contribute and ask, one user who
 * asks far too often, and `kill -9` for one instance under that load.
 */
export async function driveTwoClouds(options: TwoClouds): Promise<TwoCloudsOutcome> {
  const { databaseUrl, seconds, killAfterSeconds, clients } = options
  const redis = await startRedis(await freePort())
  const program = options.program === undefined ? {} : { program: options.program }
  const instances = await Promise.all(
    [1, 2].map(() => runningCloud({ databaseUrl, redisUrl: redis.url, args: ['--behind-proxy'], ...program })),
  )
  const balancer = openBalancer(instances.map(({ url }) => url))
  const ends = performance.now() + seconds * 1000
  try {
    for (const { url } of instances) await untilReady(url)
    const greedy = greedyUser(await balancer.doorFor('198.51.100.99'), ends)
    const working = Array.from({ length: clients }, async (_, n) =>
      honestClient(await balancer.doorFor(`198.51.100.${n + 1}`), n, ends),
    )
    await delay(killAfterSeconds * 1000)
    const aloneBefore = await decidedAlone(instances[0]!.url)
    await instances[0]!.kill()
    const done = await Promise.all(working)
    const { admitted, turnedAway } = await greedy
    const acknowledged = done.flatMap((client) => client.acknowledged)
    const { lost, twice } = await compare(databaseUrl, acknowledged)
    return {
      operations: done.reduce((sum, client) => sum + client.operations, 0),
      failed: done.flatMap((client) => client.failed),
      repeated: done.reduce((sum, client) => sum + client.repeated, 0),
      ...{ acknowledged: acknowledged.length, lost, twice },
      mostAdmitted: mostCertain(admitted),
      decidedAlone: aloneBefore + (await decidedAlone(instances[1]!.url)),
      turnedAway,
      diedUnderWay: balancer.lost(),
    }
  } finally {
    await balancer.close()
    for (const instance of instances) await instance.kill()
    await redis.stop()
  }
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { status } = await askCloud(url, '/ready')
    if (status === 200) return
    await delay(100)
  }
  throw new Error('an instance did not become ready')
}

async function decidedAlone(url: string): Promise<number> {
  const { text } = await askCloud(url, '/metrics')
  return Number(/^slipway_limits_decided_alone_total (\d+)$/m.exec(text)?.[1])
}

/** One installation: contributes a trade and asks about a setup in turn, each until it has an answer. */
async function honestClient(url: string, n: number, ends: number) {
  const userId = n.toString(16).padStart(12, '0')
  const client = openCloudClient({
    ...{ address: { url }, deviceId: `device-${n}-of-test`, appVersion: '1.0.0', userId },
    // Left alone for as short as a test has time for.
    timing: { circuit: { opensAfter: 5, backoffMs: [0], openMs: 500 } },
  })
  const acknowledged: string[] = []
  const failed: string[] = []
  let [operations, repeated] = [0, 0]
  try {
    await delay((PAUSE_MS * n) / 20)
    while (performance.now() < ends) {
      const key = `two-clouds-${n}-${operations}-key`
      const isTrade = operations % 2 === 0
      operations++
      const trouble = await untilAnswered(
        () => (isTrade ? give(client, userId, key) : ask(client, userId)),
        () => repeated++,
      )
      if (trouble !== undefined) failed.push(trouble)
      else if (isTrade) acknowledged.push(key)
      await delay(PAUSE_MS)
    }
  } finally {
    client.close()
  }
  return { operations, acknowledged, failed, repeated }
}

type Tried = Awaited<ReturnType<typeof give>> | Awaited<ReturnType<typeof ask>>

async function untilAnswered(attempt: () => Promise<Tried>, repeat: () => void): Promise<string | undefined> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const tried = await attempt()
    if (tried.kind === 'answer') return undefined
    const { kind, code, message } = tried.failure
    const mayPass = kind === 'unreachable' || kind === 'lost' || kind === 'resting'
    if (!mayPass || performance.now() > until) return `${kind} ${code ?? ''} ${message}`
    repeat()
    await delay(50 + Math.random() * 200)
  }
}

const features = (seed: number) => ({ distance: Math.sin(seed), volume: Math.cos(seed), trend: (seed % 7) / 7 })

async function give(client: CloudClient, userId: string, key: string) {
  const trade: SaveTrade = {
    ...{ user_id: userId, idempotency_key: key, kind: 'signal', symbol: 'ES', side: 'buy', source: 'paper' },
    ...{ features: features(key.length), outcome: { r: 1, exit: 'target' }, timeframe: '1m', strategy: 'vwap-bounce' },
    day: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10),
  }
  return await client.ask(saveTrade, trade)
}

async function ask(client: CloudClient, userId: string) {
  return await client.ask(getConfidence, { user_id: userId, symbol: 'ES', side: 'buy', features: features(3) })
}

type Admitted = Readonly<{ sent: number; back: number }>

/** Asks about fifteen times in a second, whatever it is told. */
async function greedyUser(url: string, ends: number) {
  const admitted: Admitted[] = []
  let turnedAway = 0
  const one = async (): Promise<void> => {
    const sent = performance.now()
    const body = { user_id: GREEDY, symbol: 'ES', side: 'buy', features: features(1) }
    const answer = await askCloud(url, getConfidence.path, { body }).catch(() => undefined)
    if (answer?.status === 200) admitted.push({ sent, back: performance.now() })
    if (answer?.status === 429) turnedAway++
  }
  const asking: Promise<void>[] = []
  while (performance.now() < ends) {
    asking.push(one())
    await delay(66)
  }
  await Promise.all(asking)
  return { admitted, turnedAway }
}

/** Most that were sent and answered within one window. */
function mostCertain(admitted: readonly Admitted[]): number {
  return Math.max(
    0,
    ...admitted.map(
      ({ sent }) => admitted.filter((other) => other.sent >= sent && other.back < sent + WINDOW_MS).length,
    ),
  )
}

async function compare(databaseUrl: string, acknowledged: readonly string[]) {
  const { db, close } = await openCloudDb({ kind: 'postgres', url: databaseUrl })
  try {
    const rows = await db
      .selectFrom('experiences')
      .select('idempotency_key')
      .where('idempotency_key', 'like', 'two-clouds-%')
      .execute()
    const keys = rows.map((row) => row.idempotency_key)
    const known = new Set(keys)
    return { lost: acknowledged.filter((key) => !known.has(key)).length, twice: keys.length - known.size }
  } finally {
    await close()
  }
}
