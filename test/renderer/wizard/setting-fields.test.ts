import { describe, expect, it } from 'vitest'
import type { StrategyRow } from '../../../src/contracts/launcher/strategies.ts'
import { isFeedSpec, parseFeed } from '../../../src/domain/feed/parse-feed.ts'
import { CloudSettings, RiskSettings, SimulationSettings } from '../../../src/contracts/account-settings.ts'
import {
  CLOUD_FIELDS,
  FIRST_RISK_KEYS,
  rangeText,
  RISK_FIELDS,
  SIMULATION_FIELDS,
  whyWrong,
  type SettingField,
} from '../../../renderer/wizard/setting-fields.ts'
import { partsOf, textOf } from '../../../renderer/wizard/feed-input.tsx'
import { EMPTY_DRAFT } from '../../../renderer/wizard/draft.ts'
import { whyNotDone } from '../../../renderer/wizard/steps.ts'

const field = (key: string): SettingField => {
  const found = [...RISK_FIELDS, ...SIMULATION_FIELDS].find((one) => one.key === key)
  if (!found) throw new Error(`no field ${key}`)
  return found
}

describe('the fields of the form', () => {
  it('are all the settings there are, with help, from the schema that checks them', () => {
    const names = (fields: readonly SettingField[]) => fields.map(({ key }) => key.split('.')[1] ?? '').toSorted()
    expect(names(RISK_FIELDS)).toEqual(
      Object.keys(RiskSettings.shape)
        .filter((key) => key !== 'clearBreach')
        .toSorted(),
    )
    expect(names(SIMULATION_FIELDS)).toEqual(Object.keys(SimulationSettings.shape).toSorted())
    expect(names(CLOUD_FIELDS)).toEqual(Object.keys(CloudSettings.shape).toSorted())
    for (const { key, help } of [...RISK_FIELDS, ...SIMULATION_FIELDS]) expect(help, key).not.toBe('')
    for (const key of FIRST_RISK_KEYS) expect(field(key).key).toBe(key)
  })

  it('know kind, unit, range, choices and default', () => {
    expect(field('risk.maxDailyLoss')).toMatchObject({ kind: 'money', default: '2000', label: 'Max daily loss' })
    expect(field('risk.blackout')).toMatchObject({ kind: 'choice', choices: ['none', 'high', 'high,medium'] })
    expect(rangeText(field('risk.maxPositionLots'))).toBe('1 to 100,000 lots')
    expect(rangeText(field('risk.maxTotalContracts'))).toBe('0 to 100,000 contracts')
    expect(field('risk.riskPerTradeBps').label).toBe('Risk per trade')
    expect(field('risk.tradingWindow').kind).toBe('text')
  })

  it('say how a text is written, and no unit behind it', () => {
    for (const key of ['risk.dayBoundary', 'risk.tradingWindow', 'risk.mustBeFlat']) {
      expect(rangeText(field(key)), key).toBe('')
      expect(field(key).help, key).toMatch(/\d\d:\d\d(-\d\d:\d\d)?.* America\/[A-Z]/)
    }
  })

  it('set a unit that says what a figure is apart from it', () => {
    const rate: SettingField = { ...field('simulation.optionRate'), min: 0, max: 0.5, unit: 'a fraction per year' }
    expect(rangeText(rate)).toBe('0 to 0.5, a fraction per year')
    expect(whyWrong(rate, '0.9')).toBe('At most 0.5, a fraction per year.')
  })

  it('say of a setting that counts at once that it does', () => {
    const help = (key: string) => CLOUD_FIELDS.find((one) => one.key === `cloud.${key}`)?.help
    expect(help('signals')).toMatch(/Replays share nothing\. Applies at once\.$/)
    expect(help('confidence')).not.toContain('at once')
  })

  it.each([
    ['risk.maxPositionLots', '3', undefined],
    ['risk.maxPositionLots', '', undefined],
    ['risk.maxPositionLots', '0', 'At least 1 lots.'],
    ['risk.maxPositionLots', '2.5', 'Write a whole number.'],
    ['risk.maxPositionLots', 'many', 'Write a number.'],
    ['risk.maxTotalContracts', '4.5', undefined],
    ['risk.maxTotalContracts', '-1', 'At least 0 contracts.'],
    ['risk.maxDailyLoss', '500.00', undefined],
    ['risk.maxDailyLoss', '-5', 'An amount can not be negative.'],
    ['risk.maxDailyLoss', '5 000', 'Write an amount such as 500 or 500.00.'],
    ['simulation.optionRate', '0.9', 'At most 0.5 per year.'],
  ])('say of %s=%s: %s', (key, value, why) => {
    expect(whyWrong(field(key), value)).toBe(why)
  })
})

describe('a feed in the form', () => {
  it.each(['replay:max', 'replay:60x:2024-01-02..2024-01-05', 'replay:1x:2024-01-02T10:00:00.000Z..', 'synthetic:42'])(
    'comes back as it was typed: %s',
    (text) => {
      expect(isFeedSpec(parseFeed(text))).toBe(true)
      expect(textOf(partsOf(text))).toBe(text)
    },
  )
})

describe('a step of the form', () => {
  const draft = { ...EMPTY_DRAFT, accountId: 'A1', user: 'anna', symbol: 'ES' }
  const strategy = {
    id: 'vwap-bounce',
    title: 'V',
    kind: 'built-in' as const,
    file: null,
    parameters: [],
    problem: null,
  }

  const known = (...strategies: StrategyRow[]) => ({ strategies, taken: [] })

  it('says in one sentence what is missing', () => {
    expect(whyNotDone('broker', EMPTY_DRAFT, known())).toBe('Give the account an id.')
    expect(whyNotDone('broker', { ...draft, accountId: '../x' }, known())).toMatch(/^.+\.$/)
    expect(whyNotDone('broker', { ...draft, user: ' ' }, known())).toBe('Say which user it belongs to.')
    expect(whyNotDone('broker', draft, known())).toBeUndefined()
    expect(whyNotDone('credentials', { ...draft, broker: 'gateway' }, known())).toBe('Say where the gateway is.')
    expect(whyNotDone('market', { ...draft, symbol: '' }, known(strategy))).toBe('Choose what it trades.')
    expect(whyNotDone('market', { ...draft, feed: 'replay:fast' }, known(strategy))).toContain('fast')
    expect(whyNotDone('market', draft, known(strategy))).toBeUndefined()
    expect(whyNotDone('risk', { ...draft, values: { 'risk.maxTradesPerDay': '0' } }, known())).toBe(
      'Max trades per day: At least 1 trades.',
    )
  })
})
