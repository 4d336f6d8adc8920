import { refuse } from '../failure/refusal.ts'
import type { Currency } from '../instrument/instrument.ts'
import { parseDecimal } from '../units/decimal.ts'
import { minorUnits, type MinorUnits } from '../units/units.ts'

/**
 * A setting that is an amount of money, in minor units of the account's currency.
 *
 * @param setting its name, as a person sets it
 * @throws {Refused} 'setting-invalid' when it has more decimal places than the currency, or is too large to count exactly
 */
export function moneySetting(text: string, digits: Currency['digits'], setting: string): MinorUnits {
  const minor = parseDecimal(text, digits)
  if (minor !== undefined) return minorUnits(minor)
  const places = text.replace(/^[^.]*\.?/, '').replace(/0+$/, '').length
  return places > digits
    ? refuse(
        'setting-invalid',
        `${setting}=${text} has more than ${digits} decimal places.`,
        `Set ${setting} again with fewer places.`,
      )
    : refuse(
        'setting-invalid',
        `${setting}=${text} is no amount that can be counted exactly.`,
        `Set ${setting} again, below ${Math.floor(Number.MAX_SAFE_INTEGER / 10 ** digits)}.`,
      )
}
