import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openAccountRegistry } from '../../src/adapters/account-registry/account-registry.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { logFiles } from '../../src/adapters/log/read-log.ts'
import { accountRules } from '../../src/apps/launcher/account-rules.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { addAccount, generateBars, prepareHome, SOURCE_BOT, startBot, untilBot } from '../support/bot-fleet.ts'
import { tempHome } from '../support/temp-home.ts'

function read<T>(layout: HomeLayout, id: AccountId, sql: string): T[] {
  const db = new Database(layout.state(id), { readonly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}

const entriesAfter = (layout: HomeLayout, id: AccountId, at: number) =>
  read<{ n: number }>(layout, id, `SELECT count(*) AS n FROM decisions WHERE action = 'enter' AND at >= ${at}`)[0]!.n
const breaches = (layout: HomeLayout, id: AccountId) =>
  read<{ rule: string; at: number; until: number | null; cleared_at: number | null }>(
    layout,
    id,
    'SELECT * FROM risk_breaches ORDER BY seq',
  )

describe('a bot whose trailing drawdown is reached', () => {
  it('is flat and blocked, stays so through kill and restart, and trades again once a person clears it', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 25, 5)
    const drawdown = ['risk.trailingDrawdown=150', 'risk.drawdownMark=intraday']
    const id = await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay:max', set: drawdown })
    const registry = openAccountRegistry({
      layout,
      now: () => epochMs(Date.now()),
      rules: accountRules(layout),
      heldBy: () => Promise.resolve(undefined),
    })

    const first = await startBot(layout, id, SOURCE_BOT)
    const blocked = await untilBot(layout, id, ({ state, position }) => state === 'blocked' && position === 0)
    expect(blocked.stateReason).toMatch(/drawdown floor .* USD; no entries until a person clears it .*clearBreach=1/)
    first.kill()
    await first.exited
    const [breach] = breaches(layout, id)
    expect(breach).toMatchObject({ rule: 'trailing-drawdown', until: null, cleared_at: null })

    // Looser, then gone: the breach stands all the same.
    await registry.edit(id, ['risk.trailingDrawdown=0', 'feed=replay:max'])
    const second = await startBot(layout, id, SOURCE_BOT)
    await untilBot(layout, id, ({ state }) => state === 'blocked')
    second.kill()
    await second.exited
    expect(entriesAfter(layout, id, breach!.at)).toBe(0)
    expect(
      logFiles(layout, id)
        .map((file) => readFileSync(file, 'utf8'))
        .join(''),
    ).toContain('risk-breach')

    await registry.edit(id, ['risk.clearBreach=1'])
    const third = await startBot(layout, id, SOURCE_BOT)
    expect((await third.exited).code).toBe(0)
    expect(breaches(layout, id)[0]!.cleared_at).not.toBeNull()
    expect(entriesAfter(layout, id, breach!.at)).toBeGreaterThan(0)
  })
})
