import type { ClientOrderId } from '../../../domain/order/order.ts'

/** Orders that can still be changed are among the last of any account. */
const MOST = 10_000

/** Which symbol an order is in: a change of its price is written in that symbol's ticks. */
export function openSymbolMemory() {
  const symbols = new Map<ClientOrderId, string>()
  return {
    symbolOf: (id: ClientOrderId) => symbols.get(id),
    remember(id: ClientOrderId, symbol: string): void {
      symbols.set(id, symbol)
      if (symbols.size > MOST) symbols.delete(symbols.keys().next().value!)
    },
  }
}
