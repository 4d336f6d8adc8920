import { holdingValueMinor, unrealizedMinor } from '../../domain/position/position.ts'
import { minorUnits, type MinorUnits } from '../../domain/units/units.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'

/** What the account is worth at the last price, minor units. */
export function accountEquity(ctx: BotContext, book: BotBook): MinorUnits {
  const cash = ctx.store.ledgerBalance('cash', ctx.instrument.currency.code)
  const lastPx = book.lastBar?.close
  if (lastPx === undefined) return cash
  return minorUnits(cash + holdingValueMinor(book.position, lastPx, ctx.instrument))
}

/** Gain of the open position at the last price, before fees, minor units. */
export function openPnl(ctx: BotContext, book: BotBook): MinorUnits {
  const lastPx = book.lastBar?.close
  return lastPx === undefined ? minorUnits(0) : unrealizedMinor(book.position, lastPx, ctx.instrument)
}

/** Everything realised since the account was opened, after fees, minor units. */
export function realizedPnl({ store, instrument }: BotContext): MinorUnits {
  const { code } = instrument.currency
  return minorUnits(-store.ledgerBalance('realized-pnl', code) - store.ledgerBalance('commission', code))
}
