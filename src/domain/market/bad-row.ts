/** Why a row of a file is not taken as a bar. The text finishes the sentence "line 7: …". */
export const BAD_ROW_TEXT = {
  'wrong-column-count': 'has another number of columns than the rest of the file',
  'bad-quotes': 'has a quotation mark without its partner',
  'bad-json': 'is not a JSON object',
  'bad-time': 'has a time that can not be read',
  'no-such-local-time': 'has a local time that the clocks skipped that day',
  'time-off-grid': 'has a time at which no bar of this timeframe starts',
  'time-goes-back': 'is out of time order',
  duplicate: 'repeats an earlier row of this file',
  'duplicate-differs': 'has the time of an earlier row and other values',
  'missing-value': 'lacks a value',
  'not-a-number': 'has a price that is not a number',
  'not-positive': 'has a price that is zero or negative',
  'too-many-decimals': 'has a price with more than 8 decimal places',
  'price-too-large': 'has a price above 90 million',
  'bad-volume': 'has a volume that is not a number of 0 or more',
  'high-below-low': 'has a high below its low',
  'open-outside': 'has an open outside of low to high',
  'close-outside': 'has a close outside of low to high',
  'differs-from-stored': 'has other values than the bar already stored for this time; the stored one was kept',
} as const

export type BadRowReason = keyof typeof BAD_ROW_TEXT

/** A row that was refused, as it is shown to a person: `line` counts from 1, the header included; `row` is its content. */
export type BadRow = Readonly<{ line: number; reason: BadRowReason; text: string; row: string }>

/**
 * What is wrong with the prices of a bar.
 *
 * @returns undefined when open and close lie within low to high
 */
export function faultOfPrices(open: number, high: number, low: number, close: number): BadRowReason | undefined {
  if (high < low) return 'high-below-low'
  if (open > high || open < low) return 'open-outside'
  if (close > high || close < low) return 'close-outside'
  return undefined
}
