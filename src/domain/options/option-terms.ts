/** What makes an option this option. */
export type OptionTerms = Readonly<{
  /** Symbol of the instrument it is written on. */
  underlying: string
  type: 'call' | 'put'
  style: 'european' | 'american'
  /** Decimal string in the underlying's price units. */
  strike: string
  /** Trade date on which it expires, YYYY-MM-DD in the exchange's zone. */
  expiry: string
  settlement: 'cash' | 'physical'
}>
