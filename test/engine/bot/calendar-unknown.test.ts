import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { openHolidays } from '../../../src/apps/bot/open-holidays.ts'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { openSessionClock } from '../../../src/domain/calendar/session-clock.ts'
import { KNOWN_INSTRUMENTS } from '../../../src/domain/instrument/known-instruments.ts'
import { lots } from '../../../src/domain/units/units.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig, PX } from '../../support/trade-rig.ts'

const OIL = KNOWN_INSTRUMENTS.find(({ symbol }) => symbol === 'CL')!
/** A Wednesday, in the middle of the session. */
const NOON = Date.parse('2001-03-14T17:00:00Z')

/** What a bot answers to an order to buy oil at noon, where `holidays.json` tells these days. */
async function buyOil(calendars: readonly object[] | undefined, more: { replaying?: boolean } = {}) {
  const home = tempHome()
  const layout = homeLayout(home)
  mkdirSync(layout.root, { recursive: true })
  if (calendars) writeFileSync(layout.holidaysFile, JSON.stringify({ calendars }))
  const rig = openTradeRig({ home, capabilities: PLAIN, instruments: [OIL], ...more })
  onTestFinished(() => rig.close())
  const sessions = openSessionClock(OIL, await openHolidays(layout))
  for (const lane of rig.ctx.lanes) Object.assign(lane, { sessions })
  rig.wait(NOON - rig.ctx.now())
  rig.bar(PX)
  const outcome = await rig.trade({ kind: 'buy', symbol: 'CL', quantity: lots(1) })
  return outcome.kind === 'refused' ? outcome.reasons : outcome.kind
}

const YEAR = { calendar: 'cme-other', from: '2001-01-01', to: '2001-12-31', source: 'CME', days: [] as object[] }

it('in real time nothing is entered on a day nobody knows, and the reason says where to describe it', async () => {
  expect(await buyOil(undefined)).toEqual([
    {
      code: 'calendar-unknown',
      text: 'the holiday list does not reach 2001-03-14, so the market may be closed: describe the days of cme-other in holidays.json',
    },
  ])
  expect(await buyOil([{ ...YEAR, calendar: 'cme-equity' }])).toMatchObject([{ code: 'calendar-unknown' }])
  expect(await buyOil([{ ...YEAR, from: '2001-03-15' }])).toMatchObject([{ code: 'calendar-unknown' }])
  expect(await buyOil(undefined, { replaying: true })).toBe('accepted')
})

it('a day that the user has described is entered, and one that ended early before is closed', async () => {
  expect(await buyOil([YEAR])).toBe('accepted')
  const early = (close: string) => [{ ...YEAR, days: [{ date: '2001-03-14', kind: 'early-close', close }] }]
  // It is 11:01 in Chicago.
  expect(await buyOil(early('11:30'))).toBe('accepted')
  expect(await buyOil(early('11:00'))).toMatchObject([{ code: 'market-closed' }])
  expect(await buyOil([{ ...YEAR, days: [{ date: '2001-03-14', kind: 'closed' }] }])).toMatchObject([
    { code: 'market-closed' },
  ])
})
