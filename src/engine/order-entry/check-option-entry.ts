import { formatPrice } from '../../domain/instrument/instrument.ts'
import type { Reason } from '../../domain/decision/decision.ts'
import type { ListedOption } from '../../domain/options/option-market.ts'
import type { Side } from '../../domain/order/order.ts'
import type { TradeOutcome } from '../../domain/order/trade-command.ts'
import { lots, type Lots, type Ticks } from '../../domain/units/units.ts'
import { checkShape } from './check-shape.ts'
import { deny } from './judge-entry.ts'
import type { TradeCall } from './trade-call.ts'

/**
 * Has an option that would be opened by itself checked for what it can lose and what must stand behind it, by whichever
 * command it is named: a short one by its symbol is as naked as one that was chosen from the chain.
 *
 * @param limitPx what it may cost or must bring at least; what is quoted where undefined
 * @returns what was found, or the answer that ends the call
 */
export async function checkOptionEntry(
  call: TradeCall,
  contract: ListedOption,
  { side, quantity, limitPx }: Readonly<{ side: Side; quantity: Lots; limitPx?: Ticks | undefined }>,
): Promise<readonly Reason[] | TradeOutcome> {
  const { symbol } = contract
  const px = limitPx ?? premiumOf(call, contract, side)
  if (px === undefined) return deny(call, { symbol, side }, [{ code: 'no-price', text: `nobody quotes ${symbol} now` }])
  const verdict = await checkShape(call, 'single', [{ contract, side, ratio: lots(1), px }], quantity)
  if (verdict.kind === 'misfit') return { kind: 'refused', refusal: verdict.refusal, reasons: verdict.reasons }
  if (verdict.kind === 'held') return deny(call, { symbol, side }, verdict.reasons)
  const text = `${quantity} ${quantity === 1 ? 'lot' : 'lots'} of ${symbol} at about ${formatPrice(contract, px)}`
  return [{ code: 'option', text }, ...verdict.reasons]
}

/** What buying or selling would cost or bring now. */
export function premiumOf({ ctx }: TradeCall, { symbol }: ListedOption, side: Side): Ticks | undefined {
  const quote = ctx.optionMarket?.quote(symbol)
  if (!quote) return undefined
  return side === 'buy' ? (quote.ask ?? quote.markPx) : quote.bid
}
