import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readAccountSettings } from '../../../src/adapters/account-registry/read-settings.ts'
import { replaceFile } from '../../../src/adapters/file/replace-file.ts'
import type { RiskReport } from '../../../src/contracts/risk-report.ts'
import { addAccount, generateBars, prepareHome, startBot, untilBot } from '../../support/bot-fleet.ts'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

const limitOf = ({ limits }: RiskReport, code: string) => limits.find((row) => row.code === code)

describe('slipway risk', () => {
  it('shows an account that has never run', async () => {
    const layout = prepareHome(tempHome())
    await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay:max', set: ['risk.preset=topstep-50k'] })
    const report = answerOf<RiskReport>(await slipway(layout.root, ['risk', 'acc', '--json']))
    expect(report).toMatchObject({ accountId: 'acc', currency: 'USD', preset: 'topstep-50k', at: null, breaches: [] })
    expect(limitOf(report, 'max-position')).toEqual({
      ...{ code: 'max-position', symbol: 'MES', setting: 'maxPositionLots', unit: 'lots', reached: false },
      ...{ limit: '50', used: '0', room: '50' },
    })
    expect(limitOf(report, 'max-total')).toEqual({
      ...{ code: 'max-total', symbol: null, setting: 'maxTotalContracts', unit: 'contracts', reached: false },
      ...{ limit: '5', used: '0', room: '5' },
    })
    const shown = await slipway(layout.root, ['risk', 'acc'])
    expect(shown).toMatchObject({ code: 0, stderr: '' })
    expect(shown.stdout).toMatch(/max-total +– +5 +0 +5 +contracts/)
    expect(shown.stdout).toMatch(/trailing-drawdown +– +2000\.00 +0\.00 +2000\.00 +USD/)
  })

  it('shows what was reached and until when, without a bot and without a launcher', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 25, 5)
    const set = ['risk.trailingDrawdown=150', 'risk.drawdownMark=intraday', 'risk.blackout=high,medium']
    const id = await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay:max', set })
    const bot = await startBot(layout, id, programOf('bot'))
    expect((await bot.exited).code).toBe(0)
    await slipway(layout.root, ['kill', 'acc', '--reason', 'a look at it'])

    const report = answerOf<RiskReport>(await slipway(layout.root, ['risk', 'acc', '--json']))
    expect(report.breaches).toMatchObject([{ id: 1, rule: 'trailing-drawdown', until: null }])
    expect(report.killMarks).toMatchObject([{ scope: { kind: 'account', accountId: 'acc' }, reason: 'a look at it' }])
    expect(report.blackout).toMatchObject({ level: 'high,medium', state: 'clear' })
    expect(report.emergency).toBeNull()
    expect(report.day.startedAt).not.toBeNull()
    const { used, room } = limitOf(report, 'trailing-drawdown')!
    expect(Number(used) + Number(room)).toBe(150)
    const { stdout } = await slipway(layout.root, ['risk', 'acc'])
    expect(stdout).toContain('until a person clears it (risk.clearBreach=1)')
    expect(stdout).toContain('KILLED: ')
  })

  it('counts what is held and what entries may still add while the bot runs', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 25, 5)
    const LIMITS = ['risk.maxNotional=900000', 'risk.maxTotalContracts=900']
    const id = await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay:600x', set: LIMITS })
    const bot = await startBot(layout, id, programOf('bot'))
    const { position } = await untilBot(layout, id, (status) => status.position !== 0)
    const report = answerOf<RiskReport>(await slipway(layout.root, ['risk', 'acc', '--json']))
    expect(limitOf(report, 'max-position')?.used).toBe(String(Math.abs(position)))
    expect(Number(limitOf(report, 'max-notional')?.used)).toBeGreaterThan(10_000)
    bot.kill()
    await bot.exited
    const contracts = async () =>
      limitOf(answerOf<RiskReport>(await slipway(layout.root, ['risk', 'acc', '--json'])), 'max-total')?.used
    const asTenths = Number(await contracts())
    expect(asTenths).toBeGreaterThan(0)
    // As its bot would at its next start: what a lot counts as is what the user says now.
    const session = { zone: 'America/Chicago', open: '17:00', close: '16:00', opensDayBefore: true }
    const asWhole = {
      ...{ symbol: 'MES', kind: 'future', exchange: 'CME', currency: { code: 'USD', digits: 2 }, session },
      ...{ tickSize: '0.25', tickValue: '1.25', lotSize: '5', calendar: 'cme-equity', contracts: '1' },
    }
    writeFileSync(layout.instrumentsFile, JSON.stringify({ instruments: [asWhole] }))
    expect(Number(await contracts())).toBe(Math.round(asTenths * 10))
  })

  it('tells of an emergency that stands, to an account that heeds it', async () => {
    const layout = prepareHome(tempHome())
    await addAccount(layout, 'acc', { symbol: 'MES', feed: 'synthetic' })
    await addAccount(layout, 'deaf', { symbol: 'MES', feed: 'synthetic', set: ['risk.emergencies=no'] })
    const [date, clock = ''] = new Date(Date.now() - 60_000).toISOString().split('T')
    const emergency = {
      ...{ id: 'EMERGENCY:1', name: 'EMERGENCY', date, time: clock.slice(0, 5), zone: 'UTC', minutes: 600 },
      ...{ status: 'scheduled', projections: false, impact: 'high', note: 'the exchange is down' },
    }
    const sources = ['FOMC', 'NFP', 'CPI', 'PPI'].map((name) => {
      return { name, known_from: '2025-01-01', known_until: '2026-12-31', as_of: '2026-11-20', problem: null }
    })
    replaceFile(layout.calendarFile, JSON.stringify({ version: 1, calendar: { events: [emergency], sources } }))
    const report = answerOf<RiskReport>(await slipway(layout.root, ['risk', 'acc', '--json']))
    expect(report.emergency).toMatchObject({ note: 'the exchange is down' })
    expect((await slipway(layout.root, ['risk', 'acc'])).stdout).toMatch(/EMERGENCY until .* no entries: the exchange/)
    expect(answerOf<RiskReport>(await slipway(layout.root, ['risk', 'deaf', '--json'])).emergency).toBeNull()
  })

  it('refuses settings it cannot read', async () => {
    const layout = prepareHome(tempHome())
    const id = await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay:max' })
    expect(refusalOf(await slipway(layout.root, ['risk', 'nobody', '--json'])).code).toBe('account-unknown')
    replaceFile(layout.settings(id), JSON.stringify({ ...readAccountSettings(layout, id), symbol: 'NOSUCHTHING' }))
    expect(refusalOf(await slipway(layout.root, ['risk', 'acc', '--json'])).code).toBe('symbol-unknown')
    writeFileSync(layout.settings(id), '{')
    expect(refusalOf(await slipway(layout.root, ['risk', 'acc', '--json'])).code).toBe('account-corrupt')
  })
})
