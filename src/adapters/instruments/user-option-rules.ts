import { z } from 'zod'
import { hasOptionRules, optionRulesOf } from '../../domain/options/option-rules-of.ts'
import type { ExpiryCycle, OptionRules } from '../../domain/options/option-rules.ts'
import { isDate } from '../../domain/options/option-symbol.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { parseDecimal } from '../../domain/units/decimal.ts'

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/**
 * How options on an instrument are listed; what is left out is as we know it, where we know it.
 *
 * Made when it is needed: bots start without a file to read, and schemas are a good part of a start.
 */
export function userOptionRules() {
  /** A decimal number above 0, as text. */
  const Above0 = z
    .string()
    .regex(/^\d+(\.\d{1,6})?$/, 'must be a decimal number in quotes, such as "0.05"')
    .refine((text) => Number(text) > 0, 'must be more than 0')
  const Day = z.string().refine(isDate, 'must be a date such as 2026-01-06')

  const Expiries = z
    .strictObject({
      cycle: z.enum(['weekly', 'monthly', 'quarterly']),
      weekdays: z.array(z.enum(WEEKDAYS)).min(1),
      week: z.union([z.literal('every'), z.literal('last'), z.literal([1, 2, 3, 4])]),
      months: z.array(z.int().min(1).max(12)).min(1).optional(),
      from: Day.optional(),
      until: Day.optional(),
      withinDays: z.int().min(1).max(1100),
    })
    .refine(({ week, weekdays }) => week === 'every' || weekdays.length === 1, {
      path: ['weekdays'],
      message: 'must be one day, where it is not every week',
    })

  const Strikes = z
    .array(z.strictObject({ below: Above0.optional(), step: Above0 }))
    .min(1)
    .refine((steps) => steps.every(({ below }, index) => (below === undefined) === (index === steps.length - 1)), {
      message: 'must each say "below" but the last, which has none',
    })
    .refine(
      (steps) =>
        steps.every(
          ({ below }, index) => index === 0 || below === undefined || Number(below) > Number(steps[index - 1]!.below),
        ),
      {
        message: 'must rise',
      },
    )

  return z.strictObject({
    style: z.enum(['european', 'american']).optional(),
    settlement: z.enum(['cash', 'physical']).optional(),
    symbols: z.enum(['india', 'occ', 'dated']).optional(),
    tickSize: Above0.optional(),
    lotSize: Above0.optional(),
    expiries: z.array(Expiries).min(1).optional(),
    strikes: Strikes.optional(),
  })
}

export type UserOptionRules = z.output<ReturnType<typeof userOptionRules>>

export const OPTION_FIELDS =
  'options style settlement symbols expiries cycle week months from until withinDays strikes below step'

/**
 * The rules that the user's description makes, on top of ours where we have some.
 *
 * @param complain told what is missing or does not fit
 */
export function toOptionRules(
  given: UserOptionRules,
  underlying: Instrument,
  complain: (path: string, message: string) => void,
): OptionRules | undefined {
  const ours = optionRulesOf(underlying)
  const base = hasOptionRules(ours) ? ours : undefined
  const { style = base?.style, settlement = base?.settlement, tickSize = base?.tickSize } = given
  const cycles = given.expiries?.map(toCycle) ?? base?.cycles
  const strikes =
    given.strikes?.map(({ below, step }) => ({ step, ...(below === undefined ? {} : { below }) })) ?? base?.strikes
  for (const [name, value] of Object.entries({ style, settlement, tickSize, expiries: cycles, strikes }))
    if (value === undefined) complain(`options.${name}`, `must be given: we know of no options on ${underlying.symbol}`)
  if (!style || !settlement || !tickSize || !cycles || !strikes) return undefined
  const lots = given.lotSize
    ? [{ from: '0000-01-01', lotSize: given.lotSize, source: 'instruments.json' }]
    : (base?.lots ?? [])
  for (const lotSize of lots.length > 0 ? lots.map((lot) => lot.lotSize) : [underlying.lotSize])
    if (!isWholeWorth(tickSize, lotSize, underlying.currency.digits))
      complain('options.tickSize', `on a lot of ${lotSize} is worth no whole number of the currency's smallest unit`)
  const symbols = given.symbols ?? base?.symbols ?? 'dated'
  const steps = base?.tickSteps && given.tickSize === undefined ? { tickSteps: base.tickSteps } : {}
  return { style, settlement, symbols, tickSize, lots, cycles, strikes, ...steps }
}

function toCycle({
  weekdays,
  months,
  from,
  until,
  ...rest
}: NonNullable<UserOptionRules['expiries']>[number]): ExpiryCycle {
  return {
    ...rest,
    weekdays: weekdays.map((day) => WEEKDAYS.indexOf(day)),
    source: 'instruments.json',
    ...(months ? { months } : {}),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
  }
}

function isWholeWorth(tickSize: string, lotSize: string, digits: number): boolean {
  const places = (text: string) => (text.split('.')[1] ?? '').length
  const worth = parseDecimal(tickSize, places(tickSize))! * parseDecimal(lotSize, places(lotSize))!
  const scale = digits - places(tickSize) - places(lotSize)
  return scale >= 0 || worth % 10 ** -scale === 0
}
