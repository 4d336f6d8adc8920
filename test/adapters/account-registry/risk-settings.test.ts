import { describe, expect, it } from 'vitest'
import { applySettings } from '../../../src/adapters/account-registry/apply-settings.ts'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import { RiskSettings, type AccountSettingsInput } from '../../../src/contracts/account-settings.ts'
import { RISK_PRESETS } from '../../../src/domain/risk/presets/index.ts'

const account: AccountSettingsInput = {
  version: 1,
  accountId: 'A1',
  user: 'alice',
  userId: '6384e2b2184b',
  broker: 'sim',
  mode: 'paper',
  strategy: 'vwap-bounce',
  symbol: 'ES',
  feed: { kind: 'synthetic', seed: 1 },
  createdAt: '2026-01-01T00:00:00.000Z',
}
/** No instruments of the user's own. */
const rules = accountRules(homeLayout(import.meta.dirname))
const set = (assignments: string[], current: AccountSettingsInput = account) =>
  applySettings(current, assignments, rules)
const refusedWith = (message: RegExp, nextStep = /./) => ({
  refusal: {
    code: 'setting-invalid',
    message: expect.stringMatching(message),
    nextStep: expect.stringMatching(nextStep),
  },
})
const refusalOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('risk settings', () => {
  it('have no limit by default but the few that every account has', () => {
    const defaults = RiskSettings.parse({})
    const set = Object.entries(defaults).filter(([, value]) => value !== 0 && value !== '0' && value !== 'none')
    expect(set.map(([name]) => name).sort()).toEqual([
      'blackoutAfterMinutes',
      'blackoutBeforeMinutes',
      'blackoutFlat',
      'dailyLossCounts',
      'dayBoundary',
      'drawdownEnds',
      'drawdownMark',
      'emergencies',
      'maxDailyLoss',
      'maxOrderLots',
      'maxPositionLots',
      'maxTradesPerDay',
      'riskPerTradeBps',
      'stopGuardPauseMinutes',
      'stopGuardWindowMinutes',
    ])
  })

  it('all say what they are', () => {
    for (const [name, schema] of Object.entries(RiskSettings.shape))
      expect(schema.meta()?.description, name).toMatch(/^[A-Z].+\.$/)
  })

  it('take windows, boundaries, money and names, and put them back with an empty value', () => {
    const { risk } = set([
      'risk.dayBoundary=17:00 America/Chicago',
      'risk.mustBeFlat=15:10-17:00 America/Chicago',
      'risk.trailingDrawdown=2000.50',
      'risk.drawdownLock=0',
      'risk.lockedSymbols=CL,NG',
      'risk.fatFingerMultiple=2.5',
      'risk.dailyLossCounts=open-from-equity',
    ])
    expect(risk).toMatchObject({ dayBoundary: '17:00 America/Chicago', fatFingerMultiple: 2.5, drawdownLock: '0' })
    expect(set(['risk.dayBoundary=', 'risk.drawdownLock='], { ...account, risk }).risk).toMatchObject({
      dayBoundary: 'session',
      drawdownLock: 'none',
    })
  })

  it.each([
    'risk.dayBoundary=midnight',
    'risk.dayBoundary=17:00 Chicago/Loop',
    'risk.tradingWindow=9-10 UTC',
    'risk.mustBeFlat=15:10 America/Chicago',
    'risk.trailingDrawdown=-5',
    'risk.trailingDrawdown=lots',
    'risk.maxOrdersPerMinute=1.5',
    'risk.maxTotalContracts=-1',
    'risk.maxTotalContracts=0.0001',
    'risk.maxTotalContracts=100001',
    'risk.maxOrdersPerMinute=601',
    'risk.drawdownMark=weekly',
    'risk.drawdownEnds=never',
    'risk.blackout=low',
    'risk.blackoutBeforeMinutes=1441',
    'risk.blackoutFlat=maybe',
    'risk.blackoutMinutes=30/60',
    'risk.blackoutMinutes=GDP:30/60',
    'risk.blackoutMinutes=CPI:30/60,CPI:1/1',
    'risk.blackoutMinutes=CPI:30/1441',
    'risk.emergencies=maybe',
    'risk.portfolioMaxPositions=-1',
    'risk.portfolioMaxNotional=much',
    'risk.correlationCap=-5',
    'risk.lockedSymbols=CL NG',
    'risk.preset=topstep-51k',
    'risk.noSuchLimit=1',
  ])('refuse %s', (assignment) => {
    expect(refusalOf(() => set([assignment]))).toMatchObject({ refusal: { code: 'setting-invalid' } })
  })
})

describe('a preset', () => {
  it.each(RISK_PRESETS.map((preset) => [preset.name, preset] as const))(
    '%s names its source and date, and fills limits that hold',
    (name, preset) => {
      expect(preset.source.every((source) => source.startsWith('https://'))).toBe(true)
      expect(preset.asOf).toMatch(/^\d{4}-\d\d-\d\d$/)
      const { risk } = set([`risk.preset=${name}`])
      expect(risk).toMatchObject({ ...preset.limits, preset: name })
    },
  )

  it('counts micro contracts as tenths', () => {
    expect(set(['risk.preset=topstep-50k']).risk.maxPositionLots).toBe(5)
    expect(set(['symbol=MES', 'risk.preset=topstep-50k']).risk.maxPositionLots).toBe(50)
  })

  it('counts the contracts of all instruments together, and lots as many as its smallest may be', () => {
    const limitsOf = (symbol: string) => {
      const { risk } = set([`symbol=${symbol}`, 'risk.preset=topstep-50k'])
      return [risk.maxTotalContracts, risk.maxPositionLots, risk.maxOrderLots]
    }
    expect(limitsOf('MES,MNQ')).toEqual([5, 50, 50])
    expect(limitsOf('MES,ES')).toEqual([5, 50, 50])
    expect(limitsOf('NQ,ES')).toEqual([5, 5, 5])
    const micros = set(['symbol=MES', 'risk.preset=topstep-50k'])
    expect(set(['symbol=MES,NQ'], micros).risk).toMatchObject({ maxTotalContracts: 5, maxPositionLots: 50 })
    expect(refusalOf(() => set(['symbol=ES'], micros))).toMatchObject(refusedWith(/maxPositionLots=50 is looser/))
  })

  it('may be made stricter, before it or after it in the same breath', () => {
    const { risk } = set(['risk.maxDailyLoss=400', 'risk.preset=topstep-50k', 'risk.maxPositionLots=2'])
    expect(risk).toMatchObject({ maxDailyLoss: '400', maxPositionLots: 2, trailingDrawdown: '2000' })
  })

  it.each([
    'risk.maxDailyLoss=1000.01',
    'risk.maxDailyLoss=0',
    'risk.maxPositionLots=6',
    'risk.maxTotalContracts=5.1',
    'risk.maxTotalContracts=0',
    'risk.maxTotalContracts=',
    'risk.trailingDrawdown=',
    'risk.dayBoundary=session',
    'risk.mustBeFlat=none',
    'risk.drawdownMark=static',
    'risk.drawdownEnds=next-day',
    'risk.dailyLossCounts=realised',
  ])('is not made looser with %s', (assignment) => {
    const current = set(['risk.preset=topstep-50k'])
    expect(refusalOf(() => set([assignment], current))).toMatchObject(
      refusedWith(/looser than Topstep/, /risk\.preset=none/),
    )
  })

  it('is left on purpose, which keeps its limits until they are changed', () => {
    const left = set(['risk.preset=none'], set(['risk.preset=topstep-50k']))
    expect(left.risk).toMatchObject({ preset: 'none', trailingDrawdown: '2000' })
    expect(set(['risk.trailingDrawdown=5000'], left).risk.trailingDrawdown).toBe('5000')
  })

  it('is in the currency of the instrument or not at all', () => {
    expect(refusalOf(() => set(['symbol=NIFTY', 'risk.preset=ftmo-100k']))).toMatchObject(refusedWith(/USD.*INR/))
  })
})

describe('a setting that there is not', () => {
  const nextStepOf = (assignment: string) =>
    (refusalOf(() => set([assignment])) as { refusal: { nextStep: string } }).refusal.nextStep

  it('is answered with the names of its group only', () => {
    const names = nextStepOf('risk.zzzzzzzz=1').replace('Settings are: ', '').split(', ')
    expect(names).toContain('risk.maxDailyLoss')
    expect(names.every((name) => name.startsWith('risk.'))).toBe(true)
  })

  it('is answered with parameters and the names of groups, not with all there is', () => {
    const names = nextStepOf('zzzzzzzz=1').replace(/\.$/, '').split(', ')
    expect(names).toEqual(expect.arrayContaining(['rsiLong', 'feed', 'risk.…', 'gateway.…', 'cloud.…']))
    expect(names).not.toContain('risk.maxDailyLoss')
  })
})
