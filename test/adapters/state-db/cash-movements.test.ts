import Database from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { homeLayout, type HomeLayout } from '../../../src/adapters/home/layout.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { readBalanceCurve } from '../../../src/adapters/state-db/read-balance-curve.ts'
import { readCash } from '../../../src/adapters/state-db/read-cash.ts'
import { STATE_MIGRATIONS } from '../../../src/adapters/state-db/schema.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import type { BookedMovement, CashMovementKind } from '../../../src/domain/ledger/cash-movement.ts'
import { postOpening } from '../../../src/domain/ledger/post-fill.ts'
import { epochMs, minorUnits } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'

const accountId = 'A1' as AccountId

function newLayout(): HomeLayout {
  const layout = homeLayout(tempHome())
  mkdirSync(layout.account(accountId), { recursive: true })
  return layout
}

function open(layout: HomeLayout) {
  const store = openState({ layout, accountId, instanceId: 'i', expectExisting: false, now: () => epochMs(1) })
  onTestFinished(() => store.close())
  return store
}

function begun() {
  const layout = newLayout()
  const store = open(layout)
  store.transact(() => store.postLedger(epochMs(1), 'opening', 'opening', postOpening('USD', minorUnits(100_000))))
  const move = (kind: CashMovementKind, change: number, at: number, requestId = `${kind}-${at}`) => {
    const moved: BookedMovement = {
      ...{ requestId, kind, changeMinor: minorUnits(change), note: 'why' },
      ...{ at: epochMs(at), currency: 'USD' },
    }
    store.transact(() => store.bookCashMovement(moved))
    return moved
  }
  return { layout, store, move }
}

describe('money that moved without a fill, in the state', () => {
  it('is an entry of the ledger, what was said of it, and is there again after a restart', () => {
    const { layout, store, move } = begun()
    const fee = move('fee', -1_250, 2)
    expect([store.ledgerBalance('cash', 'USD'), store.ledgerBalance('fees', 'USD')]).toEqual([98_750, 1_250])
    store.close()
    const again = open(layout)
    expect(again.cashMovement(fee.requestId)).toEqual(fee)
    expect(again.cashMovement('other')).toBeUndefined()
    expect(again.ledgerBalance('cash', 'USD')).toBe(98_750)
  })

  it('is booked once under its name, whatever kind is named then', () => {
    const { layout, store, move } = begun()
    move('fee', -1_250, 2, 'one')
    move('fee', -1_250, 3, 'one')
    move('deposit', 999, 4, 'one')
    expect(store.ledgerBalance('cash', 'USD')).toBe(98_750)
    expect(readCash(layout, accountId, 'USD', 10)?.movements).toMatchObject([{ requestId: 'one', kind: 'fee', at: 2 }])
  })

  it('is written with everything beside it or not at all, and never by a bot that was followed by another', () => {
    const { layout, store, move } = begun()
    const broken = () =>
      store.transact(() => {
        store.bookCashMovement({ ...move('fee', -1, 2), requestId: 'torn' })
        throw new Error('the power went')
      })
    expect(broken).toThrow('the power went')
    expect(store.cashMovement('torn')).toBeUndefined()
    const newer = open(layout)
    expect(() => move('fee', -1, 5)).toThrow(/took this account over/)
    expect(newer.cashMovement('fee-5')).toBeUndefined()
    expect(readCash(layout, accountId, 'USD', 10)?.cash).toBe(newer.ledgerBalance('cash', 'USD'))
  })

  it('is listed oldest first, the newest of many', () => {
    const { layout, move } = begun()
    for (let at = 2; at < 7; at++) move('interest', at, at)
    const facts = readCash(layout, accountId, 'USD', 3)
    expect(facts?.movements.map(({ at }) => at)).toEqual([4, 5, 6])
    expect(facts?.cash).toBe(100_020)
  })

  it('is none in a state that was written before it was kept, or that has not begun', () => {
    const layout = newLayout()
    expect(readCash(layout, accountId, 'USD', 3)).toBeUndefined()
    const db = new Database(layout.state(accountId))
    const before = STATE_MIGRATIONS.findIndex((text) => text.includes('cash_movements'))
    for (const text of STATE_MIGRATIONS.slice(0, before)) db.exec(text)
    db.pragma(`user_version = ${before}`)
    db.exec("INSERT INTO ledger_balances VALUES ('cash', 'USD', 77)")
    db.close()
    expect(readCash(layout, accountId, 'USD', 3)).toEqual({ cash: 77, movements: [] })
    expect(open(layout).ledgerBalance('cash', 'USD')).toBe(77)
    expect(readCash(layout, accountId, 'USD', 3)).toEqual({ cash: 77, movements: [] })
  })
})

describe('the curve of the balance', () => {
  it('takes money that was brought or taken away for neither gain nor drawdown', async () => {
    const { layout, move } = begun()
    move('fee', -1_000, 2)
    move('withdrawal', -50_000, 3)
    move('deposit', 70_000, 4)
    move('interest', 3_000, 5)
    const whole = await readBalanceCurve(layout, accountId, 'USD', undefined)
    expect(whole).toMatchObject({
      opening: 120_000,
      points: [
        { balance: 99_000, drawdown: -1_000 },
        { balance: 49_000, drawdown: -1_000 },
        { balance: 119_000, drawdown: -1_000 },
        { balance: 122_000, drawdown: 0 },
      ],
      place: { balance: 122_000, peak: 122_000 },
    })
    move('withdrawal', -2_000, 6)
    const rest = await readBalanceCurve(layout, accountId, 'USD', whole.place)
    expect(rest).toMatchObject({ opening: 118_000, points: [{ balance: 120_000, drawdown: 0 }] })
  })
})
