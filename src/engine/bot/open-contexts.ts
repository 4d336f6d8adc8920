import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Ticks } from '../../domain/units/units.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'

/** What is a lane's own. */
export type LaneParts = Pick<
  BotContext,
  | 'instrument'
  | 'timeframeMs'
  | 'series'
  | 'strategyId'
  | 'strategyKey'
  | 'run'
  | 'sessions'
  | 'observe'
  | 'matchedUpTo'
  | 'log'
>

/** What is the account's. */
export type AccountParts = Omit<BotContext, keyof LaneParts | 'lane' | 'lanes' | 'laneOf' | 'instrumentOf' | 'markOf'>

/** What is known of instruments the bot has no lane for. */
export type OtherMarkets = Readonly<{
  /** @returns undefined where the symbol means nothing */
  resolve?: (symbol: string) => Instrument | undefined
  /** Last price of an option or another instrument without a lane. */
  mark?: (symbol: string) => Ticks | undefined
}>

/** The contexts of a bot's lanes, in the order of the book's. */
export function openContexts(
  account: AccountParts,
  lanes: readonly LaneParts[],
  book: BotBook,
  others: OtherMarkets = {},
): readonly BotContext[] {
  const { code } = lanes[0]!.instrument.currency
  const known = new Map<string, Instrument>()
  for (const { instrument } of lanes) known.set(instrument.symbol, instrument)
  const places = new Map(lanes.map(({ instrument }, lane) => [instrument.symbol, lane]))
  const contexts: BotContext[] = []

  const instrumentOf = (symbol: string) => {
    const found = known.get(symbol) ?? account.store.instrument(symbol) ?? others.resolve?.(symbol)
    // Its ledger is kept in one currency: anything else would be booked as if it were that.
    if (!found || found.currency.code !== code) return undefined
    known.set(symbol, found)
    return found
  }
  const laneOf = (symbol: string) => {
    const place = places.get(symbol) ?? places.get(instrumentOf(symbol)?.option?.underlying ?? '') ?? 0
    return contexts[place]!
  }
  const markOf = (symbol: string) => {
    const place = places.get(symbol)
    return place === undefined ? others.mark?.(symbol) : book.lanes[place]?.lastBar?.close
  }
  for (const [lane, parts] of lanes.entries())
    contexts.push({ ...account, ...parts, lane, lanes: contexts, laneOf, instrumentOf, markOf })
  return contexts
}
