/** How a gain or loss is shown. */
export type Money = Readonly<{ text: string; sense: 'gain' | 'loss' | 'even' }>

const MINUS = '\u2212'

/** How numbers are written: what stands between thousands, and before decimals. */
export type NumberStyle = 'comma' | 'point' | 'space' | 'apostrophe' | 'indian'

const NARROW_SPACE = '\u202f'
const STYLES: Readonly<Record<NumberStyle, Readonly<{ group: string; decimal: string; groups: RegExp }>>> = {
  comma: { group: ',', decimal: '.', groups: /\B(?=(\d{3})+$)/g },
  point: { group: '.', decimal: ',', groups: /\B(?=(\d{3})+$)/g },
  space: { group: NARROW_SPACE, decimal: ',', groups: /\B(?=(\d{3})+$)/g },
  apostrophe: { group: '\u2019', decimal: '.', groups: /\B(?=(\d{3})+$)/g },
  // Lakh and crore: the last three stand together, before them always two.
  indian: { group: ',', decimal: '.', groups: /\B(?=(\d{2})*\d{3}$)/g },
}

/** A decimal string with its thousands apart; any other text as it is. The digits stay as they came. */
export function formatNumber(text: string, style: NumberStyle = 'comma'): string {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) return text
  const [, sign = '', whole = '', fraction] = match
  const { group, decimal, groups } = STYLES[style]
  const digits = whole.replace(groups, group)
  return `${sign === '-' ? MINUS : sign}${digits}${fraction === undefined ? '' : `${decimal}${fraction}`}`
}

/**
 * A decimal string as people read money: thousands apart, the sign always there unless it is nothing.
 *
 * The digits stay as they came; nothing is turned into a float.
 *
 * @example formatMoney('-12345.60', 'USD').text === '−12,345.60 USD'
 */
export function formatMoney(amount: string, currency: string, style: NumberStyle = 'comma'): Money {
  const match = /^([+-]?)(\d+)(\.\d+)?$/.exec(amount)
  const unit = currency === '' ? '' : ` ${currency}`
  if (!match) return { text: `${amount}${unit}`, sense: 'even' }
  const [, sign, whole = '', fraction = ''] = match
  const digits = formatNumber(`${whole}${fraction}`, style)
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
