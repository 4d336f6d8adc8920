/** How a gain or loss is shown. */
export type Money = Readonly<{ text: string; sense: 'gain' | 'loss' | 'even' }>

const MINUS = '\u2212'

/**
 * A decimal string as people read money: thousands apart, the sign always there unless it is nothing.
 *
 * The digits stay as they came; nothing is turned into a float.
 *
 * @example formatMoney('-12345.60', 'USD').text === '−12,345.60 USD'
 */
export function formatMoney(amount: string, currency: string): Money {
  const match = /^([+-]?)(\d+)(\.\d+)?$/.exec(amount)
  const unit = currency === '' ? '' : ` ${currency}`
  if (!match) return { text: `${amount}${unit}`, sense: 'even' }
  const [, sign, whole = '', fraction = ''] = match
  const digits = `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction}`
  if (/^[0.]*$/.test(whole + fraction)) return { text: `${digits}${unit}`, sense: 'even' }
  return sign === '-'
    ? { text: `${MINUS}${digits}${unit}`, sense: 'loss' }
    : { text: `+${digits}${unit}`, sense: 'gain' }
}

/** Signed lots, flat as 0. */
export function formatPosition(lots: number): string {
  if (lots === 0) return '0'
  return lots > 0 ? `+${lots}` : `${MINUS}${-lots}`
}
