import { copyFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openRig, RIG_ACCOUNT, walkBars } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const bars = walkBars(200, 7)

describe('a bot whose state was restored from a backup older than its broker’s books', () => {
  it('takes in every fill once and makes no entry on bars the broker has already passed', async () => {
    const home = tempHome()
    const runTo = async (count: number) => {
      const rig = openRig({ home, bars: bars.slice(0, count) })
      await rig.run()
      await rig.close()
      return rig
    }
    const { layout } = await runTo(60)
    const backup = `${layout.state(RIG_ACCOUNT)}.backup`
    copyFileSync(layout.state(RIG_ACCOUNT), backup)
    await runTo(140)
    copyFileSync(backup, layout.state(RIG_ACCOUNT))
    const books = new Database(layout.paper(RIG_ACCOUNT), { readonly: true })
    const passed = books.prepare('SELECT clock FROM markets').pluck().get() as number
    books.close()
    expect(passed).toBeGreaterThan(bars[100]!.time)

    const rig = openRig({ home, bars })
    await rig.run()
    const position = await rig.ctx.broker.positions()
    await rig.close()
    const db = new Database(layout.state(RIG_ACCOUNT), { readonly: true })
    const entered = db.prepare(`SELECT bar_time FROM decisions WHERE action <> 'hold' ORDER BY seq`).pluck().all()
    const held = db.prepare(`SELECT reasons FROM decisions WHERE action = 'hold'`).pluck().all()
    const stuck = db.prepare(`SELECT count(*) FROM orders WHERE status IN ('intent', 'sent', 'unknown')`).pluck().get()
    db.close()
    const between = (entered as number[]).filter((at) => at > bars[59]!.time && at < passed)
    expect(between).toEqual([])
    expect(held.some((reasons) => String(reasons).includes('venue-ahead'))).toBe(true)
    expect((entered as number[]).some((at) => at > passed)).toBe(true)
    expect(stuck).toBe(0)
    expect(rig.book.unreconciled).toEqual([])
    expect(position.ok && (position.value[0]?.quantity ?? 0)).toBe(rig.book.position.quantity)
  })
})
