import Database from 'better-sqlite3'
import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { STATE_MIGRATIONS } from '../../../src/adapters/state-db/schema.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import type { Posting } from '../../../src/domain/ledger/ledger.ts'
import { postOpening } from '../../../src/domain/ledger/post-fill.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { clientOrderId, fillId } from '../../../src/domain/order/order.ts'
import { epochMs, lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { RIG_INSTRUMENT } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const accountId = 'acc' as AccountId

function account() {
  const layout = homeLayout(tempHome())
  mkdirSync(layout.account(accountId), { recursive: true })
  const open = (expectExisting = false) =>
    openState({ layout, accountId, instanceId: 'i', expectExisting, now: () => epochMs(7) })
  return { path: layout.state(accountId), open }
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code
    throw error
  }
}

/** A state with enough rows that damage in the middle of the file hits data. */
function fillState(open: ReturnType<typeof account>['open']): void {
  const state = open()
  state.transact(() => {
    for (let i = 0; i < 2_000; i++)
      state.insertFill(
        {
          fillId: fillId(`f${i}`),
          clientOrderId: clientOrderId('c'),
          symbol: 'ES',
          side: 'buy',
          quantity: lots(1),
          price: ticks(1),
          commission: 0,
          at: epochMs(i),
        },
        '2026-01-02',
      )
  })
  state.close()
}

describe('the state of an account', () => {
  it('raises its generation with every holder, and refuses every write of an earlier one', () => {
    const { open } = account()
    const first = open()
    first.transact(() => first.saveFillCursor('1'))
    const second = open()
    expect([first.generation, second.generation]).toEqual([1, 2])
    expect(codeOf(() => first.transact(() => first.saveFillCursor('2')))).toBe('fenced')
    second.transact(() => second.saveFillCursor('3'))
    expect(second.fillCursor()).toBe('3')
    first.close()
    second.close()
  })

  it('undoes a whole transaction when part of it fails', () => {
    const { open } = account()
    const state = open()
    expect(() =>
      state.transact(() => {
        state.saveFillCursor('1')
        state.postLedger(epochMs(1), 'fill', 'f1', [{ account: 'cash', amount: minorUnits(5), currency: 'USD' }])
      }),
    ).toThrow(/out of balance by 5 USD/)
    expect(state.fillCursor()).toBeUndefined()
    state.close()
  })

  it('reads nothing from memory that a failed transaction has undone', () => {
    const state = account().open()
    const add = (reference: string, amount: number) =>
      state.postLedger(epochMs(1), 'opening', reference, postOpening('USD', minorUnits(amount)))
    state.transact(() => add('first', 500))
    const undone = () =>
      state.transact(() => {
        add('second', 70)
        state.saveInstrument(RIG_INSTRUMENT)
        expect(state.ledgerBalance('cash', 'USD')).toBe(570)
        expect(state.instrument(RIG_INSTRUMENT.symbol)).toEqual(RIG_INSTRUMENT)
        throw new Error('a bug')
      })
    expect(undone).toThrow('a bug')
    expect(state.ledgerBalance('cash', 'USD')).toBe(500)
    expect(state.instrument(RIG_INSTRUMENT.symbol)).toBeUndefined()
    state.transact(() => add('third', 1))
    expect(state.ledgerBalance('cash', 'USD')).toBe(501)
    state.close()
  })

  it('books a fill and a ledger entry once, however often they are told', () => {
    const { open } = account()
    const state = open()
    const postings: Posting[] = [
      { account: 'cash', amount: minorUnits(-200), currency: 'USD' },
      { account: 'commission', amount: minorUnits(200), currency: 'USD' },
    ]
    for (let i = 0; i < 3; i++) state.transact(() => state.postLedger(epochMs(1), 'fill', 'f1', postings))
    expect(state.ledgerBalance('cash', 'USD')).toBe(-200)
    state.close()
  })

  it('syncs every commit: the level reads FULL on a file opened again', () => {
    const { path, open } = account()
    open().close()
    const state = open()
    state.close()
    const db = new Database(path)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    db.close()
  })

  it('is a loss, not a new account, when the file of a known account is gone or empty', () => {
    const { path, open } = account()
    expect(codeOf(() => open(true))).toBe('state-missing')
    writeFileSync(path, '')
    expect(codeOf(() => open(true))).toBe('state-missing')
  })

  it('is refused when its header is not SQLite, and left as it is', () => {
    const { path, open } = account()
    const garbage = Buffer.alloc(8_192, 0x5a)
    writeFileSync(path, garbage)
    expect(codeOf(() => open())).toBe('state-corrupt')
    expect(readFileSync(path).equals(garbage)).toBe(true)
  })

  it('is refused when a page is trashed, although simple reads would still work', () => {
    const { path, open } = account()
    fillState(open)
    const fd = openSync(path, 'r+')
    writeSync(fd, Buffer.alloc(4_096, 0xa5), 0, 4_096, 20 * 4_096)
    closeSync(fd)
    expect(codeOf(() => open())).toBe('state-corrupt')
  })

  it('is refused when the file was cut short', () => {
    const { path, open } = account()
    fillState(open)
    truncateSync(path, 15 * 4_096)
    expect(codeOf(() => open())).toBe('state-corrupt')
  })

  it('is not opened by an older Slipway than the one that wrote it', () => {
    const { path, open } = account()
    open().close()
    const db = new Database(path)
    db.pragma(`user_version = ${STATE_MIGRATIONS.length + 1}`)
    db.close()
    expect(codeOf(() => open())).toBe('state-newer')
  })
})
