import { describe, expect, it } from 'vitest'
import { AccountSettings, RiskSettings } from '../../src/contracts/account-settings.ts'
import { appliesAtOnce } from '../../src/contracts/setting-groups.ts'

const ofGroups = Object.entries(AccountSettings.shape).flatMap(([group, field]) => {
  const inner = 'unwrap' in field ? field.unwrap() : field
  return 'shape' in inner ? Object.keys(inner.shape as object).map((name) => `${group}.${name}`) : []
})

describe('a changed setting', () => {
  it('counts at once where the launcher applies it, and else at the next start of the bot', () => {
    expect(ofGroups).toContain('cloud.confidence')
    expect(ofGroups.length).toBeGreaterThan(Object.keys(RiskSettings.shape).length)
    expect(ofGroups.filter(appliesAtOnce)).toEqual(['cloud.signals'])
  })

  it.each(['feed.kind', 'symbol', 'maxTradesPerDay', 'cloud', 'cloud.', 'cloud.constructor', 'weather.signals', ''])(
    'counts at the next start where its name is none of a group: %j',
    (key) => expect(appliesAtOnce(key)).toBe(false),
  )
})
