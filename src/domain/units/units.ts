type Unit<Name extends string> = number & { readonly unit: Name }

/** UTC milliseconds since 1970-01-01T00:00:00Z; the only form in which time is stored. */
export type EpochMs = Unit<'epoch-ms'>
/** A span of time, milliseconds. */
export type DurationMs = Unit<'duration-ms'>
/** Price divided by the instrument's tick size; an integer, so equality is exact. */
export type Ticks = Unit<'ticks'>
/** Whole lots of an instrument; signed where it is a position (negative is short). */
export type Lots = Unit<'lots'>
/** Money in the smallest unit the currency is kept in (cents, paise, micro-USDT); an integer. */
export type MinorUnits = Unit<'minor-units'>

/** @throws {RangeError} not a whole number of milliseconds: a bug in the caller */
export function epochMs(value: number): EpochMs {
  return whole(value, 'epoch ms') as EpochMs
}

/** @throws {RangeError} not a whole number of ticks: a bug in the caller */
export function ticks(value: number): Ticks {
  return whole(value, 'ticks') as Ticks
}

/** @throws {RangeError} not a whole number of lots: a bug in the caller */
export function lots(value: number): Lots {
  return whole(value, 'lots') as Lots
}

/** @throws {RangeError} not a whole number of minor units: a bug in the caller */
export function minorUnits(value: number): MinorUnits {
  return whole(value, 'minor units') as MinorUnits
}

export function durationMs(value: number): DurationMs {
  return value as DurationMs
}

function whole(value: number, of: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number of ${of}`)
  return value
}
