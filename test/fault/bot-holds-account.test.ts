import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, it } from 'vitest'
import { connectToBot } from '../../src/adapters/bot-control/connect-to-bot.ts'
import type { BotProcess } from '../../src/adapters/bot-process/spawn-bot.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { readLockRecord } from '../../src/adapters/lock/who-holds.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { BOT_EXIT } from '../../src/contracts/bot-protocol.ts'
import { addAccount, generateBars, prepareHome, startBot, untilBot } from '../support/bot-fleet.ts'
import { tempHome } from '../support/temp-home.ts'
import { programOf } from '../support/programs/programs.ts'

const started: BotProcess[] = []
afterEach(async () => {
  for (const bot of started.splice(0)) {
    try {
      process.kill(bot.pid, 'SIGCONT')
    } catch {
      // It has ended already.
    }
    bot.kill()
    await bot.exited
  }
})

async function slowAccount(): Promise<{ layout: HomeLayout; id: AccountId; start: () => Promise<BotProcess> }> {
  const layout = prepareHome(tempHome())
  generateBars(layout, 'MES', 5, 2)
  const id = await addAccount(layout, 'slow', { symbol: 'MES', feed: 'replay:600x' })
  const start = async () => {
    const bot = await startBot(layout, id, programOf('bot'))
    started.push(bot)
    return bot
  }
  return { layout, id, start }
}

const isTrading = ({ state }: { state: string }) => state === 'trading'

function recordOf(layout: HomeLayout, id: AccountId) {
  const record = readLockRecord(layout.lockRecord(id))
  if (typeof record === 'string') throw new Error(record)
  return record
}

describe('an account with a living bot', () => {
  it('refuses a second one, which exits with 3 and names the holder', async () => {
    const { layout, id, start } = await slowAccount()
    const first = await start()
    await untilBot(layout, id, isTrading)
    const second = await start()
    expect((await second.exited).code).toBe(BOT_EXIT.held)
    const said = readFileSync(layout.botOutput(id), 'utf8')
    expect(said).toContain('account-held')
    expect(said).toContain(String(first.pid))
    expect((await untilBot(layout, id, isTrading)).pid).toBe(first.pid)
  })

  it('has exactly one winner when twelve start at once', async () => {
    const { layout, id, start } = await slowAccount()
    const bots = await Promise.all(Array.from({ length: 12 }, start))
    await untilBot(layout, id, isTrading)
    const ends = new Map<number, number | null>()
    const losersAreGone = new Promise<void>((resolve) => {
      for (const bot of bots)
        void bot.exited.then(({ code }) => {
          ends.set(bot.pid, code)
          if (ends.size === bots.length - 1) resolve()
        })
    })
    await Promise.race([losersAreGone, delay(20_000)])
    const winner = await untilBot(layout, id, isTrading)
    expect([...ends.values()]).toEqual(Array.from({ length: 11 }, () => BOT_EXIT.held))
    const living = bots.map((bot) => bot.pid).filter((pid) => !ends.has(pid))
    expect(living).toEqual([winner.pid])
    expect(recordOf(layout, id).pid).toBe(winner.pid)
  })

  it('is free again as soon as the bot is killed, and the next has a new generation', async () => {
    const { layout, id, start } = await slowAccount()
    const first = await start()
    const before = await untilBot(layout, id, isTrading)
    first.kill()
    await first.exited
    const second = await start()
    const after = await untilBot(layout, id, isTrading)
    expect(after.pid).toBe(second.pid)
    expect(after.generation).toBe(before.generation + 1)
    expect(recordOf(layout, id)).toMatchObject({ pid: second.pid, generation: after.generation })
  })

  it('stays its bot while that is stopped by a signal, and doubles nothing when it goes on', async () => {
    const { layout, id, start } = await slowAccount()
    const first = await start()
    await untilBot(layout, id, isTrading)
    process.kill(first.pid, 'SIGSTOP')
    const second = await start()
    expect((await second.exited).code).toBe(BOT_EXIT.held)
    process.kill(first.pid, 'SIGCONT')
    expect((await untilBot(layout, id, isTrading)).pid).toBe(first.pid)
    const bot = await connectToBot({ endpoint: layout.botEndpoint(id), timeoutMs: 5_000 })
    await bot?.request({ type: 'stop', flatten: false, keepOrders: false }, 10_000)
    expect((await first.exited).code).toBe(BOT_EXIT.ended)
    const db = new Database(layout.state(id), { readonly: true })
    const doubled = db
      .prepare(`SELECT signal_id FROM orders WHERE parent IS NULL GROUP BY signal_id, purpose HAVING count(*) > 1`)
      .all()
    db.close()
    expect(doubled).toEqual([])
  })

  it('keeps its bot when the terminal hangs up, and lets it go in order when asked to terminate', async () => {
    const { layout, id, start } = await slowAccount()
    const bot = await start()
    await untilBot(layout, id, isTrading)
    process.kill(bot.pid, 'SIGHUP')
    await delay(300)
    expect((await untilBot(layout, id, isTrading)).pid).toBe(bot.pid)
    // On Windows a signal ends a process at once; there, only the control socket asks.
    process.kill(bot.pid, 'SIGTERM')
    expect(await bot.exited).toEqual({ code: BOT_EXIT.ended, signal: null })
    expect(readLockRecord(layout.lockRecord(id))).toBe('missing')
  })
})
