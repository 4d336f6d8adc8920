export type OptionType = 'call' | 'put'
export type ExerciseStyle = 'european' | 'american'
export type PricingModel = 'bsm' | 'black76'

/**
 * What is asked about one option. Rates, dividend yield and volatility are per year, continuously compounded, as plain
 * fractions (0.05 is 5 %); prices are in the unit of the strike.
 *
 * `bsm`: Black–Scholes–Merton, on a spot that pays the dividend yield. `black76`: Black 1976, on a forward or futures.
 */
export type OptionQuestion = Readonly<{
  type: OptionType
  style: ExerciseStyle
  strike: number
  /** Years to expiry; 0 is at expiry. */
  years: number
  rate: number
  volatility: number
}> &
  (Readonly<{ model: 'bsm'; spot: number; dividend: number }> | Readonly<{ model: 'black76'; forward: number }>)

/** The worth of an option and how it moves. */
export type OptionValue = Readonly<{
  price: number
  /** Price per 1 of the underlying (the spot, or the forward in black76). */
  delta: number
  /** Delta per 1 of the underlying. */
  gamma: number
  /** Price per 1.00 of volatility. */
  vega: number
  /** Price per year that passes; mostly negative. */
  theta: number
  /** Price per 1.00 of the rate; in black76 the forward stays where it is. */
  rho: number
}>
