import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { saveTrade } from '../../../src/contracts/cloud/pool.ts'
import type { Experience } from '../../../src/domain/experience/experience.ts'
import { openRig, RIG_ACCOUNT, walkBars, type RigOptions } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

type TradeRow = {
  trade_id: string
  quantity: number
  net: number
  exit_reason: string
  entry_time: number
  exit_time: number
}
type Row = { kind: string; key: string; experience: Experience }

async function run(options: Partial<RigOptions> = {}) {
  const rig = openRig({ home: tempHome(), bars: walkBars(260, 42), ...options })
  await rig.run()
  await rig.close()
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  const trades = db.prepare('SELECT * FROM trades ORDER BY seq').all() as TradeRow[]
  const rows = (db.prepare('SELECT * FROM outbox ORDER BY seq').all() as (Row & { payload: string })[]).map(
    ({ kind, key, payload }): Row => ({ kind, key, experience: JSON.parse(payload) as Experience }),
  )
  const riskOf = (tradeId: string) =>
    db
      .prepare(
        `SELECT abs(d.price - s.stop_px) FROM fills f JOIN orders o USING (client_order_id)
         JOIN decisions d USING (decision_id) JOIN orders s ON s.parent = o.client_order_id AND s.purpose = 'stop'
         WHERE f.fill_id = ?`,
      )
      .pluck()
      .get(tradeId.slice(`${RIG_ACCOUNT}/T-`.length)) as number
  const risks = new Map(trades.map(({ trade_id }) => [trade_id, riskOf(trade_id)]))
  db.close()
  return { trades, rows, risks }
}

describe('a bot that closes trades', () => {
  it('writes each down for the pool, once, with what it made of what it risked', async () => {
    const { trades, rows, risks } = await run()
    expect(trades.length).toBeGreaterThan(15)
    const signals = rows.filter(({ kind }) => kind === 'signal')
    expect(signals.map(({ key }) => key)).toEqual(trades.map(({ trade_id }) => trade_id))
    for (const [at, trade] of trades.entries()) {
      const { outcome } = signals[at]!.experience
      const risked = risks.get(trade.trade_id)! * trade.quantity * 1_250
      expect(Math.abs(outcome.r - trade.net / risked)).toBeLessThanOrEqual(0.025 + 1e-9)
      if (outcome.bars !== undefined) expect(outcome.bars).toBe((trade.exit_time - trade.entry_time) / 60_000)
      if (outcome.mfe !== undefined) expect(outcome.mae).toBeLessThanOrEqual(Math.max(0, outcome.r) + 0.05)
    }
    expect(new Set(signals.map(({ experience }) => experience.outcome.exit))).toEqual(
      new Set(['signal', 'stop', 'target']),
    )
    expect(rows.filter(({ kind }) => kind === 'exit').length).toBeGreaterThan(5)
  })

  it('writes what the cloud takes as it is', async () => {
    const { rows } = await run()
    for (const { experience } of rows) {
      const { userId: _, own, ...body } = experience
      expect(own).toBe(true)
      const wire = { ...body, user_id: '0'.repeat(12), idempotency_key: 'k'.repeat(32) }
      expect(saveTrade.input.parse(wire)).toEqual(wire)
    }
  })

  it('says what the trades were made on', async () => {
    const replay = await run()
    expect(new Set(replay.rows.map(({ experience }) => experience.source))).toEqual(new Set(['replay']))
    let now = 0
    const inTime = await run({
      realTime: () => now,
      onBook: (_, ctx) => {
        const { run } = ctx
        const onBar = run.onBar.bind(run)
        run.onBar = (bar, session, position) => {
          now = bar.time + 60_000
          return onBar(bar, session, position)
        }
      },
    })
    expect(new Set(inTime.rows.map(({ experience }) => experience.source))).toEqual(new Set(['paper']))
  })

  it('knows no excursion of a trade that an earlier version opened', async () => {
    const home = tempHome()
    const bars = walkBars(260, 42)
    let openedAt = 0
    for (let count = 20; openedAt === 0; count++) {
      const rig = openRig({ home: tempHome(), bars: bars.slice(0, count) })
      await rig.run()
      if (rig.book.holding && rig.book.position.trip!.entryTime < bars[count - 1]!.time) openedAt = count
      await rig.close()
    }
    const before = openRig({ home, bars: bars.slice(0, openedAt) })
    await before.run()
    const { tradeId } = before.book.position.trip!
    await before.close()
    const db = new Database(before.layout.state(RIG_ACCOUNT))
    expect(db.prepare('UPDATE checkpoints SET held = NULL').run().changes).toBe(1)
    db.close()
    const after = openRig({ home, bars })
    await after.run()
    await after.close()
    const state = new Database(after.layout.state(RIG_ACCOUNT), { readonly: true })
    const kept = state.prepare('SELECT kind, payload FROM outbox WHERE key = ?').all(`${RIG_ACCOUNT}/${tradeId}`) as {
      kind: string
      payload: string
    }[]
    state.close()
    expect(kept.map(({ kind }) => kind)).toEqual(['signal'])
    expect(JSON.parse(kept[0]!.payload)).not.toHaveProperty('outcome.mfe')
  })
})
