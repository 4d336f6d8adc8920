import type { VenueBooks } from '../../support/venue/start-venue.ts'
import { nakedSpells } from '../../support/venue/time-line.ts'

/** What the account's own state says when all is over. */
export type OwnBooks = Readonly<{
  orders: readonly Readonly<{
    clientOrderId: string
    signalId: string
    purpose: string
    status: string
    cumQty: number
  }>[]
  fills: readonly Readonly<{ fillId: string; quantity: number }>[]
  positions: Readonly<Record<string, number>>
  /** Decimal string. */
  cash: string
}>

/** A time in which a bot was at work, on the venue's clock, milliseconds. */
export type Shift = Readonly<{ from: number; to: number }>

/** A command that was sent, until it was answered, under one name. */
export type Sent = Readonly<{ signalId: string; entryLots: number | undefined; outcome: string | undefined }>

export type Verdict = Readonly<{ duplicates: readonly string[]; lost: readonly string[]; naked: readonly string[] }>

export function isClean({ duplicates, lost, naked }: Verdict): boolean {
  return duplicates.length + lost.length + naked.length === 0
}

/**
 * Holds the account's books against the venue's.
 *
 * * duplicate: a client order id that became two orders, or a command that filled more lots than it asked for
 * * lost: a fill, position or money that one side has and the other has not; an order that works and nobody knows
 * * naked: more held than stops would close, for longer than `windowMs` of a bot's working time, where stops were wanted
 */
export function judgeRound(
  truth: VenueBooks,
  own: OwnBooks,
  round: Readonly<{ sent: readonly Sent[]; shifts: readonly Shift[]; guardedUntil: number; windowMs: number }>,
): Verdict {
  return {
    duplicates: [...doubledIds(truth), ...overfilled(truth, own, round.sent)],
    lost: [
      ...differingFills(truth, own),
      ...differingSums(truth, own),
      ...orphans(truth, own),
      ...vanished(own, round.sent),
    ],
    naked: nakedFor(truth, round),
  }
}

function doubledIds({ copies }: VenueBooks): string[] {
  return Object.entries(copies).flatMap(([id, count]) => (count > 1 ? [`${id} is ${count} orders at the venue`] : []))
}

function overfilled(truth: VenueBooks, own: OwnBooks, sent: readonly Sent[]): string[] {
  const signalOf = new Map(own.orders.map(({ clientOrderId, signalId }) => [clientOrderId, signalId]))
  return sent.flatMap(({ signalId, entryLots }) => {
    if (entryLots === undefined) return []
    const filled = truth.orders
      .filter((order) => order['purpose'] === 'entry' && signalOf.get(String(order['clientOrderId'])) === signalId)
      .reduce((sum, order) => sum + Number(order['cumQty']), 0)
    return filled > entryLots ? [`${signalId} wanted ${entryLots} lots and got ${filled}`] : []
  })
}

function differingFills(truth: VenueBooks, own: OwnBooks): string[] {
  const theirs = new Map(truth.fills.map(({ fillId, quantity }) => [fillId, Number(quantity)]))
  const ours = new Map(own.fills.map(({ fillId, quantity }) => [fillId, quantity]))
  return [
    ...[...theirs].flatMap(([id, lots]) =>
      ours.get(id) === lots ? [] : [`fill ${id} of ${lots} is not in our books`],
    ),
    ...[...ours.keys()].flatMap((id) => (theirs.has(id) ? [] : [`fill ${id} is in our books and not at the venue`])),
  ]
}

function differingSums(truth: VenueBooks, own: OwnBooks): string[] {
  const theirs = new Map(truth.positions.map(({ symbol, quantity }) => [symbol, quantity]))
  const symbols = new Set([...theirs.keys(), ...Object.keys(own.positions)])
  const positions = [...symbols].flatMap((symbol) => {
    const [a, b] = [own.positions[symbol] ?? 0, theirs.get(symbol) ?? 0]
    return a === b ? [] : [`${symbol}: ${a} lots here, ${b} at the venue`]
  })
  return own.cash === truth.cash ? positions : [...positions, `cash ${own.cash} here, ${truth.cash} at the venue`]
}

function orphans(truth: VenueBooks, own: OwnBooks): string[] {
  const known = new Set(own.orders.map(({ clientOrderId }) => clientOrderId))
  return truth.orders.flatMap((order) => {
    const id = String(order['clientOrderId'])
    if (!known.has(id)) return [`order ${id} at the venue is not in our books`]
    const isWorking = order.status === 'acknowledged' || order.status === 'partially-filled'
    return isWorking ? [`order ${id} still works after everything was closed`] : []
  })
}

function vanished(own: OwnBooks, sent: readonly Sent[]): string[] {
  return sent.flatMap(({ signalId, entryLots, outcome }) => {
    if (outcome !== 'accepted' || entryLots === undefined) return []
    return own.orders.some((order) => order.signalId === signalId) ? [] : [`${signalId} was accepted and left no order`]
  })
}

function nakedFor(
  { timeLine, now }: VenueBooks,
  { shifts, guardedUntil, windowMs }: { shifts: readonly Shift[]; guardedUntil: number; windowMs: number },
): string[] {
  return nakedSpells(timeLine, now).flatMap(({ symbol, from, to, most }) => {
    const end = Math.min(to, guardedUntil)
    const longest = Math.max(0, ...shifts.map((shift) => Math.min(end, shift.to) - Math.max(from, shift.from)))
    return longest > windowMs ? [`${most} ${symbol} without a stop for ${longest} ms`] : []
  })
}
