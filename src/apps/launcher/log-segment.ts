import { readUserInstruments } from '../../adapters/instruments/user-instruments.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import { isInstrument, resolveInstrument } from '../../domain/instrument/catalogue.ts'
import { segmentsOf } from '../../domain/instrument/segments.ts'

/**
 * Which of an account's logs is meant: each market that its bot follows has one, and the first also tells of the account
 * as a whole. They are read one at a time, because each has an order of its own.
 *
 * @param asked as a person named it; the first market where undefined
 * @returns undefined where the account follows one market: then its earlier logs belong to it too
 * @throws {Refused} 'bad-usage' for a segment the account has not
 */
export function logSegment(
  layout: HomeLayout,
  { symbol, alsoSymbols }: Pick<AccountSettings, 'symbol' | 'alsoSymbols'>,
  asked: string | undefined,
): string | undefined {
  if (asked === undefined && alsoSymbols.length === 0) return undefined
  const followed = followedBy(layout, { symbol, alsoSymbols })
  const segments = segmentsOf(followed)
  if (asked === undefined) return segments[0]
  const wanted = asked.toUpperCase()
  const place = followed.findIndex((one, index) => one.symbol === wanted || segments[index] === wanted)
  if (place >= 0) return segments[place]
  return refuse(
    'bad-usage',
    `The account has no segment ${JSON.stringify(asked)}.`,
    `Its segments are: ${segments.join(', ')}.`,
  )
}

/** The segments of an account, in its order: each has a log. */
export function logSegments(
  layout: HomeLayout,
  settings: Pick<AccountSettings, 'symbol' | 'alsoSymbols'>,
): readonly string[] {
  return segmentsOf(followedBy(layout, settings))
}

function followedBy(layout: HomeLayout, { symbol, alsoSymbols }: Pick<AccountSettings, 'symbol' | 'alsoSymbols'>) {
  const own = readUserInstruments(layout.instrumentsFile)
  const extra = 'code' in own ? [] : own
  return [symbol, ...alsoSymbols].map((one) => resolveInstrument(one, extra)).filter(isInstrument)
}
