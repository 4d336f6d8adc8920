import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { homeCalendar } from '../../../src/adapters/calendar/home-calendar.ts'
import { accountRisk } from '../../../src/apps/bot/account-risk.ts'
import { resolveAccountInstruments } from '../../../src/apps/bot/resolve-account.ts'
import { readAccountSettings } from '../../../src/adapters/account-registry/read-settings.ts'
import { durationMs, epochMs } from '../../../src/domain/units/units.ts'
import { addAccount, prepareHome } from '../../support/bot-fleet.ts'
import { tempHome } from '../../support/temp-home.ts'

describe('the limits of an account', () => {
  it('have it flat before the close of a day that ends early, in every instrument it trades', async () => {
    const layout = prepareHome(tempHome())
    const rulesOf = async (name: string, symbol: string) => {
      const set = ['risk.mustBeFlat=15:10-17:00 America/Chicago']
      const settings = readAccountSettings(layout, await addAccount(layout, name, { symbol, feed: 'synthetic', set }))
      const { traded } = resolveAccountInstruments(layout, settings)
      return accountRisk(settings, traded, homeCalendar(layout), { sessionAt: () => undefined })
    }
    const blackFriday = epochMs(Date.parse('2026-11-27T17:25:00Z'))
    const why = async (name: string, symbol: string) =>
      (await rulesOf(name, symbol)).flatTimes?.why(blackFriday, durationMs(0))
    const early =
      'nothing may be held 15:10-17:00 America/Chicago; on 2026-11-27 from 11:25, for the session ends early at 12:15'
    expect(await why('index', 'MES')).toBe(early)
    expect(await why('second', 'CL,MES')).toBe(early)
    expect(await why('oil', 'CL')).toBeUndefined()
    // Where the user has looked up the day, it is known as ours are.
    const days = [{ date: '2026-11-27', kind: 'early-close', close: '12:45' }]
    const told = { calendar: 'cme-other', from: '2026-11-01', to: '2026-11-30', source: 'CME', days }
    writeFileSync(layout.holidaysFile, JSON.stringify({ calendars: [told] }))
    const { flatTimes } = await rulesOf('told', 'CL')
    expect(flatTimes?.why(epochMs(Date.parse('2026-11-27T17:54:00Z')), durationMs(0))).toBeUndefined()
    expect(flatTimes?.why(epochMs(Date.parse('2026-11-27T17:55:00Z')), durationMs(0))).toBe(
      early.replace('11:25', '11:55').replace('12:15', '12:45'),
    )
  })
})
