import Database from 'better-sqlite3'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { connectToBot } from '../../../src/adapters/bot-control/connect-to-bot.ts'
import { readLastExit } from '../../../src/adapters/bot-process/last-exit.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { STRATEGIES } from '../../../src/domain/strategy/index.ts'
import { addAccount, generateBars, prepareHome, startBot, untilBot } from '../../support/bot-fleet.ts'
import { eagerStrategy } from '../../support/eager-strategy.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

const EAGER_BOT = programOf('eager-bot')
Object.assign(STRATEGIES, { eager: eagerStrategy })

type Line = { event: string; time: string }

function linesOf(layout: HomeLayout, id: AccountId): Line[] {
  const text = readFileSync(layout.log(id, 'MES', 'paper'), 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

function wishOf(layout: HomeLayout, id: AccountId): string | undefined {
  const db = new Database(layout.state(id), { readonly: true })
  try {
    return db.prepare('SELECT reason FROM flatten_wish').pluck().get() as string | undefined
  } finally {
    db.close()
  }
}

async function until(what: () => boolean): Promise<void> {
  for (const end = performance.now() + 30_000; !what(); await delay(5))
    if (performance.now() > end) throw new Error('it did not come to that in 30 s')
}

async function homeWith(feed: string): Promise<{ layout: HomeLayout; id: AccountId }> {
  const layout = prepareHome(tempHome())
  generateBars(layout, 'MES', 3, 5)
  const id = await addAccount(layout, 'a', { symbol: 'MES', feed, set: ['strategy=eager'] })
  return { layout, id }
}

describe('a bot that is killed with kill -9 while it closes everything', () => {
  it('goes on closing at its next start, without being asked again', async () => {
    // A bar a second: there is time to kill it between the exit and the bar that fills it.
    const { layout, id } = await homeWith('replay:60x')
    const first = await startBot(layout, id, EAGER_BOT)
    await untilBot(layout, id, ({ position }) => position !== 0)
    const asked = await connectToBot({ endpoint: layout.botEndpoint(id), timeoutMs: 5_000 })
    void asked!.request({ type: 'flatten' }, 30_000).catch(() => undefined)
    await until(() => wishOf(layout, id) !== undefined)
    process.kill(first.pid, 'SIGKILL')
    await first.exited
    expect(wishOf(layout, id)).toBe('asked for')

    const second = await startBot(layout, id, EAGER_BOT)
    await until(() => linesOf(layout, id).some(({ event }) => event === 'flat'))
    expect(linesOf(layout, id).map(({ event }) => event)).toContain('flatten-resumed')
    await until(() => wishOf(layout, id) === undefined)
    process.kill(second.pid, 'SIGTERM')
    await second.exited
  })
})

describe('a bot in which something throws where nobody catches', () => {
  it('does nothing more, leaves word of it, and ends as failed', async () => {
    const { layout, id } = await homeWith('replay:3000x')
    const bot = await startBot(layout, id, EAGER_BOT)
    await untilBot(layout, id, ({ tradesToday }) => tradesToday > 0)
    writeFileSync(join(layout.root, 'throw-now'), '')
    const { code } = await bot.exited
    expect(code).toBe(1)
    const last = readLastExit(layout, id)
    expect(last).toMatchObject({ state: 'crashed', reason: 'failed' })
    expect(last!.status!.lastError).toBe('a bug nobody thought of')
    const events = linesOf(layout, id).map(({ event }) => event)
    const crash = events.indexOf('bot-failed')
    expect(crash).toBeGreaterThan(0)
    expect(events.slice(crash)).toEqual(['bot-failed', 'bot-stopped'])
  })
})
