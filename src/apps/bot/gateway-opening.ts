import type { Broker, Reply } from '../../domain/broker/broker.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { cashBefore } from '../../domain/ledger/opening-cash.ts'
import type { MinorUnits } from '../../domain/units/units.ts'

/** What the books of an account begin with. */
export type Opening = Readonly<{
  cash: MinorUnits
  /** Where the list of fills goes on from; undefined: from its beginning. */
  cursor: string | undefined
}>

/** Times that an account which trades meanwhile is asked anew. */
const MOST_TRIES = 5

/**
 * Books can't begin on a guess: at the first start the gateway must be there.
 *
 * What an account did before it came here is no trade of ours: where it is flat, its books begin after the fills that the
 * gateway still keeps. Where something is held those fills are booked, for they are what it cost, and the cash begins
 * as it was before them.
 *
 * @throws {Refused} 'broker-refused' when the gateway does not say
 */
export async function gatewayOpening(
  broker: Broker,
  instrumentOf: (symbol: string) => Instrument | undefined,
  url: string,
): Promise<Opening> {
  for (let left = MOST_TRIES; ; left--) {
    const { fills, cursor } = answered(await broker.fillsSince(undefined), 'fills', url)
    const positions = answered(await broker.positions(), 'position', url)
    const cash = answered(await broker.cash(), 'cash', url)
    // What filled while we asked is in some of the answers and not in others.
    const since = cursor === undefined ? undefined : answered(await broker.fillsSince(cursor), 'fills', url)
    if (left > 1 && since && since.fills.length + (since.foreign?.length ?? 0) > 0) continue
    const isFlat = positions.every(({ quantity }) => quantity === 0)
    return isFlat ? { cash, cursor } : { cash: cashBefore(cash, fills, instrumentOf), cursor: undefined }
  }
}

function answered<T>(reply: Reply<T>, what: 'fills' | 'position' | 'cash', url: string): T {
  if (reply.ok) return reply.value
  return refuse(
    'broker-refused',
    `The gateway ${url} did not say what ${what} the account has (${reply.failure.kind}), and its books can't begin without.`,
    'See that the gateway runs and can be reached, then start the account again.',
  )
}
