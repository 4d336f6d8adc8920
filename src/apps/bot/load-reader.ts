import { loadLate } from './load-late.ts'

/** Loads what reads requests to trade; after the first time it is there already. */
export function loadReader() {
  return loadLate(() => import('../../contracts/trade-command-of.ts'))
}
