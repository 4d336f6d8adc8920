import type { BotStatus } from '../../src/contracts/bot-protocol.ts'

/** What a bot without trades says of itself, with what the test is about put in. */
export function botStatus(fields: Partial<BotStatus> = {}): BotStatus {
  return {
    instanceId: 'instance-1',
    accountId: 'A1',
    pid: 4711,
    state: 'trading',
    stateReason: null,
    startedAt: 1_700_000_000_000,
    lastBarAt: null,
    position: 0,
    realizedPnlMinor: 0,
    unrealizedPnlMinor: 0,
    currency: 'USD',
    currencyDigits: 2,
    tradesToday: 0,
    openOrders: 0,
    lastError: null,
    generation: 1,
    ...fields,
  }
}
