import type { EpochMs } from '../units/units.ts'

/** A scheduled release that moves markets: the Fed's decision, payrolls, consumer and producer prices. */
export type EconomicEventName = 'FOMC' | 'NFP' | 'CPI' | 'PPI'

/**
 * One release. `status` is what the newest source said of it: `tentative` dates are confirmed only at the meeting
 * before, `scheduled` ones may still move.
 */
export type EconomicEvent = Readonly<{
  name: EconomicEventName
  at: EpochMs
  status: 'occurred' | 'scheduled' | 'tentative'
  /** With the Fed's economic projections. */
  projections: boolean
  note?: string
}>

/** Releases in time order. After `knownUntil` (a date, per name) the answer is "unknown", never "no release". */
export type EconomicEvents = Readonly<{
  asOf: string
  zone: string
  knownFrom: string
  knownUntil: Readonly<Record<EconomicEventName, string>>
  events: readonly EconomicEvent[]
}>
