import type { Reason } from '../../domain/decision/decision.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { inPremiumTicks, isLeg, optionLeg, type OptionLeg } from '../../domain/options/shape-leg.ts'
import { marginOf } from '../../domain/options/shape-margin.ts'
import { netPremium } from '../../domain/options/shape-payoff.ts'
import { signOf } from '../../domain/order/order.ts'
import { averagePx } from '../../domain/position/position.ts'
import { lots, minorUnits, ticks, type MinorUnits } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { leavesOf } from './account-view.ts'

/** Lots of an option, signed, as the margin counts them. */
export type CountedOption = Readonly<{ option: Instrument; leg: OptionLeg }>

/** What all options of an account need behind them, minor units: as it is, and with what would be opened. */
export type MarginTogether = Readonly<{ before: MinorUnits; after: MinorUnits }>

/**
 * Margin of what is held and being ordered in options, underlying by underlying, without and with a new trade: each
 * trade alone may fit an account that cannot carry them together.
 *
 * What is ordered counts as if it had filled, the legs of one trade together. An order that only buys costs its premium
 * and covers nothing that is sold otherwise: it may never fill.
 *
 * @returns a reason where nobody can tell: options are sold, and what they are on has no price
 */
export function marginTogether(
  ctx: BotContext,
  book: BotBook,
  wanted: readonly CountedOption[],
): MarginTogether | Reason {
  const held = [...book.positions.values()].flatMap((position) => {
    const px = ctx.markOf(position.symbol) ?? Math.max(0, Math.round(averagePx(position)))
    return counted(ctx, position.symbol, position.quantity, px)
  })
  let premiums = 0
  for (const trade of orderedTogether(ctx, book))
    if (trade.some(({ leg }) => leg.quantity < 0)) held.push(...trade)
    else premiums += netPremium(trade.map(({ leg }) => leg))
  const [before, after] = [marginOn(ctx, held), marginOn(ctx, [...held, ...wanted])]
  if (typeof before !== 'number') return before
  if (typeof after !== 'number') return after
  return { before: minorUnits(before + premiums), after: minorUnits(after + premiums) }
}

/** Entries in options that may still fill, by the call they belong to. */
function orderedTogether(ctx: BotContext, book: BotBook): readonly (readonly CountedOption[])[] {
  const trades = new Map<string, CountedOption[]>()
  for (const record of book.opens.values()) {
    const { symbol, side, type, purpose } = record.order
    if (purpose !== 'entry') continue
    const px = 'limitPx' in type ? type.limitPx : (ctx.markOf(symbol) ?? 0)
    const legs = counted(ctx, symbol, signOf(side) * leavesOf(record), px)
    trades.set(record.signalId, [...(trades.get(record.signalId) ?? []), ...legs])
  }
  return [...trades.values()]
}

/** Nothing of what is no option; a strike between two ticks was refused before anything of it could be held. */
function counted(ctx: BotContext, symbol: string, quantity: number, px: number): readonly CountedOption[] {
  const option = ctx.instrumentOf(symbol)
  if (!option?.option || quantity === 0) return []
  const leg = optionLeg(option, lots(quantity), ticks(px))
  return isLeg(leg) ? [{ option, leg }] : []
}

function marginOn(ctx: BotContext, options: readonly CountedOption[]): number | Reason {
  let sum = 0
  for (const [symbol, group] of Map.groupBy(options, ({ leg }) => leg.underlying)) {
    const [underlying, px] = [ctx.instrumentOf(symbol), ctx.markOf(symbol)]
    const isPriced = underlying !== undefined && px !== undefined
    if (!isPriced && group.some(({ leg }) => leg.quantity < 0))
      return { code: 'no-price', text: `${symbol}, on which options are sold, has no price yet` }
    const legs = group.map(({ leg }) => leg)
    sum += marginOf(legs, isPriced ? inPremiumTicks(group[0]!.option, underlying, px) : 0).amount
  }
  return sum
}
