import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openCloudDb } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { openHome } from '../../src/adapters/home/open-home.ts'
import { makeLicence } from '../../src/apps/cloud/licence/make-licence.ts'
import { validateLicence } from '../../src/contracts/cloud/licence.ts'
import { getConfidence } from '../../src/contracts/cloud/pool.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { steadyLoad, wireOf, type Load } from '../support/http-load.ts'
import { setups } from '../support/pool-experiences.ts'
import { cpuSeconds, pin } from '../support/processor.ts'
import { repoRoot } from '../support/repo-root.ts'
import type { Bench } from './figure.ts'

export const name: Bench['name'] = 'a hundred polling bots'

const BOTS = 100
const MINUTES = 60
const HOUR_SECONDS = 3_600
/** Fast enough to be done soon, slow enough for each user to stay below a hundred in a minute. */
const A_SECOND = 150
const IDLE_MS = 10_000

/**
 * What a cloud spends on 100 bots that ask once a bar of a minute and show their licence once an hour. An hour of their
 * requests is asked in 40 seconds of the real server, with the pool that it begins with; its processor time for them, and
 * what it uses in an hour while nobody asks, is held against an hour.
 */
export const run: Bench['run'] = async () => {
  if (process.platform !== 'linux') return { figures: [] }
  const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  try {
    const layout = openHome(home)
    const keys = await licencesIn(layout.cloudDb)
    const bundled = join(repoRoot, 'dist', 'cloud.mjs')
    const program = existsSync(bundled) ? bundled : join(repoRoot, 'src', 'apps', 'cloud', 'main.ts')
    const server = spawn(process.execPath, [program, '--home', home, '--embedded'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const exited = once(server, 'exit')
    try {
      pin(server.pid!, 0)
      pin(process.pid, 1)
      await once(server.stdout, 'data')
      // The pool is put in and read, and what the first requests compile is compiled.
      await fine(steadyLoad(layout.cloudEndpoint, questions(1), BOTS, 10_000))
      const before = cpuSeconds(server.pid!)
      await delay(IDLE_MS)
      const idle = (cpuSeconds(server.pid!) - before) / (IDLE_MS / 1_000)
      // Every budget of a minute is fresh again.
      await delay(60_000)
      const began = cpuSeconds(server.pid!)
      const shown = await fine(steadyLoad(layout.cloudEndpoint, validations(keys), A_SECOND, (BOTS / A_SECOND) * 1_000))
      const asked = await fine(
        steadyLoad(layout.cloudEndpoint, questions(MINUTES), A_SECOND, ((BOTS * MINUTES) / A_SECOND) * 1_000),
      )
      const spent = cpuSeconds(server.pid!) - began - idle * (shown.seconds + asked.seconds)
      const requests = shown.answered + asked.answered
      const inAnHour = (spent / requests) * BOTS * (MINUTES + 1)
      return {
        figures: [
          {
            name: '100 bots polling as in real life: share of a core',
            ...{ value: round((inAnHour / HOUR_SECONDS + idle) * 100), limit: 5, unit: '%' },
            note:
              `${asked.answered} questions and ${shown.answered} licences (an hour of them) at ${A_SECOND}/s: ` +
              `${round((spent / requests) * 1e6)} µs of processor each, ${round(inAnHour)} s in an hour; idle ${round(idle * 100)} %`,
          },
        ],
      }
    } finally {
      server.stdin.end()
      await exited
    }
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

const userOf = (bot: number) => bot.toString(16).padStart(12, '0')

async function licencesIn(file: string): Promise<string[]> {
  const { db, close } = await openCloudDb({ kind: 'sqlite', file })
  const keys: string[] = []
  for (let bot = 0; bot < BOTS; bot++) {
    const by = { actor: 'bench', at: epochMs(Date.now()) }
    keys.push((await makeLicence(db, { userId: userOf(bot), plan: 'pro', source: 'cli' }, by)).key)
  }
  await close()
  return keys
}

/** Of each bot so many, one bot after another. */
function questions(ofEach: number): string[] {
  return setups(7, BOTS * ofEach).map(({ features }, n) =>
    wireOf(getConfidence.path, {
      ...{ user_id: userOf(n % BOTS), symbol: 'MES', side: n % 2 ? 'buy' : 'sell', features, strategy: 'vwap-bounce' },
    }),
  )
}

function validations(keys: readonly string[]): string[] {
  return keys.map((key, bot) =>
    wireOf(validateLicence.path, {
      ...{ license_key: key, user_id: userOf(bot), device_id: `device-${userOf(bot)}`, app_version: '1.0.0' },
      ...{ account_id: bot.toString(16).padStart(32, '0'), mode: 'live' },
    }),
  )
}

async function fine(asking: Promise<Load>): Promise<Load> {
  const load = await asking
  if (load.failed > 0) throw new Error(`${load.failed} of ${load.failed + load.answered} requests failed`)
  return load
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
