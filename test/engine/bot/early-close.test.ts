import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/units/units.ts'
import { openRig, RIG_ACCOUNT, rigSession, walkBars, type RigOptions } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const MINUTE = 60_000
const bars = walkBars(400, 3)
const session = rigSession(bars[250]!.time)!
const wall = (at: number) => new Date(at).toISOString().slice(11, 16)
/** Ten minutes before the session ends, until it has ended for a while. */
const mustBeFlat = `${wall(session.close - 10 * MINUTE)}-${wall(session.close + 20 * MINUTE)} UTC`
const EARLY = { ...session, close: epochMs(session.close - 90 * MINUTE), regularClose: session.close }

/** When the account was flat again for good in the session, in minutes before its usual end, and every reason of its decisions. */
async function lastHeld(rules: NonNullable<RigOptions['rules']>) {
  const rig = openRig({ home: tempHome(), bars, rules })
  await rig.run()
  await rig.close()
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  const fills = db.prepare('SELECT at, side, quantity FROM fills WHERE at < ? ORDER BY seq').all(session.close) as {
    at: number
    side: string
    quantity: number
  }[]
  const reasons = db.prepare('SELECT reasons FROM decisions').pluck().all() as string[]
  db.close()
  const held = fills.reduce((sum, { side, quantity }) => sum + (side === 'buy' ? quantity : -quantity), 0)
  return { held, left: (session.close - fills.at(-1)!.at) / MINUTE, reasons: reasons.join() }
}

it('a position is closed as long before a session ends early as before it ends as usual', async () => {
  const usual = await lastHeld({ mustBeFlat })
  expect(usual.held).toBe(0)
  expect(usual.left).toBeLessThan(90)
  expect(usual.left).toBeGreaterThanOrEqual(10)
  const early = await lastHeld({ mustBeFlat, earlyCloses: [EARLY] })
  expect(early.held).toBe(0)
  expect(early.left).toBeGreaterThanOrEqual(100)
  expect(early.left).toBeLessThan(200)
  expect(early.reasons).toContain('for the session ends early at')
})
