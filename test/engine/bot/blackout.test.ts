import { describe, expect, it } from 'vitest'
import type { EconomicEvents } from '../../../src/domain/calendar/economic-event.ts'
import { openBlackouts } from '../../../src/domain/risk/blackout.ts'
import { emergencyAt } from '../../../src/domain/risk/emergency.ts'
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

const SETTING = { level: 'high', beforeMinutes: 30, afterMinutes: 30, currencies: ['USD'] } as const
const around = (flat: boolean) => ({ blackouts: openBlackouts(calendar, { ...SETTING, flat }) })

/** What a bot that trades at every turn decides, and when it held something. */
async function run(rules: NonNullable<Parameters<typeof openRig>[0]['rules']>) {
  const held: number[] = []
  const rig = openRig({
    home: tempHome(),
    bars: walkBars(200, 5),
    rules,
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
    const { decisions } = await run(around(false))
    const entered = decisions.filter(({ action }) => action === 'enter').map(({ at }) => at)
    expect(entered.filter((at) => at >= FROM && at < UNTIL)).toEqual([])
    expect(entered.some((at) => at < FROM) && entered.some((at) => at >= UNTIL)).toBe(true)
    const refused = decisions.filter(({ reasons }) => reasons.includes('"blackout"'))
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every(({ at, action }) => action === 'hold' && at >= FROM && at < UNTIL)).toBe(true)
  })

  it('holds nothing within it where positions are closed for it', async () => {
    const { decisions, held } = await run(around(true))
    // The bar that begins with the blackout fills the exit that was decided at the end of the one before.
    expect(held.filter((time) => time > FROM && time < UNTIL - MINUTE)).toEqual([])
    expect(held.some((time) => time < FROM - MINUTE)).toBe(true)
    expect(decisions.filter(({ action }) => action === 'enter').some(({ at }) => at >= UNTIL)).toBe(true)
  })
})

describe("an emergency of the cloud's administrator", () => {
  it('keeps entries away and leaves positions and exits alone', async () => {
    const quiet = await run({})
    // It begins while something is held.
    const from = quiet.held.find((time, at) => quiet.held[at - 1] === time - MINUTE)!
    const until = from + 60 * MINUTE
    const one = { id: 'e', from: epochMs(from), until: epochMs(until), note: 'the exchange is down' }
    const { decisions, held } = await run({ emergency: (at) => emergencyAt([one], at) })
    const entered = decisions.filter(({ action }) => action === 'enter').map(({ at }) => at)
    expect(entered.filter((at) => at >= from && at < until)).toEqual([])
    expect(entered.some((at) => at < from) && entered.some((at) => at >= until)).toBe(true)
    const refused = decisions.filter(({ reasons }) => reasons.includes('"emergency"'))
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]!.reasons).toContain('the exchange is down')
    expect(refused.every(({ action }) => action === 'hold')).toBe(true)
    // What is held goes its way: the same bars as without an emergency, until its own exit.
    const end = quiet.held.find((time, at) => time >= from && quiet.held[at + 1] !== time + MINUTE)!
    expect(held.filter((time) => time <= end)).toEqual(quiet.held.filter((time) => time <= end))
  })
})
