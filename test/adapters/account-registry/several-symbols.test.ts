import { describe, expect, it } from 'vitest'
import { openAccountRegistry } from '../../../src/adapters/account-registry/account-registry.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'

function openRegistry() {
  const layout = openHome(tempHome())
  const held: { by?: string } = {}
  const registry = openAccountRegistry({
    layout,
    now: () => epochMs(1),
    rules: accountRules(layout),
    heldBy: () => Promise.resolve(held.by),
  })
  const add = (symbol: string) =>
    registry.add({
      ...{ accountId: 'a', user: 'u', broker: 'sim', mode: 'paper', strategy: 'vwap-bounce' },
      ...{ symbol, timeframe: '1m', feed: 'synthetic:1', set: [] },
    })
  return { registry, add, held }
}

const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: { refusal: { code: string; message: string } }) => error.refusal,
  )

describe('an account in several symbols', () => {
  it('is added with commas between them, in any case and spacing, the first its own', async () => {
    const { add, registry } = openRegistry()
    const { settings } = await add('nifty, BANKNIFTY,sensex')
    expect([settings.symbol, settings.alsoSymbols]).toEqual(['NIFTY', ['BANKNIFTY', 'SENSEX']])
    expect(settings.simulation.startingCash).toBe('5000000')
    expect(registry.show('a').alsoSymbols).toEqual(['BANKNIFTY', 'SENSEX'])
  })

  it('gets others, or one again, by an edit of its symbol', async () => {
    const { add, registry } = openRegistry()
    await add('NIFTY')
    const { settings, changed } = await registry.edit('a', ['symbol=NIFTY,SENSEX'])
    expect(settings.alsoSymbols).toEqual(['SENSEX'])
    expect(changed.length).toBeGreaterThan(0)
    expect((await registry.edit('a', ['symbol=BANKNIFTY'])).settings).toMatchObject({
      symbol: 'BANKNIFTY',
      alsoSymbols: [],
    })
  })

  it('does not change them while its bot runs', async () => {
    const { add, registry, held } = openRegistry()
    await add('NIFTY')
    held.by = 'A bot holds it.'
    expect(await refusalOf(registry.edit('a', ['symbol=NIFTY,SENSEX']))).toMatchObject({ code: 'account-held' })
  })

  it('names each once, in one currency, and no more than a bot follows', async () => {
    const { add } = openRegistry()
    expect(await refusalOf(add('NIFTY,nifty'))).toMatchObject({ message: expect.stringContaining('named twice') })
    expect(await refusalOf(add('NIFTY,ES'))).toMatchObject({
      message: expect.stringMatching(/ES is counted in USD.*INR/),
    })
    expect(await refusalOf(add('NIFTY,,SENSEX'))).toMatchObject({ code: 'setting-invalid' })
    expect(await refusalOf(add('A,B,C,D,E,F,G,H,I'))).toMatchObject({
      message: expect.stringContaining('more than one'),
    })
    expect(await refusalOf(add('NIFTY,NO SUCH'))).toMatchObject({ code: 'symbol-unknown' })
  })
})
