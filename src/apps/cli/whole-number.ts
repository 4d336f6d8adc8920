import { refuse } from '../../domain/failure/refusal.ts'

/** @throws {Refused} bad-usage: not a whole number in the range */
export function wholeNumber(text: string, option: string, least: number, most: number): number {
  const value = /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most))
    refuse(
      'bad-usage',
      `${JSON.stringify(text)} is no value for ${option}.`,
      `Give a whole number from ${least} to ${most}.`,
    )
  return value
}
