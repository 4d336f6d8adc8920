import Database from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { STATE_MIGRATIONS } from '../../../src/adapters/state-db/schema.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { epochMs, ticks } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'

const ID = 'a-1' as AccountId

function open(layout = layoutOf(tempHome())) {
  const state = openState({
    layout,
    accountId: ID,
    instanceId: 'i',
    expectExisting: false,
    now: () => epochMs(1),
  })
  return { layout, state }
}

function layoutOf(home: string) {
  const layout = homeLayout(home)
  mkdirSync(layout.account(ID), { recursive: true })
  return layout
}

function rows<T>(layout: ReturnType<typeof layoutOf>, sql: string): T[] {
  const db = new Database(layout.state(ID), { readonly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}

type Report = { at: number; last_at: number; times: number; agrees: number }
const SILENT = [{ code: 'broker-silent', text: 'the broker did not answer about fills (disconnected)' }]

describe('reports of reconciliations', () => {
  it('that say the same in a row are one report with a count and its last time', () => {
    const { layout, state } = open()
    const append = (at: number, lines = SILENT) =>
      state.transact(() => state.appendReconciliation({ at: epochMs(at), agrees: false, lines }))
    expect([append(10), append(20), append(30)]).toEqual([true, false, false])
    expect(append(40, [{ code: 'order-missing', text: 'order x' }])).toBe(true)
    expect(append(50)).toBe(true)
    state.close()
    expect(rows<Report>(layout, 'SELECT at, last_at, times, agrees FROM reconciliations ORDER BY seq')).toEqual([
      { at: 10, last_at: 30, times: 3, agrees: 0 },
      { at: 40, last_at: 40, times: 1, agrees: 0 },
      { at: 50, last_at: 50, times: 1, agrees: 0 },
    ])
  })

  it('that agree and changed nothing are written once, however often books are compared', () => {
    const { layout, state } = open()
    const agree = (at: number) =>
      state.transact(() => state.appendReconciliation({ at: epochMs(at), agrees: true, lines: [] }))
    expect([agree(10), agree(20), agree(30)]).toEqual([true, false, false])
    state.close()
    expect(rows<Report>(layout, 'SELECT at, last_at, times, agrees FROM reconciliations')).toEqual([
      { at: 10, last_at: 10, times: 1, agrees: 1 },
    ])
  })

  it('are kept up to the newest thousand', () => {
    const { layout, state } = open()
    state.transact(() => {
      for (let n = 1; n <= 1_200; n++)
        state.appendReconciliation({ at: epochMs(n), agrees: false, lines: [{ code: 'x', text: String(n) }] })
    })
    state.close()
    expect(rows(layout, 'SELECT count(*) AS n, min(at) AS first, max(at) AS last FROM reconciliations')).toEqual([
      { n: 1_000, first: 201, last: 1_200 },
    ])
  })
})

describe('the wish to be flat', () => {
  it('outlives the bot and keeps its first reason until it is ended', () => {
    const { layout, state } = open()
    expect(state.flattenWish()).toBeUndefined()
    state.transact(() => state.saveFlattenWish('asked for', epochMs(5)))
    state.transact(() => state.saveFlattenWish('stop with flatten', epochMs(6)))
    state.close()
    const again = open(layout).state
    expect(again.flattenWish()).toBe('asked for')
    again.transact(() => again.endFlattenWish())
    expect(again.flattenWish()).toBeUndefined()
    again.close()
  })
})

describe('a state that was written before a bot followed several series', () => {
  it('keeps its place, its count of trades and its reports', () => {
    const layout = layoutOf(tempHome())
    const bar = { time: 60_000, open: 1, high: 1, low: 1, close: 1, volume: 0 }
    const db = new Database(layout.state(ID))
    for (const migration of STATE_MIGRATIONS.slice(0, 3)) db.exec(migration)
    db.pragma('user_version = 3')
    db.prepare(`INSERT INTO checkpoint VALUES (1, 'ESZ5:1m', ?, '2025-11-03', 'k', '[7]')`).run(JSON.stringify(bar))
    db.exec(`INSERT INTO days VALUES ('2025-11-03', 3, -500)`)
    db.exec(`INSERT INTO reconciliations (at, agrees, lines) VALUES (9, 1, '[]')`)
    db.close()
    const { state } = open(layout)
    expect(state.checkpoints()).toEqual([
      { series: 'ESZ5:1m', bar, sessionDate: '2025-11-03', strategyKey: 'k', snapshot: [7], parked: false },
    ])
    expect(state.day('ESZ5', '2025-11-03')).toMatchObject({ tradesOpened: 3, realizedMinor: -500 })
    state.close()
    expect(rows(layout, 'SELECT at, last_at, times FROM reconciliations')).toEqual([{ at: 9, last_at: 9, times: 1 }])
  })
})

describe('places in several series', () => {
  it('stand beside each other, and are parked when the bot goes on without them', () => {
    const { state } = open()
    const save = (series: string, time: number) =>
      state.saveCheckpoint({
        series,
        bar: { time: epochMs(time), open: ticks(1), high: ticks(1), low: ticks(1), close: ticks(1), volume: 0 },
        sessionDate: undefined,
        strategyKey: 'k',
        snapshot: 1,
      })
    state.transact(() => (save('A:1m', 1), save('B:1m', 2)))
    state.transact(() => state.parkCheckpoints(['B:1m', 'C:1m']))
    const parked = () => state.checkpoints().map(({ series, parked }) => [series, parked])
    expect(parked()).toEqual([
      ['A:1m', true],
      ['B:1m', false],
    ])
    state.transact(() => save('A:1m', 9))
    expect(parked()).toEqual([
      ['A:1m', false],
      ['B:1m', false],
    ])
    state.close()
  })
})
