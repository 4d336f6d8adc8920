import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TradeRequest } from '../../../src/contracts/trade-request.ts'
import { addAccounts, launched, statusWhen, type Launched } from '../../support/launched.ts'

describe('a trade asked of the launcher', () => {
  let home: Launched
  beforeAll(async () => {
    home = await launched()
    await addAccounts(home, ['A1', 'A2'])
    await home.client.api.bots.start({ ids: ['A1'] })
    await statusWhen(home.client, 'A1', ({ state }) => state === 'trading')
  })
  afterAll(() => home.close())

  const buy = (symbol: string): TradeRequest => ({ kind: 'buy', symbol, quantity: 1 })
  const ask = (command: TradeRequest, accountId = 'A1', requestId = 'r1') =>
    home.client.api.trade({ accountId, requestId, command })

  it.each([
    ['MES', { kind: 'accepted', orders: ['order-of-r1'] }],
    ['FLAT', { kind: 'nothing-to-do' }],
    ['REFUSED', { kind: 'refused', refusal: { code: 'trade-blocked', nextStep: 'Wait.' } }],
    ['REJECTED', { kind: 'rejected', reason: 'insufficient funds' }],
    ['UNKNOWN', { kind: 'unknown', orders: ['order-of-r1'] }],
  ])('is answered as the bot answers it: %s', async (symbol, answer) => {
    const reasons = [{ code: 'asked', text: 'buy asked for by a person' }]
    expect(await ask(buy(symbol))).toMatchObject({ ...answer, reasons })
  })

  it('reaches the bot under its own name, also from a launcher that found the bot running', async () => {
    await home.relaunch()
    await statusWhen(home.client, 'A1', ({ state }) => state === 'trading')
    expect(await ask(buy('MES'), 'A1', 'again.1')).toMatchObject({ orders: ['order-of-again.1'] })
  })

  it('is refused where no bot runs or no account is, with what to do', async () => {
    await expect(ask(buy('MES'), 'A2')).rejects.toMatchObject({
      refusal: { code: 'not-running', nextStep: 'Start it: slipway start A2' },
    })
    await expect(ask(buy('MES'), 'nobody')).rejects.toMatchObject({ refusal: { code: 'account-unknown' } })
  })

  it.each([
    [{ kind: 'buy', symbol: 'MES', quantity: 0 }, 'r1'],
    [{ kind: 'buy', symbol: 'MES', quantity: 1, limitPrice: '1e3' }, 'r1'],
    [{ kind: 'steal', symbol: 'MES', quantity: 1 }, 'r1'],
    [{ kind: 'buy', symbol: 'MES', quantity: 1 }, 'no such name'],
  ])('is refused before it reaches the bot when it is %j as %s', async (command, requestId) => {
    await expect(ask(command as TradeRequest, 'A1', requestId)).rejects.toMatchObject({
      refusal: { code: 'bad-usage' },
    })
  })
})
