import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openRig, RIG_ACCOUNT, walkBars, type Rig } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const bars = walkBars(200, 7)

type Report = { at: number; agrees: number; times: number; lines: string }

function reportsOf(rig: Rig): Report[] {
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  try {
    return db.prepare('SELECT at, agrees, times, lines FROM reconciliations ORDER BY seq').all() as Report[]
  } finally {
    db.close()
  }
}

describe('books that are compared while nothing speaks against them', () => {
  it('are told of once while they agree, and when that was is known', async () => {
    const told: string[] = []
    const note = (event: string) => void told.push(event)
    let now = 0
    const rig = openRig({
      home: tempHome(),
      bars,
      realTime: () => now++,
      log: { info: note, warn: note, error: note },
      edge: { auditDue: () => true },
    })
    await rig.run()
    const reports = reportsOf(rig)
    await rig.close()
    expect(reports.every(({ agrees, lines }) => agrees === 1 && lines === '[]')).toBe(true)
    expect(reports).toHaveLength(1)
    expect(told.filter((event) => event === 'reconciled')).toHaveLength(1)
    expect(rig.book.agreedAt).toBeGreaterThan(100)
  })

  it('stop entries when the broker holds what we do not, until it agrees again', async () => {
    const from = bars[60]!.time
    const to = bars[120]!.time
    const isWrong = () => {
      const at = rig.book.lastBar?.time ?? 0
      return at >= from && at < to
    }
    const rig: Rig = openRig({
      home: tempHome(),
      bars,
      edge: { auditDue: () => true },
      wrapBroker: (broker) => ({
        ...broker,
        positions: async () =>
          isWrong()
            ? { ok: true, value: [{ symbol: 'ALIEN', quantity: 3 as never, avgPx: 1 as never }] }
            : broker.positions(),
      }),
    })
    await rig.run()
    const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
    const entries = db.prepare(`SELECT bar_time FROM decisions WHERE action = 'enter'`).pluck().all() as number[]
    db.close()
    const reports = reportsOf(rig)
    await rig.close()
    expect(entries.filter((at) => at > from && at <= to)).toEqual([])
    expect(entries.some((at) => at < from)).toBe(true)
    expect(entries.some((at) => at > to)).toBe(true)
    // One report for all the minutes in which the broker said the same.
    const differing = reports.filter(({ agrees }) => agrees === 0)
    expect(differing.length).toBeLessThanOrEqual(5)
    expect(differing.reduce((sum, { times }) => sum + times, 0)).toBeGreaterThan(50)
    expect(differing[0]!.lines).toContain('ALIEN')
  })
})
