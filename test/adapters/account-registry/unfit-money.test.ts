import { readFileSync, writeFileSync } from 'node:fs'
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
  const add = (symbol: string, set: string[] = []) =>
    registry.add({
      ...{ accountId: 'a', user: 'u', broker: 'sim', mode: 'paper', strategy: 'vwap-bounce' },
      ...{ symbol, timeframe: '1m', feed: 'replay', set },
    })
  return { layout, registry, add }
}

const refused = (message: string, nextStep: string) =>
  expect.objectContaining({ refusal: { code: 'setting-invalid', message, nextStep } })

describe('an amount of an account', () => {
  it('is refused before it is kept when it is too large to be counted exactly, or finer than the currency', async () => {
    const { registry, add } = openRegistry()
    await expect(add('SPY', ['simulation.startingCash=9999999999999999'])).rejects.toEqual(
      refused(
        'simulation.startingCash=9999999999999999 is no amount that can be counted exactly.',
        'Set simulation.startingCash again, below 90071992547409.',
      ),
    )
    expect(registry.list()).toEqual([])
    await add('SPY', ['simulation.startingCash=90071992547408.99'])
    for (const setting of ['risk.maxDailyLoss', 'risk.portfolioMaxNotional', 'simulation.commissionPerLot'])
      await expect(registry.edit('a', [`${setting}=1.234`])).rejects.toEqual(
        refused(`${setting}=1.234 has more than 2 decimal places.`, `Set ${setting} again with fewer places.`),
      )
    expect(registry.show('a').risk.maxDailyLoss).not.toBe('1.234')
  })

  it('counts in the currency of the market: a coin has six places', async () => {
    const { registry, add } = openRegistry()
    await add('BTC-PERP', ['risk.maxDailyLoss=1.234567'])
    expect(registry.show('a').risk.maxDailyLoss).toBe('1.234567')
  })

  it('that was taken by an earlier version is shown, and can be mended', async () => {
    const { layout, registry, add } = openRegistry()
    const { accountId } = (await add('SPY')).settings
    const path = layout.settings(accountId)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"startingCash": "100000"', '"startingCash": "1.234"'))
    expect(registry.show('a').simulation.startingCash).toBe('1.234')
    await expect(registry.edit('a', ['risk.maxDailyLoss=5'])).rejects.toThrow('simulation.startingCash=1.234')
    await registry.edit('a', ['simulation.startingCash=50000'])
    expect(registry.show('a').simulation.startingCash).toBe('50000')
  })
})
