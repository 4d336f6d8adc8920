import Database from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { STATE_MIGRATIONS } from '../../../src/adapters/state-db/schema.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { afterEntryOrder } from '../../../src/domain/risk/risk-state.ts'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'
import { NOON, stateOf } from '../../support/risk.ts'
import { tempHome } from '../../support/temp-home.ts'

const accountId = 'A1' as AccountId

function layoutWithAccount() {
  const layout = homeLayout(tempHome())
  mkdirSync(layout.account(accountId), { recursive: true })
  return layout
}
const open = (layout: ReturnType<typeof layoutWithAccount>) =>
  openState({ layout, accountId, instanceId: 'i', expectExisting: false, now: () => NOON })

const breach = { rule: 'daily-loss' as const, at: NOON, barTime: epochMs(NOON - 60_000), text: 'lost' }

describe('what limits remember', () => {
  it('is the same after the state was closed and opened again', () => {
    const layout = layoutWithAccount()
    const state = afterEntryOrder(stateOf({ boundary: '17:00 America/Chicago', lossesInRow: 2 }), NOON, 3)
    const first = open(layout)
    expect(first.risk()).toBeUndefined()
    first.transact(() => first.saveRisk(stateOf()))
    first.transact(() => first.saveRisk(state))
    first.close()
    const second = open(layout)
    expect(second.risk()).toEqual(state)
    second.close()
  })

  it('counts the entries that were decided by calls since it was saved, and each once', () => {
    const layout = layoutWithAccount()
    const store = open(layout)
    const enter = (name: string, at: number, quantity: number) => {
      const decision = { decisionId: name, barTime: NOON, symbol: 'ES', side: 'buy' as const, price: ticks(1) }
      store.insertTradeCall(
        {
          ...{ signalId: name, at: epochMs(at), accountId: 'A1', userId: 'u', signature: '' },
          ...{ command: { kind: 'buy', symbol: 'ES', quantity: lots(quantity) }, orders: [], reasons: [] },
        },
        {
          ...{ ...decision, action: 'enter', at: epochMs(at), quantity: lots(quantity) },
          ...{ confidence: 0.5, reasons: [], features: {} },
        },
      )
    }
    const first = afterEntryOrder(stateOf(), NOON, 3_000)
    store.transact(() => {
      enter('one', NOON, 3)
      store.saveRisk(first)
    })
    expect(store.risk()).toEqual(first)
    store.transact(() => enter('two', NOON + 1_000, 2))
    expect(store.risk()).toEqual(afterEntryOrder(first, epochMs(NOON + 1_000), 2_000))
    store.close()
    const second = open(layout)
    expect(second.risk()).toMatchObject({ orders: [NOON, NOON + 1_000], sizesMilli: [3_000, 2_000] })
    second.close()
  })

  it('comes to accounts that were traded before limits remembered anything', () => {
    const layout = layoutWithAccount()
    const old = new Database(layout.state(accountId))
    old.exec(STATE_MIGRATIONS[0]!)
    old.pragma('user_version = 1')
    old.close()
    const store = open(layout)
    expect(store.risk()).toBeUndefined()
    expect(store.standingBreaches(NOON)).toEqual([])
    store.close()
  })
})

describe('sizes that an earlier version kept in lots', () => {
  it('are told anew in parts of a contract, from the decisions', () => {
    const layout = layoutWithAccount()
    const old = new Database(layout.state(accountId))
    const before = STATE_MIGRATIONS.findIndex((text) => text.includes("'$.sizes'"))
    for (const sql of STATE_MIGRATIONS.slice(0, before)) old.exec(sql)
    const { sizesMilli: _, ...kept } = stateOf({ lossesInRow: 2 })
    const decide = old.prepare(
      `INSERT INTO decisions (decision_id, at, bar_time, symbol, action, side, quantity, price, confidence, reasons, features)
         VALUES (?, 1, 1, ?, ?, 'buy', ?, 1, 0.5, '[]', '{}')`,
    )
    old
      .prepare('INSERT INTO instruments (symbol, spec) VALUES (?, ?)')
      .run('MESZ6', JSON.stringify({ symbol: 'MESZ6', root: 'MES', kind: 'future', contractMilli: 100 }))
    decide.run('one', 'ESZ6', 'enter', 2)
    decide.run('two', 'MESZ6', 'enter', 30)
    decide.run('three', 'ESZ6', 'exit', 2)
    old
      .prepare('INSERT INTO risk_state (id, state, counted_to) VALUES (1, ?, 3)')
      .run(JSON.stringify({ ...kept, sizes: [2, 30] }))
    old.pragma(`user_version = ${before}`)
    old.close()
    const store = open(layout)
    expect(store.risk()).toEqual({ ...kept, sizesMilli: [2_000, 3_000] })
    store.close()
  })
})

describe('breaches', () => {
  it('stand until their time or until a person clears them, and are never deleted', () => {
    const layout = layoutWithAccount()
    const store = open(layout)
    const until = epochMs(NOON + 1_000)
    const day = store.transact(() => store.insertBreach({ ...breach, until }))
    const forGood = store.transact(() => store.insertBreach({ ...breach, rule: 'trailing-drawdown', until: undefined }))
    expect([day.id, forGood.id]).toEqual([1, 2])
    expect(store.standingBreaches(NOON)).toEqual([day, forGood])
    expect(store.standingBreaches(until)).toEqual([forGood])
    store.transact(() => store.clearBreach(forGood.id, until))
    expect(store.standingBreaches(NOON)).toEqual([day])
    store.close()
    const db = new Database(layout.state(accountId), { readonly: true })
    expect(db.prepare('SELECT seq, cleared_at FROM risk_breaches').all()).toEqual([
      { seq: 1, cleared_at: null },
      { seq: 2, cleared_at: until },
    ])
    db.close()
  })
})
