import type { ExecutionReport } from '../../domain/broker/broker.ts'
import type { PaperFill, PaperOrder } from '../../domain/broker/paper-books.ts'
import type { Market } from './market.ts'

/** What happened to the venue in one call or bar; made only when something did. */
export type Tape = {
  /** Told to the client, in order. */
  readonly reports: ExecutionReport[]
  readonly fills: PaperFill[]
  /** Orders whose row changed. */
  readonly touched: Set<PaperOrder>
  /** Markets whose row changed. */
  readonly markets: Set<Market>
}

export function newTape(market: Market): Tape {
  return { reports: [], fills: [], touched: new Set(), markets: new Set([market]) }
}

export function isEmpty(tape: Tape): boolean {
  return tape.touched.size === 0 && tape.fills.length === 0
}
