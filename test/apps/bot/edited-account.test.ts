import { readFileSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openAccountRegistry } from '../../../src/adapters/account-registry/account-registry.ts'
import { readLastExit } from '../../../src/adapters/bot-process/last-exit.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { EXIT_CODE_OF } from '../../../src/domain/failure/refusal.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { addAccount, generateBars, prepareHome, startBot } from '../../support/bot-fleet.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

async function edit(layout: HomeLayout, id: AccountId, ...set: string[]): Promise<void> {
  const now = () => epochMs(Date.now())
  const registry = openAccountRegistry({
    layout,
    now,
    rules: accountRules(layout),
    heldBy: () => Promise.resolve(undefined),
  })
  await registry.edit(id, set)
}

/** Starts a bot and waits for its end; what it refused to do, if it did. */
async function run(layout: HomeLayout, id: AccountId) {
  const bot = await startBot(layout, id, programOf('bot'))
  const { code } = await bot.exited
  return { code, refused: readLastExit(layout, id)?.refusal ?? undefined }
}

function inState<T>(layout: HomeLayout, id: AccountId, work: (db: Database.Database) => T): T {
  const db = new Database(layout.state(id))
  try {
    return work(db)
  } finally {
    db.close()
  }
}

describe('an account that is set to another symbol', () => {
  it('says so when it has no bars after the account’s place, instead of ending without a word', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 3, 5)
    generateBars(layout, 'MNQ', 3, 6)
    const id = await addAccount(layout, 'a', { symbol: 'MES', feed: 'replay:max' })
    expect(await run(layout, id)).toEqual({ code: 0, refused: undefined })
    await edit(layout, id, 'symbol=MNQ')
    const moved = await run(layout, id)
    expect(moved.code).toBe(EXIT_CODE_OF['data-missing'])
    expect(moved.refused).toMatchObject({ code: 'data-missing', message: expect.stringContaining('MNQ') })
    await edit(layout, id, 'symbol=MES')
    expect(await run(layout, id)).toEqual({ code: 0, refused: undefined })
  })

  it('is not started while an order of a killed bot still works in the old one', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 3, 5)
    generateBars(layout, 'MNQ', 3, 6)
    const id = await addAccount(layout, 'a', { symbol: 'MES', feed: 'replay:max' })
    expect(await run(layout, id)).toMatchObject({ code: 0 })
    inState(layout, id, (db) =>
      db.exec(`INSERT INTO orders (client_order_id, symbol, side, quantity, type, time_in_force, purpose, status, cum_qty,
          signal_id, decision_id, confidence, reason, generation, created_at, updated_at)
        VALUES ('left-behind', 'MES', 'buy', 1, 'market', 'day', 'entry', 'acknowledged', 0, 's', 'd', 0.5, 'entry', 1, 1, 1)`),
    )
    await expect(edit(layout, id, 'symbol=MNQ')).rejects.toMatchObject({ refusal: { code: 'setting-invalid' } })
    // Nobody keeps a person from the file itself.
    const path = layout.settings(id)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"symbol": "MES"', '"symbol": "MNQ"'))
    const moved = await run(layout, id)
    expect(moved.refused).toMatchObject({ code: 'not-reconciled', message: expect.stringContaining('MES') })
    expect(moved.refused?.nextStep).toContain('symbol=MES,MNQ')
    await edit(layout, id, 'symbol=MES,MNQ')
  })
})
