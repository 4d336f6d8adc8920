import { resultOf } from '../../domain/ledger/ledger.ts'
import { holdingValueMinor, unrealizedMinor, type Position } from '../../domain/position/position.ts'
import type { Worth } from '../../domain/risk/risk-state.ts'
import { minorUnits, ticks, type EpochMs, type MinorUnits, type Ticks } from '../../domain/units/units.ts'
import type { BotBook } from './bot-book.ts'
import { instrumentOrThrow, type BotContext } from './bot-context.ts'

/** What the account is worth at the last prices, minor units; what nobody has a price of is counted at its cost. */
export function accountEquity(ctx: BotContext, book: BotBook): MinorUnits {
  let worth: number = ctx.store.ledgerBalance('cash', ctx.instrument.currency.code)
  if (book.holding)
    for (const position of book.positions.values())
      worth += holdingValueMinor(position, pxOf(ctx, book, position), instrumentOrThrow(ctx, position.symbol))
  return minorUnits(worth)
}

/** Gain of the open positions at the last prices, before fees, minor units. */
export function openPnl(ctx: BotContext, book: BotBook): MinorUnits {
  let gain = 0
  if (book.holding)
    for (const position of book.positions.values())
      gain += unrealizedMinor(position, pxOf(ctx, book, position), instrumentOrThrow(ctx, position.symbol))
  return minorUnits(gain)
}

/** What the account is worth at the last prices, with and without its open gain. */
export function accountWorth(ctx: BotContext, book: BotBook): Worth {
  const equityMinor = accountEquity(ctx, book)
  return { equityMinor, balanceMinor: minorUnits(equityMinor - openPnl(ctx, book)) }
}

/** What is held of a symbol, what it has gained at its last price, and what it is priced at; null: nobody prices it. */
type Holding = {
  symbol: string
  quantity: number
  unrealizedPnlMinor: number
  mark: { px: Ticks; barAt: EpochMs } | null
}

/** Everything that is held, in the order of the symbols. */
export function holdings(ctx: BotContext, book: BotBook): Holding[] {
  if (!book.holding) return []
  const held = [...book.positions.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  return held.map((position) => ({
    symbol: position.symbol,
    quantity: position.quantity,
    unrealizedPnlMinor: unrealizedMinor(position, pxOf(ctx, book, position), instrumentOrThrow(ctx, position.symbol)),
    mark: markIn(ctx, book, position.symbol),
  }))
}

/** An option is priced from its underlying, so that the bar of that says how old its price is. */
function markIn(ctx: BotContext, book: BotBook, symbol: string): Holding['mark'] {
  const px = ctx.markOf(symbol)
  const bar = book.lanes[ctx.laneOf(symbol).lane]?.lastBar
  return px === undefined || !bar ? null : { px, barAt: bar.time }
}

/** Everything realised since the account was opened, after fees and with interest, minor units. */
export function realizedPnl({ store, instrument }: BotContext): MinorUnits {
  return resultOf((account) => store.ledgerBalance(account, instrument.currency.code))
}

function pxOf(ctx: BotContext, book: BotBook, position: Position): Ticks {
  const { symbol, cost, quantity } = position
  const told = (ctx.replaying ? undefined : priceSinceBar(ctx, book, position)) ?? ctx.markOf(symbol)
  return told ?? ticks(Math.round(cost / quantity))
}

/**
 * What has been paid since the last bar of an instrument with a lane: an older close would show a gain or a loss that
 * nobody has made. After a restart the fill is forgotten, and a position opened since counts at its cost.
 */
function priceSinceBar(ctx: BotContext, book: BotBook, { symbol, cost, quantity, trip }: Position): Ticks | undefined {
  const { lane, instrument, timeframeMs } = ctx.laneOf(symbol)
  const bar = instrument.symbol === symbol ? book.lanes[lane]!.lastBar : undefined
  if (!bar) return undefined
  const seenUntil = bar.time + timeframeMs
  const filled = book.fillPrices.get(symbol)
  if (filled) return filled.at >= seenUntil ? filled.px : undefined
  const isNewer = trip !== undefined && trip.entryTime >= seenUntil && trip.entryTime <= ctx.now()
  return isNewer ? ticks(Math.round(cost / quantity)) : undefined
}
