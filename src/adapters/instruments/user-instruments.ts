import { z } from 'zod'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { parseDecimal } from '../../domain/units/decimal.ts'
import { minorUnits } from '../../domain/units/units.ts'
import { readUserFile } from '../home/read-user-file.ts'
import { minuteOfDay } from './minute-of-day.ts'
import { OPTION_FIELDS, toOptionRules, userOptionRules, type UserOptionRules, WEEKDAYS } from './user-option-rules.ts'

function userInstruments() {
  const Minute = z.string().transform(minuteOfDay)

  const Zone = z.string().refine(isZone, 'must be an IANA time zone such as America/Chicago')
  const Amount = z.string().regex(/^\d+(\.\d+)?$/, 'must be a decimal number in quotes, such as "0.25"')

  const Hours = z.strictObject({
    zone: Zone,
    open: Minute,
    close: Minute,
    /** True where the session opens on the evening before its trade date. */
    opensDayBefore: z.boolean().default(false),
    weekdays: z.array(z.enum(WEEKDAYS)).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri']),
  })

  const UserInstrument = z
    .strictObject({
      symbol: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, 'must be 1 to 32 letters, digits, dots, dashes or underscores')
        .transform((symbol) => symbol.toUpperCase()),
      name: z.string().min(1).max(100).optional(),
      kind: z.enum(['future', 'equity', 'index', 'perpetual']),
      exchange: z.string().min(1).max(32),
      currency: z.strictObject({
        code: z.string().regex(/^[A-Z0-9]{2,10}$/, 'must be a currency code such as EUR'),
        digits: z.int().min(0).max(8),
      }),
      tickSize: Amount,
      tickValue: Amount,
      lotSize: Amount.default('1'),
      /** Full contracts that one lot counts as in limits over all instruments. */
      contracts: Amount.optional(),
      session: Hours,
      calendar: z.enum(['nyse', 'cme-equity', 'cme-other', 'nse', 'none']).default('none'),
      /** How options on it are listed. */
      options: userOptionRules().optional(),
    })
    .transform(toInstrument)

  return z.strictObject({ instruments: z.array(UserInstrument) })
}

/**
 * The user's own instruments: `instruments.json` in the home folder (docs/instruments.md shows one).
 *
 * @param file path; a file that does not exist means none
 * @returns the instruments, or `instrument-file-invalid` with the path, the field and what it must be
 */
export function readUserInstruments(file: string): readonly Instrument[] | Refusal {
  const read = readUserFile(file, userInstruments, FIELDS.split(' '))
  if ('wrong' in read) return invalid(read.wrong)
  const { instruments } = read.value ?? { instruments: [] }
  const twice = firstRepeated(instruments.map(({ symbol }) => symbol))
  return twice === undefined ? instruments : invalid(`${file} describes ${twice} twice.`)
}

function toInstrument(given: UserInstrumentFields, ctx: z.RefinementCtx): Instrument {
  const { currency, session } = given
  const priceDigits = (given.tickSize.split('.')[1] ?? '').length
  const tickUnits = parseDecimal(given.tickSize, priceDigits)
  const tickValue = parseDecimal(given.tickValue, currency.digits)
  const contractMilli = given.contracts === undefined ? undefined : (parseDecimal(given.contracts, 3) ?? 0)
  const complain = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: path.split('.'), message })

  if (!tickUnits || priceDigits > 12) complain('tickSize', 'must be more than 0, with at most 12 decimal places')
  if (!tickValue)
    complain('tickValue', `must be more than 0 and have at most ${currency.digits} decimal places (currency.digits)`)
  if (contractMilli === 0 || (contractMilli ?? 0) > MOST_CONTRACTS_MILLI)
    complain('contracts', 'must be 0.001 to 1000, with at most 3 decimal places')
  if (!session.opensDayBefore && session.close <= session.open)
    complain('session.close', 'must be later than session.open, or set opensDayBefore')
  if (session.opensDayBefore && session.close > session.open)
    complain('session.close', 'must not be later than session.open where the session opens on the day before')

  const instrument: Instrument = {
    symbol: given.symbol,
    root: given.symbol,
    name: given.name ?? given.symbol,
    kind: given.kind,
    exchange: given.exchange,
    currency,
    tickUnits: tickUnits ?? 1,
    priceDigits,
    tickValue: minorUnits(tickValue ?? 1),
    lotSize: given.lotSize,
    ...(contractMilli === undefined ? {} : { contractMilli }),
    session: {
      zone: session.zone,
      openMinute: session.open,
      closeMinute: session.close,
      opensDayBefore: session.opensDayBefore,
      weekdays: session.weekdays.map((day) => WEEKDAYS.indexOf(day)),
    },
    calendar: given.calendar,
  }
  const options = given.options && toOptionRules(given.options, instrument, complain)
  return options ? { ...instrument, options } : instrument
}

type UserInstrumentFields = {
  symbol: string
  name?: string | undefined
  kind: Instrument['kind']
  exchange: string
  currency: Instrument['currency']
  tickSize: string
  tickValue: string
  lotSize: string
  contracts?: string | undefined
  session: {
    zone: string
    open: number
    close: number
    opensDayBefore: boolean
    weekdays: readonly (typeof WEEKDAYS)[number][]
  }
  calendar: Instrument['calendar']
  options?: UserOptionRules | undefined
}

const MOST_CONTRACTS_MILLI = 1_000_000

const FIELDS = `instruments symbol name kind exchange currency code digits tickSize tickValue lotSize contracts session zone open close opensDayBefore weekdays calendar ${OPTION_FIELDS}`

function firstRepeated(symbols: readonly string[]): string | undefined {
  return symbols.find((symbol, index) => symbols.indexOf(symbol) !== index)
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

function invalid(message: string): Refusal {
  return refusal('instrument-file-invalid', message, 'Correct the file, or move it away to go on without it.')
}
