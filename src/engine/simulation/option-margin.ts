import { tickSize, type Instrument } from '../../domain/instrument/instrument.ts'

/** What an account would hold of one option. */
export type HeldOption = Readonly<{
  option: Instrument
  /** Signed lots; negative is short. */
  quantity: number
  /** Price of the option and of its underlying, in the underlying's price unit. */
  premium: number
  spot: number
  expiresAt: number
}>

/** Share of the underlying's value that a naked short option needs, less what it is out of the money, and at least. */
const NAKED = 0.15
const NAKED_LEAST = 0.075

/**
 * Margin that short options need, minor units, rounded up: for each underlying the smaller of
 * - what its shorts need one by one: against a long of the same type that lives at least as long, the most the pair can
 *   lose; without one, the premium plus the larger of 15 % of the underlying's value less what the option is out of the
 *   money, and 7.5 % of it;
 * - where all of them expire together and the loss is bounded, the most that all can lose together at expiry.
 *
 * Premiums are no part of a maximum loss here: those that were paid and received are in the cash already.
 */
export function optionMargin(held: readonly HeldOption[]): number {
  const groups = Map.groupBy(held, ({ option }) => option.option?.underlying)
  let sum = 0
  for (const group of groups.values()) sum += Math.min(oneByOne(group), together(group))
  return Math.ceil(sum)
}

function oneByOne(group: readonly HeldOption[]): number {
  const longs = group.filter(({ quantity }) => quantity > 0).map((held) => ({ held, left: held.quantity }))
  let sum = 0
  for (const short of group) {
    let open = -short.quantity
    if (open <= 0) continue
    const naked = nakedMargin(short)
    const covers = longs
      .filter(({ held, left }) => left > 0 && typeOf(held) === typeOf(short) && held.expiresAt >= short.expiresAt)
      .toSorted((a, b) => pairLoss(short, a.held) - pairLoss(short, b.held))
    for (const cover of covers) {
      const lots = Math.min(open, cover.left)
      cover.left -= lots
      open -= lots
      sum += lots * Math.min(naked, pairLoss(short, cover.held))
    }
    sum += open * naked
  }
  return sum
}

function nakedMargin(short: HeldOption): number {
  const out = Math.max(0, typeOf(short) === 'call' ? strikeOf(short) - short.spot : short.spot - strikeOf(short))
  const risk = Math.max(NAKED * short.spot - out, NAKED_LEAST * short.spot)
  return (short.premium + risk) * worth(short)
}

function pairLoss(short: HeldOption, long: HeldOption): number {
  const width = strikeOf(long) - strikeOf(short)
  return Math.max(0, typeOf(short) === 'call' ? width : -width) * worth(short)
}

function together(group: readonly HeldOption[]): number {
  if (new Set(group.map(({ expiresAt }) => expiresAt)).size > 1) return Number.POSITIVE_INFINITY
  const callLots = group.reduce((lots, held) => lots + (typeOf(held) === 'call' ? held.quantity * worth(held) : 0), 0)
  if (callLots < 0) return Number.POSITIVE_INFINITY
  // Between two strikes the worth at expiry is a straight line, so its least is at a strike or at nothing.
  const least = Math.min(...[0, ...group.map(strikeOf)].map((spot) => worthAtExpiry(group, spot)))
  return Math.max(0, -least)
}

function worthAtExpiry(group: readonly HeldOption[], spot: number): number {
  let sum = 0
  for (const held of group) {
    const inMoney = typeOf(held) === 'call' ? spot - strikeOf(held) : strikeOf(held) - spot
    sum += held.quantity * Math.max(0, inMoney) * worth(held)
  }
  return sum
}

/** Minor units that one lot changes by when the price does by 1. */
function worth({ option }: HeldOption): number {
  return option.tickValue / tickSize(option)
}

function typeOf({ option }: HeldOption): 'call' | 'put' | undefined {
  return option.option?.type
}

function strikeOf({ option }: HeldOption): number {
  return Number(option.option?.strike)
}
