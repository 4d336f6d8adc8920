import type { RandomStream } from '../../../src/domain/market/random-stream.ts'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import { formatPrice } from '../../../src/domain/instrument/instrument.ts'
import { ticks } from '../../../src/domain/units/units.ts'
import type { VenueProcess } from '../../support/venue/start-venue.ts'

const SYMBOL = 'MES'

/** Moves the venue's market, and names its prices as they are written. @param referencePx ticks where the round begins */
export function openMarket(venue: VenueProcess, referencePx: number, draw: RandomStream) {
  const instrument = resolveInstrument(SYMBOL)
  if (!isInstrument(instrument)) throw new Error(SYMBOL)
  const text = (price: number) => formatPrice(instrument, ticks(price))
  let at = referencePx
  return {
    /** Price so many ticks from where the round began. */
    px: (away: number) => text(referencePx + away),
    /** One bar from the present price to one so many ticks from where the round began, by a tick or so of noise. */
    async move(away: number): Promise<void> {
      const [open, close] = [at, referencePx + away + Math.round(draw.normal())]
      at = close
      const [high, low] = [Math.max(open, close), Math.min(open, close)]
      await venue.bar({ symbol: SYMBOL, open: text(open), high: text(high), low: text(low), close: text(close) })
    },
  }
}
