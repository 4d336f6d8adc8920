/**
 * A server for the bench of confidence, in a process of its own: `pool` answers from 10,000 experiences through the door
 * that every caller takes, `bare` is a Hono route that checks the same body with zod and does nothing. It says its port,
 * and ends with its standard input.
 */
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plantSeed } from '../../src/adapters/cloud-db/seed-records.ts'
import { openCloudDb } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { cloudAnswerer } from '../../src/apps/cloud/cloud-fetch.ts'
import { cloudListener } from '../../src/apps/cloud/cloud-listener.ts'
import { openMetrics } from '../../src/apps/cloud/cloud-metrics.ts'
import { createLocalLimiter } from '../../src/apps/cloud/limits/local-limiter.ts'
import { followPool } from '../../src/apps/cloud/pool/follow-pool.ts'
import { poolHandlers } from '../../src/apps/cloud/pool/pool-handlers.ts'
import { getConfidence } from '../../src/contracts/cloud/pool.ts'
import { EMBEDDED_POOL } from '../../src/domain/pool/pool-settings.ts'
import { RATE_BUDGETS, type RateBudgets } from '../../src/domain/rate/budgets.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { rowOf, setups } from './pool-experiences.ts'

const EXPERIENCES = 10_000

function bare(): RequestListener {
  const app = new Hono()
  app.post(getConfidence.path, async (context) => {
    getConfidence.input.parse(await context.req.json())
    return context.json({ ok: true })
  })
  const listener = getRequestListener((request) => app.fetch(request))
  return (request, response) => void listener(request, response)
}

async function pool(): Promise<RequestListener> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-confidence-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { db } = await openCloudDb({ kind: 'sqlite', file: join(folder, 'cloud.db') })
  const rows = setups(1, EXPERIENCES).map(({ features, r }, n) =>
    rowOf({
      ...{ idempotency_key: `key-${String(n).padStart(16, '0')}`, features: JSON.stringify(features), r },
      outcome: JSON.stringify({ r, exit: 'other' }),
    }),
  )
  await plantSeed(db, 'bench', rows, epochMs(0))
  const log = { info: () => undefined, warn: () => undefined, debug: () => undefined, error: console.error }
  const elapsed = () => performance.now()
  const follower = followPool({ db, settings: EMBEDDED_POOL, log, now: () => epochMs(Date.now()), elapsed })
  await follower.look()
  follower.start()
  const answer = cloudAnswerer({
    handlers: poolHandlers({
      ...{ db, follower, settings: EMBEDDED_POOL, nudge: () => undefined },
      licenceSince: async () => undefined,
      standingSince: async () => undefined,
    }),
    // The real limiter, with budgets that a bench does not use up.
    limiter: createLocalLimiter({ budgets: generous(), elapsed }),
    leases: { verify: () => undefined },
    findAdmin: async () => undefined,
    metrics: openMetrics(),
    ...{ log, now: () => epochMs(Date.now()), elapsed },
  })
  const listener = cloudListener(answer, () => '127.0.0.1', console.error)
  return (request, response) => void listener(request, response)
}

/** As many as the usual budget in a window so much shorter that a bench stays below it: the limiter keeps as many times. */
function generous(): RateBudgets {
  const rule = { limit: 1_000_000, windowMs: 5 }
  return { ...RATE_BUDGETS, user: rule, address: rule }
}

const listener = process.argv[2] === 'bare' ? bare() : await pool()
// As the real server's: connections of a steady load are idle for some seconds.
const server = createServer({ keepAliveTimeout: 65_000 }, listener)
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.stdin.resume().once('end', () => process.exit(0))
