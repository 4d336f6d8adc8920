import { setImmediate as nextTurn } from 'node:timers/promises'
import { openGatewayBroker, type GatewayBrokerContext } from '../../src/adapters/brokers/gateway/open-gateway-broker.ts'
import type { Broker } from '../../src/domain/broker/broker.ts'
import { isInstrument, resolveInstrument } from '../../src/domain/instrument/catalogue.ts'
import { formatPrice, type Instrument } from '../../src/domain/instrument/instrument.ts'
import { ticks } from '../../src/domain/units/units.ts'
import type { VenueBar, VenueProcess } from './venue/start-venue.ts'

export const SYMBOL = 'MES'

export function instrumentOf(symbol: string): Instrument | undefined {
  const found = resolveInstrument(symbol)
  return isInstrument(found) ? found : undefined
}

/** The gateway adapter as a bot opens it, but quicker to give up. */
export function connect(venue: Pick<VenueProcess, 'url'>, over: Partial<GatewayBrokerContext> = {}): Promise<Broker> {
  return openGatewayBroker({
    accountId: 'A1',
    url: venue.url,
    token: 'venue-token',
    account: undefined,
    mode: 'paper',
    currency: { code: 'USD', digits: 2 },
    instrumentOf,
    timeoutMs: 2_000,
    connectMs: 1_000,
    elapsed: () => performance.now(),
    random: () => 0.5,
    recognise: () => undefined,
    trouble: () => undefined,
    ...over,
  })
}

/** A bar around a price, ticks of the test's symbol. */
export function barAt(price: number, symbol = SYMBOL): VenueBar {
  const instrument = instrumentOf(symbol)!
  const text = (px: number) => formatPrice(instrument, ticks(px))
  return { symbol, open: text(price), high: text(price + 1), low: text(price - 1), close: text(price) }
}

/** One bar of the market, and the listeners have heard all that came of it. */
export async function trade(venue: VenueProcess, price: number): Promise<void> {
  await venue.bar(barAt(price))
  await venue.settle()
  await nextTurn()
}
