import { epochMs, minorUnits, type EpochMs } from '../../src/domain/units/units.ts'
import {
  barAt,
  EXPIRY_CLOSE,
  EXPIRY_DAY,
  INDEX,
  MINUTE_MS,
  optionOf,
  simulatedVenue,
  STOCK,
} from './simulated-venue.ts'

/** Options that expire on EXPIRY_DAY, but for the late one: on the index, and on the stock. */
export const CALL = optionOf('call', 20_000)
export const FAR_CALL = optionOf('call', 20_200)
export const PUT = optionOf('put', 20_000)
export const FAR_PUT = optionOf('put', 19_800)
export const LATE_CALL = optionOf('call', 20_000, { expiry: '2025-11-06' })
export const STOCK_CALL = optionOf('call', 500, { on: STOCK })
export const STOCK_PUT = optionOf('put', 500, { on: STOCK })
export const ALL = [INDEX, STOCK, CALL, FAR_CALL, PUT, FAR_PUT, LATE_CALL, STOCK_CALL, STOCK_PUT] as const

/** So many minutes before the close of the expiry's session. */
export const before = (minutes: number): EpochMs => epochMs(EXPIRY_CLOSE - minutes * MINUTE_MS)
export const flat = (time: EpochMs, px: number) => barAt(time, [px, px, px, px])
export const inCall = { symbol: CALL.symbol }
export const exit = { purpose: 'exit' } as const

/** A venue for all of them that has seen one quiet bar of each underlying; its account is rich. */
export function opened(terms: Parameters<typeof simulatedVenue>[1] = {}) {
  const sim = simulatedVenue(ALL, { startingCash: minorUnits(50_000_000), ...terms })
  sim.bar('INDEX', flat(before(300), 20_000), EXPIRY_DAY)
  sim.bar('STOCK', flat(before(300), 500), EXPIRY_DAY)
  return sim
}

export const fillsOf = (sim: ReturnType<typeof opened>) => sim.reports.flatMap(({ fill }) => fill ?? [])
