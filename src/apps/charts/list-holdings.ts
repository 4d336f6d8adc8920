import type { HomeLayout } from '../../adapters/home/layout.ts'
import { readHeldPositions, readOpenOrders, type HeldPosition } from '../../adapters/state-db/read-holdings.ts'
import type { HoldingRow, OrderRow } from '../../contracts/account-records.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { BotStatus } from '../../contracts/bot-protocol.ts'
import { formatMoney, formatPrice, type Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { averagePx, unrealizedMinor } from '../../domain/position/position.ts'
import { formatDecimal } from '../../domain/units/decimal.ts'
import { minorUnits, ticks, type Ticks } from '../../domain/units/units.ts'

/**
 * What an account holds now, with its worth as the running bot sees it, else at the last durable bar.
 *
 * @param said what a running bot says of itself
 */
export function listHoldings(
  layout: HomeLayout,
  settings: AccountSettings,
  said: BotStatus | undefined,
): readonly HoldingRow[] {
  const held = readHeldPositions(layout, settings)
  if (held.length === 0) return []
  const orders = readOpenOrders(layout, settings)
  return held.map((one) => rowOf(one, orders, said))
}

function rowOf(
  { position, spec, lastBar }: HeldPosition,
  orders: readonly OrderRow[],
  said: BotStatus | undefined,
): HoldingRow {
  const { symbol, quantity, trip } = position
  const told = said?.holdings?.find((one) => one.symbol === symbol && one.quantity === quantity)
  const unrealized = told?.unrealizedPnlMinor ?? (lastBar && unrealizedMinor(position, lastBar.close, spec))
  const price = priceOf(told, lastBar)
  const own = orders.filter((order) => order.symbol === symbol)
  return {
    symbol,
    quantity,
    averagePrice: formatDecimal(Math.round(averagePx(position) * spec.tickUnits * 10), spec.priceDigits + 1),
    lastPrice: price ? formatPrice(spec, price.px) : null,
    lastBarAt: price ? new Date(price.barAt).toISOString() : null,
    unpriced: price ? null : whyUnpriced(spec, said, told),
    openedAt: trip ? new Date(trip.entryTime).toISOString() : null,
    unrealizedPnl: unrealized === undefined ? null : formatMoney(spec.currency, minorUnits(unrealized)),
    stopPrice: own.find(({ purpose }) => purpose === 'stop')?.stopPrice ?? null,
    targetPrice: own.find(({ purpose }) => purpose === 'target')?.limitPrice ?? null,
    currency: spec.currency.code,
  }
}

type Told = NonNullable<BotStatus['holdings']>[number]

function priceOf(told: Told | undefined, lastBar: Bar | undefined): Readonly<{ px: Ticks; barAt: number }> | undefined {
  if (told?.mark) return { px: ticks(told.mark.px), barAt: told.mark.barAt }
  return lastBar && { px: lastBar.close, barAt: lastBar.time }
}

function whyUnpriced(spec: Instrument, said: BotStatus | undefined, told: Told | undefined): string {
  if (!said) {
    const of = spec.option ? 'An option' : 'It'
    return `${of} is priced by the account’s bot, and none runs.`
  }
  if (!told) return 'The bot has not said yet what it holds.'
  return told.mark === undefined
    ? 'The bot is of an older version that does not say what it prices it at.'
    : 'The bot has no price of it and counts it at its cost.'
}
