import Database from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { openState } from '../../src/adapters/state-db/open-state.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { clientOrderId, type NewOrder } from '../../src/domain/order/order.ts'
import type { OrderRecord } from '../../src/domain/order/order-record.ts'
import type { TradeCallRecord } from '../../src/domain/order/trade-store.ts'
import { epochMs, lots, ticks } from '../../src/domain/units/units.ts'
import { tempHome } from './temp-home.ts'

export const accountId = 'A1' as AccountId

export function account() {
  const layout = homeLayout(tempHome())
  mkdirSync(layout.account(accountId), { recursive: true })
  const open = () => openState({ layout, accountId, instanceId: 'i', expectExisting: false, now: () => epochMs(7) })
  return { layout, path: layout.state(accountId), open }
}

export function intent(id: string, more: Partial<NewOrder> = {}, record: Partial<OrderRecord> = {}): OrderRecord {
  return {
    order: {
      ...{ clientOrderId: clientOrderId(id), symbol: 'ES', side: 'buy', quantity: lots(2), timeInForce: 'day' },
      ...{ type: { kind: 'limit', limitPx: ticks(100) }, purpose: 'entry', ...more },
    },
    ...{
      parent: undefined,
      status: 'intent',
      venueOrderId: undefined,
      cumQty: lots(0),
      signalId: 's',
      decisionId: 's',
    },
    ...{ confidence: 0.5, reason: 'buy', createdAt: epochMs(1), updatedAt: epochMs(1), ...record },
  }
}

export const called: TradeCallRecord = {
  ...{ signalId: 's', at: epochMs(3), accountId: 'A1', userId: 'u', signature: 'me', orders: [] },
  ...{ command: { kind: 'buy', symbol: 'ES', quantity: lots(1) }, reasons: [{ code: 'buy', text: 'asked' }] },
}
export const decided = {
  ...{
    decisionId: 's',
    at: epochMs(3),
    barTime: epochMs(2),
    symbol: 'ES',
    action: 'enter' as const,
    side: 'buy' as const,
  },
  ...{ quantity: lots(1), price: ticks(9), confidence: 0.5, features: {} },
}

export function rows<Row>(path: string, sql: string): Row[] {
  const db = new Database(path, { readonly: true })
  try {
    return db.prepare(sql).all() as Row[]
  } finally {
    db.close()
  }
}
