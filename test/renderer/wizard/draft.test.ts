import { describe, expect, it } from 'vitest'
import {
  changesOf,
  draftOf,
  EMPTY_DRAFT,
  newAccountOf,
  twinOf,
  whyTaken,
  withPreset,
  withStrategy,
  withValue,
  type Draft,
} from '../../../renderer/wizard/draft.ts'
import { whyNotDone } from '../../../renderer/wizard/steps.ts'
import { AccountSettings } from '../../../src/contracts/account-settings.ts'

const settings = (more: object = {}) =>
  AccountSettings.parse({
    ...{ version: 1, accountId: 'desk-1', user: 'anna', userId: '0123456789ab', broker: 'sim', mode: 'paper' },
    ...{ strategy: 'vwap-bounce', symbol: 'ES', alsoSymbols: ['NQ'], feed: { kind: 'replay', speed: 60 } },
    ...{ parameters: { atrPeriod: 10 }, risk: { maxDailyLoss: '500' }, createdAt: '2026-01-05T10:00:00Z' },
    ...more,
  })

describe('what is typed into the form', () => {
  it('starts with what is set, and changes nothing as long as nothing is typed', () => {
    const draft = draftOf(settings())
    expect(draft).toMatchObject({ symbol: 'ES,NQ', feed: 'replay:60x', mode: 'paper' })
    expect(draft.values).toMatchObject({ atrPeriod: '10', 'risk.maxDailyLoss': '500' })
    expect(changesOf(draft, draft)).toEqual([])
  })

  it('is sent as what is different only; an emptied setting goes back to its default', () => {
    const before = draftOf(settings())
    const after = withValue(withValue({ ...before, symbol: 'NQ' }, 'risk.maxDailyLoss', '250'), 'atrPeriod', '')
    expect(changesOf(before, after)).toEqual(['symbol=NQ', 'atrPeriod=', 'risk.maxDailyLoss=250'])
  })

  it('drops the parameters of a strategy that is left, without sending them', () => {
    const before = draftOf(settings())
    expect(changesOf(before, withStrategy(before, 'segment-options'))).toEqual(['strategy=segment-options'])
    expect(withStrategy(before, before.strategy)).toBe(before)
  })

  it('lets a preset fill the limits, whatever was typed before', () => {
    const draft = withPreset(withValue(EMPTY_DRAFT, 'risk.maxDailyLoss', '9'), 'topstep-50k')
    expect(draft.values).toEqual({ 'risk.preset': 'topstep-50k' })
  })

  it('has an id that no account has, in whatever case', () => {
    const taken = ['desk-1', 'Desk-2']
    expect(whyTaken('desk-3', taken)).toBeUndefined()
    expect(whyTaken('', taken)).toBeUndefined()
    expect(whyTaken('desk-1', taken)).toBe('There is an account desk-1 already.')
    expect(whyTaken('DESK-2', taken)).toBe('DESK-2 differs from the account Desk-2 in upper and lower case only.')
    expect(whyNotDone('broker', { ...EMPTY_DRAFT, accountId: 'desk-1', user: 'anna' }, { strategies: [], taken })).toBe(
      'There is an account desk-1 already.',
    )
  })

  it('leaves what is empty to the defaults of a new account', () => {
    const draft: Draft = { ...EMPTY_DRAFT, accountId: 'A1', values: { 'risk.maxDailyLoss': '', atrPeriod: '9' } }
    expect(newAccountOf(draft).set).toEqual(['atrPeriod=9'])
  })
})

describe('a twin of an account', () => {
  it('has the next free id, and never starts as live', () => {
    const live = settings({ broker: 'gateway', mode: 'live', gateway: { url: 'https://bridge.example' } })
    expect(twinOf(live, ['desk-1', 'DESK-2'])).toMatchObject({ accountId: 'desk-3', mode: 'paper', broker: 'gateway' })
  })
})
