import type { EpochMs, MinorUnits } from '../units/units.ts'
import { entryOf, type Posting } from './ledger.ts'

/** Why money moved without a fill. */
export const CASH_MOVEMENT_KINDS = ['deposit', 'withdrawal', 'fee', 'interest'] as const
export type CashMovementKind = (typeof CASH_MOVEMENT_KINDS)[number]

/** Money that came in or went out without a fill, as a person says it. */
export type CashMovement = Readonly<{
  /** The asker's name for it: booked once, ever. */
  requestId: string
  kind: CashMovementKind
  /** What it does to the cash, minor units, not 0: below 0 it went out. */
  changeMinor: MinorUnits
  /** What the person wrote beside it; may be empty. */
  note: string
}>

export type BookedMovement = CashMovement & Readonly<{ at: EpochMs; currency: string }>

/** True where the money was brought or taken away, false where the account made or lost it. */
export const IS_TRANSFER = {
  deposit: true,
  withdrawal: true,
  fee: false,
  interest: false,
} as const satisfies Record<CashMovementKind, boolean>

/** The entry of a movement: what it did to the cash, and where that came from. */
export function postMovement(
  currency: string,
  { kind, changeMinor }: Pick<CashMovement, 'kind' | 'changeMinor'>,
): readonly Posting[] {
  switch (kind) {
    case 'deposit':
    case 'withdrawal':
      return entryOf(currency, { cash: changeMinor, transfers: -changeMinor })
    case 'fee':
      return entryOf(currency, { cash: changeMinor, fees: -changeMinor })
    case 'interest':
      return entryOf(currency, { cash: changeMinor, interest: -changeMinor })
  }
}

/**
 * True where a change of the books' cash leaves them nearer to the broker's word, and not beyond it.
 *
 * @param differenceMinor the broker's cash less the books'
 */
export function bringsNearer(differenceMinor: number, changeMinor: number): boolean {
  return (
    changeMinor !== 0 && changeMinor > 0 === differenceMinor > 0 && Math.abs(changeMinor) <= Math.abs(differenceMinor)
  )
}
