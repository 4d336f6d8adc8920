import type { OptionType, OptionValue } from './option-pricing.ts'

/**
 * American option on a spot whose future is certain: it is exercised at the best of all times, now, at expiry or where
 * dividends begin to exceed the interest on the strike. Of equally good times the first is taken; an option that is
 * worth nothing has no Greeks.
 */
export function certainAmericanValue(
  type: OptionType,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividend: number,
  rhoOf: 'spot' | 'forward',
): OptionValue {
  const sign = type === 'call' ? 1 : -1
  const worthAt = (time: number) => sign * (spot * Math.exp(-dividend * time) - strike * Math.exp(-rate * time))
  const turn = Math.log((rate * strike) / (dividend * spot)) / (rate - dividend)
  const isInside = turn > 0 && turn < years
  let best = 0
  for (const time of isInside ? [turn, years] : [years]) if (worthAt(time) > worthAt(best)) best = time
  const price = worthAt(best)
  if (!(price > 0)) return { price: 0, delta: 0, gamma: 0, vega: 0, theta: 0, rho: 0 }
  const hedge = sign * Math.exp(-dividend * best)
  const cash = sign * strike * Math.exp(-rate * best)
  return {
    price,
    delta: hedge,
    gamma: isInside && best === turn ? (dividend * hedge) / (spot * (rate - dividend)) : 0,
    vega: 0,
    theta: best === years && years > 0 ? dividend * spot * hedge - rate * cash : 0,
    rho: best === 0 ? 0 : rhoOf === 'spot' ? best * cash : -best * price,
  }
}
