import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { openCloudDb } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { openCloudRedis } from '../../src/adapters/cloud-redis/open-cloud-redis.ts'
import { openLimits } from '../../src/apps/cloud/limits/open-limits.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { budgetsOf } from './rate-rig.ts'

// An instance of the cloud as far as limits go, in a process of its own, with a window as short as a test has time for.
const { values } = parseArgs({
  options: {
    redis: { type: 'string' },
    file: { type: 'string' },
    instance: { type: 'string' },
    limit: { type: 'string' },
    window: { type: 'string' },
    budget: { type: 'string' },
  },
})
const { redis: url = '', file = '', instance = '' } = values
const database = await openCloudDb({ kind: 'sqlite', file })
const redis = openCloudRedis({ url })
const limits = await openLimits({
  ...{ db: database.db, instance, redis },
  now: () => epochMs(Date.now()),
  elapsed: () => performance.now(),
  redisBudgetMs: Number(values.budget),
  budgets: budgetsOf({ limit: Number(values.limit), windowMs: Number(values.window) }),
})
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const answer = (body: unknown) => response.end(JSON.stringify(body))
  if (pathname === '/figures') return void answer({ ...limits.figures(), clock: Date.now() })
  const key = searchParams.get('licence') ?? ''
  void Promise.resolve(limits.limiter.take([{ subject: 'licence', key }])).then(
    (verdict) => answer({ ...verdict, mode: limits.figures().mode }),
    (error: unknown) => {
      response.statusCode = 500
      answer(String(error))
    },
  )
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
process.stdin.resume().once('end', () => process.exit(0))
