import type { Instrument } from '../instrument/instrument.ts'

/** A set of products that tend to move together, so that positions in them are one bet. */
export type CorrelationGroup = Readonly<{
  name: string
  /** Why these are together. */
  rule: string
  /** Products, or symbols where there is no product; capitals. */
  members: readonly string[]
}>

/**
 * The groups we ship. The rule is the underlying, not a fitted number: what follows the same index, barrel, metal or
 * currency is one bet on a bad day, whatever a window of returns said before it.
 */
export const CORRELATION_GROUPS: readonly CorrelationGroup[] = [
  {
    name: 'us-equity',
    rule: 'Futures on US share indices (contract specifications of CME Group) and the funds that hold the same indices',
    members: [
      ...['ES', 'MES', 'NQ', 'MNQ', 'RTY', 'M2K', 'YM', 'MYM'],
      ...['SPY', 'VOO', 'IVV', 'QQQ', 'QQQM', 'IWM', 'DIA'],
    ],
  },
  {
    name: 'energy',
    rule: 'Crude oil, its products and natural gas (NYMEX energy complex), and the funds that hold them',
    members: ['CL', 'MCL', 'QM', 'BZ', 'RB', 'HO', 'NG', 'QG', 'USO', 'UNG', 'XLE'],
  },
  {
    name: 'metals',
    rule: 'Precious and base metals (COMEX metals complex), and the funds that hold them',
    members: ['GC', 'MGC', 'SI', 'SIL', 'HG', 'MHG', 'PL', 'PA', 'GLD', 'SLV'],
  },
  {
    name: 'fx',
    rule: 'Currencies against the dollar (CME FX futures): long any of them is short the dollar',
    members: ['6E', 'M6E', '6B', 'M6B', '6A', 'M6A', '6J', '6C', '6S', '6N', '6M'],
  },
  {
    name: 'india-equity',
    rule: 'Share indices of India (NSE, BSE), which share their largest members',
    members: ['NIFTY', 'BANKNIFTY', 'FINNIFTY', 'MIDCPNIFTY', 'SENSEX', 'BANKEX'],
  },
  {
    name: 'crypto',
    rule: 'Coins and what is written on them (CME and perpetuals)',
    members: ['BTC-PERP', 'ETH-PERP', 'BTC', 'MBT', 'ETH', 'MET', 'IBIT', 'ETHA'],
  },
]

/** Tells the group of an instrument. */
export type GroupOf = (instrument: Pick<Instrument, 'symbol' | 'root' | 'option'>) => string

/**
 * @param own groups of the user: one of a name we ship replaces ours, and what it names is in no other group
 * @returns the group's name; of an instrument in none its product, which then is a group of its own. An option belongs
 * to the group of what it is written on
 */
export function openCorrelationGroups(own: readonly CorrelationGroup[] = []): GroupOf {
  const groupOf = new Map<string, string>()
  const replaced = new Set(own.map(({ name }) => name))
  for (const { name, members } of [...CORRELATION_GROUPS.filter((group) => !replaced.has(group.name)), ...own])
    for (const member of members) groupOf.set(member.toUpperCase(), name)
  return ({ symbol, root, option }) =>
    groupOf.get((option?.underlying ?? symbol).toUpperCase()) ?? groupOf.get(root.toUpperCase()) ?? root
}
