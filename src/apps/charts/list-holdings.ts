import type { HomeLayout } from '../../adapters/home/layout.ts'
import { readHeldPositions, readOpenOrders, type HeldPosition } from '../../adapters/state-db/read-holdings.ts'
import type { HoldingRow, OrderRow } from '../../contracts/account-records.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { BotStatus } from '../../contracts/bot-protocol.ts'
import { formatMoney, formatPrice } from '../../domain/instrument/instrument.ts'
import { averagePx, unrealizedMinor } from '../../domain/position/position.ts'
import { formatDecimal } from '../../domain/units/decimal.ts'
import { minorUnits } from '../../domain/units/units.ts'

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
  const own = orders.filter((order) => order.symbol === symbol)
  return {
    symbol,
    quantity,
    averagePrice: formatDecimal(Math.round(averagePx(position) * spec.tickUnits * 10), spec.priceDigits + 1),
    lastPrice: lastBar ? formatPrice(spec, lastBar.close) : null,
    lastBarAt: lastBar ? new Date(lastBar.time).toISOString() : null,
    openedAt: trip ? new Date(trip.entryTime).toISOString() : null,
    unrealizedPnl: unrealized === undefined ? null : formatMoney(spec.currency, minorUnits(unrealized)),
    stopPrice: own.find(({ purpose }) => purpose === 'stop')?.stopPrice ?? null,
    targetPrice: own.find(({ purpose }) => purpose === 'target')?.limitPrice ?? null,
    currency: spec.currency.code,
  }
}
