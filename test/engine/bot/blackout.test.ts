import { describe, expect, it } from 'vitest'
import type { EconomicEvents } from '../../../src/domain/calendar/economic-event.ts'
import { openBlackouts } from '../../../src/domain/risk/blackout.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { openRig, walkBars } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const MINUTE = 60_000
const RELEASE = 120 * MINUTE
const calendar: EconomicEvents = {
  ...{ asOf: '1970-01-01', zone: 'UTC', knownFrom: '1969-01-01' },
  knownUntil: { FOMC: '1970-12-31', NFP: '1970-12-31', CPI: '1970-12-31', PPI: '1970-12-31' },
  events: [{ name: 'CPI', at: epochMs(RELEASE), status: 'scheduled', projections: false }],
}
const FROM = RELEASE - 30 * MINUTE
const UNTIL = RELEASE + 30 * MINUTE

type Decided = { action: string; at: number; reasons: string }

/** What a bot that trades at every turn decides, and when it held something. */
async function run(flat: boolean) {
  const setting = { level: 'high', beforeMinutes: 30, afterMinutes: 30, currencies: ['USD'] } as const
  const blackouts = openBlackouts(calendar, { ...setting, flat })
  const held: number[] = []
  const rig = openRig({
    home: tempHome(),
    bars: walkBars(200, 5),
    rules: { blackouts },
    onBook: (book, ctx) => {
      const { onBar } = ctx.run
      ctx.run.onBar = (bar, session, view) => {
        if (book.holding) held.push(bar.time)
        return onBar(bar, session, view)
      }
    },
  })
  await rig.run()
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(rig.layout.state(rig.ctx.trading.accountId as never), { readonly: true })
  const decisions = db.prepare('SELECT action, at, reasons FROM decisions ORDER BY seq').all() as Decided[]
  db.close()
  await rig.close()
  return { decisions, held }
}

describe('a blackout around a release', () => {
  it('keeps entries away and leaves positions to their stops', async () => {
    const { decisions } = await run(false)
    const entered = decisions.filter(({ action }) => action === 'enter').map(({ at }) => at)
    expect(entered.filter((at) => at >= FROM && at < UNTIL)).toEqual([])
    expect(entered.some((at) => at < FROM) && entered.some((at) => at >= UNTIL)).toBe(true)
    const refused = decisions.filter(({ reasons }) => reasons.includes('"blackout"'))
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every(({ at, action }) => action === 'hold' && at >= FROM && at < UNTIL)).toBe(true)
  })

  it('holds nothing within it where positions are closed for it', async () => {
    const { decisions, held } = await run(true)
    // The bar that begins with the blackout fills the exit that was decided at the end of the one before.
    expect(held.filter((time) => time > FROM && time < UNTIL - MINUTE)).toEqual([])
    expect(held.some((time) => time < FROM - MINUTE)).toBe(true)
    expect(decisions.filter(({ action }) => action === 'enter').some(({ at }) => at >= UNTIL)).toBe(true)
  })
})
