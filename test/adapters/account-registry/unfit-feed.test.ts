import { describe, expect, it } from 'vitest'
import { openAccountRegistry } from '../../../src/adapters/account-registry/account-registry.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'

function openRegistry() {
  const layout = openHome(tempHome())
  const rules = accountRules(layout)
  const registry = openAccountRegistry({ layout, rules, now: () => epochMs(1), heldBy: async () => undefined })
  const add = (timeframe: string, feed: string) =>
    registry.add({
      ...{ accountId: 'a', user: 'u', broker: 'sim', mode: 'paper', strategy: 'vwap-bounce' },
      ...{ symbol: 'SPY', timeframe, feed, set: [] },
    })
  return { registry, add }
}

const refused = (message: RegExp, nextStep: RegExp) =>
  expect.objectContaining({
    refusal: expect.objectContaining({
      code: 'setting-invalid',
      message: expect.stringMatching(message),
      nextStep: expect.stringMatching(nextStep),
    }),
  })

describe('the bars of an account', () => {
  it('are not daily ones: on those no order would ever fill', async () => {
    const { add, registry } = openRegistry()
    await expect(add('1d', 'replay')).rejects.toEqual(
      refused(/^Daily bars can be stored and imported, not traded/, /timeframe=1h/),
    )
    await add('1h', 'replay')
    await expect(registry.edit('a', ['timeframe=1d'])).rejects.toEqual(
      refused(/^Daily bars can be stored/, /timeframe=1h/),
    )
    expect(registry.show('a').timeframe).toBe('1h')
  })

  it('are of one minute where they are made up: longer ones are not made', async () => {
    const { add, registry } = openRegistry()
    await expect(add('5m', 'synthetic:1')).rejects.toEqual(refused(/one minute long, not 5m/, /timeframe=1m/))
    await add('1m', 'synthetic:1')
    await expect(registry.edit('a', ['timeframe=1h'])).rejects.toEqual(refused(/not 1h/, /replay of stored 1h bars/))
    const { settings } = await registry.edit('a', ['timeframe=1h', 'feed=replay'])
    expect(settings).toMatchObject({ timeframe: '1h', feed: { kind: 'replay' } })
  })
})
