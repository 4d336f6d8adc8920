import { normalCdf, normalPdf } from './normal.ts'
import type { OptionType, OptionValue } from './option-pricing.ts'

/**
 * Standard deviation of the logarithm below which the underlying is as good as certain. Nothing that trades comes
 * near; it keeps divisions by it finite.
 */
export const CERTAIN = 1e-100

/**
 * European option on a spot with a dividend yield, Black–Scholes–Merton, with Greeks in closed form.
 *
 * At expiry, or without volatility, the answer is what is certain: the discounted difference of forward and strike if
 * that is positive. Exactly at the money, where the Greeks jump, delta and rho are half way, gamma is 0 and vega is
 * its limit from above.
 *
 * @see Merton, "Theory of Rational Option Pricing", Bell J. Econ. 4 (1973); Hull, "Options, Futures, and Other
 *      Derivatives", ch. 17 and 19, for the Greeks
 */
export function europeanValue(
  type: OptionType,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividend: number,
  volatility: number,
): OptionValue {
  const sign = type === 'call' ? 1 : -1
  const growth = Math.exp(-dividend * years)
  const discount = Math.exp(-rate * years)
  const root = Math.sqrt(years)
  const deviation = volatility * root
  const moneyness = Math.log(spot / strike) + (rate - dividend) * years
  let inMoneyHedge: number
  let inMoney: number
  let density: number
  if (deviation > CERTAIN) {
    const d1 = moneyness / deviation + deviation / 2
    inMoneyHedge = normalCdf(sign * d1)
    inMoney = normalCdf(sign * (d1 - deviation))
    density = normalPdf(d1)
  } else {
    inMoneyHedge = inMoney = (1 + Math.sign(sign * moneyness)) / 2
    density = moneyness === 0 ? normalPdf(0) : 0
  }
  const stock = spot * growth
  const cash = strike * discount
  const spread = deviation > CERTAIN ? stock * density : 0
  const decay = spread === 0 ? 0 : (spread * volatility) / (2 * root)
  return {
    price: Math.max(0, sign * (stock * inMoneyHedge - cash * inMoney)),
    delta: sign * growth * inMoneyHedge,
    gamma: spread === 0 ? 0 : (growth * density) / (spot * deviation),
    vega: stock * density * root,
    theta: sign * (dividend * stock * inMoneyHedge - rate * cash * inMoney) - decay,
    rho: sign * years * cash * inMoney,
  }
}

/**
 * European option on a forward or futures price, Black 1976. It is the same formula as a spot whose dividend yield is
 * the rate; only rho differs, because a change of the rate leaves the forward where it is.
 *
 * @see Black, "The Pricing of Commodity Contracts", J. Financial Econ. 3 (1976)
 */
export function europeanForwardValue(
  type: OptionType,
  forward: number,
  strike: number,
  years: number,
  rate: number,
  volatility: number,
): OptionValue {
  const value = europeanValue(type, forward, strike, years, rate, rate, volatility)
  return { ...value, rho: -years * value.price }
}
