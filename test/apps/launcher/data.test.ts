import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { launched, type Launched } from '../../support/launched.ts'

describe('bars over the launcher', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
  })
  afterEach(() => home.close())

  it('are none at first', async () => {
    expect(await home.client.api.data.list()).toEqual([])
  })

  it('are made up beside the launcher, which answers others meanwhile', async () => {
    const made = home.client.api.data.generate({ symbol: 'SPY', days: 2, seed: 3 })
    expect(await home.client.api.status({})).toEqual([])
    expect(await made).toMatchObject({ symbol: 'SPY', timeframe: '1m', sessions: 2, seed: 3, alreadyThere: 0 })
    expect(await home.client.api.data.list()).toMatchObject([{ symbol: 'SPY', source: 'generated (seed 3)' }])
    expect(await home.client.api.data.generate({ symbol: 'SPY', days: 2, seed: 3 })).toMatchObject({ added: 0 })
  })

  it('are refused with the reason and the next step of the command line', async () => {
    await home.client.api.data.generate({ symbol: 'SPY', days: 1, seed: 3 })
    await expect(home.client.api.data.generate({ symbol: 'SPY', days: 1, seed: 4 })).rejects.toMatchObject({
      refusal: { code: 'data-bad-rows', nextStep: expect.stringContaining('same seed') },
    })
    await expect(home.client.api.data.generate({ symbol: 'N!PE', days: 1, seed: 4 })).rejects.toMatchObject({
      refusal: { code: expect.any(String) },
    })
  })
})
