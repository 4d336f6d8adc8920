import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { MinorUnits } from '../../domain/units/units.ts'

/**
 * Rows that every order asks for and that only we write, as last read. Emptied with every transaction that is rolled
 * back: what was read in it may never have come to be.
 */
export type ReadBefore = Readonly<{ instruments: Map<string, Instrument>; balances: Map<string, MinorUnits> }>

export function nothingRead(): ReadBefore {
  return { instruments: new Map(), balances: new Map() }
}

export function forget({ instruments, balances }: ReadBefore): void {
  instruments.clear()
  balances.clear()
}
