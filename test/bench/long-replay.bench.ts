import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import {
  addAccount,
  BUNDLED_BOT,
  generateBars,
  prepareHome,
  removeHome,
  startBot,
  untilBot,
} from '../support/bot-fleet.ts'
import type { Figure } from './figure.ts'

export const name = 'a bot over a million bars'

const BARS = 1_000_000
/** Sessions of 23 hours: half a million bars to warm up (page caches and compiled code fill up), then a million. */
const DAYS = 1_100

/** Resident memory of a bot at the end of a long replay against what it was once warm. */
export async function run(): Promise<{ figures: Figure[] }> {
  if (process.platform !== 'linux') return { figures: [] }
  const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  // Bots are detached: waiting for one alone would not keep this process alive.
  const awake = setInterval(() => undefined, 1_000)
  try {
    const layout = prepareHome(home)
    generateBars(layout, 'MES', DAYS, 1)
    const id = await addAccount(layout, 'long', { symbol: 'MES', feed: 'replay:max' })
    const began = performance.now()
    const bot = await startBot(layout, id, BUNDLED_BOT)
    let ended = false
    void bot.exited.then(() => (ended = true))
    await untilBot(layout, id, (status) => status.state === 'trading')
    const samples: number[] = []
    while (!ended) {
      samples.push(rssOf(bot.pid))
      await delay(500)
    }
    const seconds = (performance.now() - began) / 1000
    const db = new Database(layout.state(id), { readonly: true })
    const trades = Number(db.prepare('SELECT count(*) FROM trades').pluck().get())
    db.close()
    const seen = samples.filter((sample) => sample > 0)
    // The first third is the warm-up. A level is the median of a twentieth: one collection more or less does not decide.
    const twentieth = Math.max(1, Math.floor(seen.length / 20))
    const third = Math.floor(seen.length / 3)
    const warm = median(seen.slice(third - twentieth, third))
    const last = median(seen.slice(-twentieth))
    return {
      figures: [
        {
          name: `growth of a bot's memory over ${BARS.toLocaleString('en')} replayed bars (RSS)`,
          value: (100 * (last - warm)) / warm,
          limit: 5,
          unit: '%',
          baseline: warm / 2 ** 20,
          note: `${(warm / 2 ** 20).toFixed(1)} → ${(last / 2 ** 20).toFixed(1)} MiB, ${trades} trades, ${seconds.toFixed(0)} s`,
        },
      ],
    }
  } finally {
    clearInterval(awake)
    removeHome(home)
  }
}

function rssOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
