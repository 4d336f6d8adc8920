import { rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import type { Finding } from '../../../src/contracts/launcher/doctor.ts'
import { addAccount, prepareHome } from '../../support/bot-fleet.ts'
import { answerOf, slipway } from '../../support/cli-run.ts'
import { programOf } from '../../support/programs/programs.ts'
import { tempHome } from '../../support/temp-home.ts'

const YEAR = { calendar: 'cme-other', from: '2027-01-01', to: '2027-12-31', source: 'CME', days: [] as object[] }

describe('a file of holidays', () => {
  let layout: HomeLayout
  beforeEach(() => {
    layout = prepareHome(tempHome())
  })
  const tell = (year: object) => writeFileSync(layout.holidaysFile, JSON.stringify({ calendars: [year] }))
  const run = (...args: string[]) => slipway(layout.root, args, { launcherProgram: programOf('launcher-of-bots') })

  describe('that is wrong', () => {
    beforeEach(() => tell({ ...YEAR, calender: 'nse' }))
    const sentence = () =>
      `${layout.holidaysFile}: calendars.0 has an unknown field calender (did you mean calendar?). Correct the file, or move it away to go on without it. [holiday-file-invalid]`

    it('is named by every command that asks what day it is', async () => {
      await addAccount(layout, 'oil', { symbol: 'CL', feed: 'synthetic' })
      for (const args of [
        ['option', 'chain', 'ES', '--spot', '6000'],
        ['option', 'payoff', '--underlying', 'ES', '--leg', 'buy:1:call:6000:10'],
        ['data', 'generate', '--symbol', 'CL', '--days', '1', '--seed', '1'],
        ['data', 'import', 'bars.csv', '--symbol', 'CL', '--timeframe', '1m'],
        ['strategy', 'check', 'mine', '--symbol', 'CL'],
        ['risk', 'oil'],
      ])
        expect(await run(...args)).toMatchObject({ code: 2, stdout: '', stderr: `slipway: ${sentence()}\n` })
      const doctor = await run('doctor', '--json')
      expect(answerOf<Finding[]>(doctor).find(({ check }) => check === 'holidays')).toMatchObject({ result: 'fail' })
      expect(doctor.code).toBe(1)
    })

    describe('where a bot is started', () => {
      afterEach(async () => void (await run('shutdown', '--bots')))

      it('keeps it from starting until it is right', async () => {
        await addAccount(layout, 'oil', { symbol: 'CL', feed: 'synthetic' })
        const refused = await run('start', 'oil', '--wait')
        expect(refused.code).toBe(2)
        expect(refused.stdout + refused.stderr).toContain(sentence().replace(' [holiday-file-invalid]', ''))
        tell(YEAR)
        expect(await run('start', 'oil', '--wait')).toMatchObject({ code: 0 })
      })
    })
  })

  it('moves the expiry that falls on a day it closes, and makes certain what it covers', async () => {
    const dated = async () => {
      const chain = await run(
        'option',
        'chain',
        'SPY',
        '--spot',
        '600',
        '--at',
        '2028-01-10',
        '--expiry',
        '0',
        '--json',
      )
      return answerOf<{ expiry: { date: string; certain: boolean } }>(chain).expiry
    }
    const before = await dated()
    expect(before.certain).toBe(false)
    const year = { ...YEAR, calendar: 'nyse', from: '2028-01-01', to: '2028-12-31' }
    tell(year)
    expect(await dated()).toMatchObject({ date: before.date, certain: true })
    tell({ ...year, days: [{ date: before.date, kind: 'closed' }] })
    expect((await dated()).date).not.toBe(before.date)
    rmSync(layout.holidaysFile)
    expect(await dated()).toEqual(before)
  })
})
