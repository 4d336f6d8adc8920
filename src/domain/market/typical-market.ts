import type { Instrument } from '../instrument/instrument.ts'

/** Roughly how an instrument trades; generated bars start from it. */
export type TypicalMarket = Readonly<{
  /** Price, as quoted. */
  price: number
  /** Usual movement in a session, as a share of the price. */
  dailyMove: number
  /** Volume of a quiet minute; 0 for an index. */
  minuteVolume: number
}>

/** Orders of magnitude, by root. */
const KNOWN: Readonly<Record<string, TypicalMarket>> = {
  ES: { price: 5_900, dailyMove: 0.008, minuteVolume: 900 },
  MES: { price: 5_900, dailyMove: 0.008, minuteVolume: 700 },
  NQ: { price: 21_000, dailyMove: 0.011, minuteVolume: 400 },
  MNQ: { price: 21_000, dailyMove: 0.011, minuteVolume: 800 },
  RTY: { price: 2_200, dailyMove: 0.011, minuteVolume: 150 },
  YM: { price: 43_000, dailyMove: 0.007, minuteVolume: 100 },
  CL: { price: 72, dailyMove: 0.018, minuteVolume: 200 },
  GC: { price: 2_600, dailyMove: 0.009, minuteVolume: 120 },
  '6E': { price: 1.09, dailyMove: 0.006, minuteVolume: 120 },
  NIFTY: { price: 24_500, dailyMove: 0.007, minuteVolume: 0 },
  BANKNIFTY: { price: 52_000, dailyMove: 0.009, minuteVolume: 0 },
  SENSEX: { price: 80_500, dailyMove: 0.007, minuteVolume: 0 },
  'BTC-PERP': { price: 68_000, dailyMove: 0.022, minuteVolume: 40_000 },
  'ETH-PERP': { price: 3_400, dailyMove: 0.028, minuteVolume: 300_000 },
  SPY: { price: 590, dailyMove: 0.008, minuteVolume: 90_000 },
  QQQ: { price: 510, dailyMove: 0.011, minuteVolume: 70_000 },
}

export function typicalMarket({ root, kind }: Instrument): TypicalMarket {
  const known = KNOWN[root]
  if (known) return known
  const minuteVolume = kind === 'index' ? 0 : kind === 'equity' ? 8_000 : 200
  return { price: 100, dailyMove: 0.012, minuteVolume }
}
