import { minorUnits } from '../units/units.ts'
import type { Currency, Instrument, InstrumentKind, SessionHours } from './instrument.ts'

export const USD: Currency = { code: 'USD', digits: 2 }
export const INR: Currency = { code: 'INR', digits: 2 }
/** Six places, because one tick of a small perpetual lot is worth far less than a cent. */
export const USDT: Currency = { code: 'USDT', digits: 6 }

const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5]
const clock = (hour: number, minute = 0) => hour * 60 + minute

/** 17:00 Chicago on the evening before, to 16:00 (CME Group contract specifications). */
export const CME_HOURS: SessionHours = {
  zone: 'America/Chicago',
  openMinute: clock(17),
  closeMinute: clock(16),
  opensDayBefore: true,
  weekdays: MONDAY_TO_FRIDAY,
}

/** The regular session; what trades before and after it counts for nothing here. */
export const NYSE_HOURS: SessionHours = {
  zone: 'America/New_York',
  openMinute: clock(9, 30),
  closeMinute: clock(16),
  opensDayBefore: false,
  weekdays: MONDAY_TO_FRIDAY,
}

const INDIA_HOURS: SessionHours = {
  zone: 'Asia/Kolkata',
  openMinute: clock(9, 15),
  closeMinute: clock(15, 30),
  opensDayBefore: false,
  weekdays: MONDAY_TO_FRIDAY,
}

/**
 * Derivatives trade until 15:40 since the closing auction of the stocks began (SEBI, from 2026-08-03). The change is
 * confirmed for NSE alone, so SENSEX keeps 15:30: ending the day ten minutes early is the harmless mistake.
 */
const NSE_DERIVATIVE_HOURS: SessionHours = {
  ...INDIA_HOURS,
  changes: [{ from: '2026-08-03', openMinute: clock(9, 15), closeMinute: clock(15, 40) }],
}

/** Never closed; one session per UTC day, so that there is a day to reset a VWAP and count trades by. */
const ALWAYS: SessionHours = {
  zone: 'UTC',
  openMinute: 0,
  closeMinute: clock(24),
  opensDayBefore: false,
  weekdays: [0, 1, 2, 3, 4, 5, 6],
}

type Row = readonly [
  symbol: string,
  name: string,
  exchange: string,
  /** Tick size as `tickUnits` of 10^-`priceDigits`. */
  tickUnits: number,
  priceDigits: number,
  /** One tick on one lot, minor units. */
  tickValue: number,
  lotSize: string,
  /** What a lot is of a full contract, thousandths, where it is less than one. */
  contractMilli?: number,
]

/** Contract specifications of CME Group: tick, worth of a tick in cents, contract unit. */
const CME_EQUITY: readonly Row[] = [
  ['ES', 'E-mini S&P 500', 'CME', 25, 2, 1250, '50'],
  ['MES', 'Micro E-mini S&P 500', 'CME', 25, 2, 125, '5', 100],
  ['NQ', 'E-mini Nasdaq-100', 'CME', 25, 2, 500, '20'],
  ['MNQ', 'Micro E-mini Nasdaq-100', 'CME', 25, 2, 50, '2', 100],
  ['RTY', 'E-mini Russell 2000', 'CME', 1, 1, 500, '50'],
  ['YM', 'E-mini Dow', 'CBOT', 1, 0, 500, '5'],
]
const CME_OTHER: readonly Row[] = [
  ['CL', 'Crude Oil', 'NYMEX', 1, 2, 1000, '1000'],
  ['GC', 'Gold', 'COMEX', 1, 1, 1000, '100'],
  ['6E', 'Euro FX', 'CME', 5, 5, 625, '125000'],
]
/**
 * Index prices, counted in lots of the index derivatives (NSE circular FAOP70616 of 2025-10-03; BSE since 2024-11-20).
 * NIFTY and BANKNIFTY are published in steps of 0.05, SENSEX in steps of 0.01, and ticks follow what is published.
 */
const NSE_INDEX: readonly Row[] = [
  ['NIFTY', 'NIFTY 50', 'NSE', 5, 2, 5 * 65, '65'],
  ['BANKNIFTY', 'NIFTY Bank', 'NSE', 5, 2, 5 * 30, '30'],
]
const BSE_INDEX: readonly Row[] = [['SENSEX', 'S&P BSE SENSEX', 'BSE', 1, 2, 20, '20']]
/** Linear perpetuals, margined in USDT; a lot is 0.001 of the coin. */
const PERPETUALS: readonly Row[] = [
  ['BTC-PERP', 'Bitcoin perpetual', 'CRYPTO', 1, 1, 100, '0.001'],
  ['ETH-PERP', 'Ether perpetual', 'CRYPTO', 1, 2, 10, '0.001'],
]

function build(
  row: Row,
  kind: InstrumentKind,
  currency: Currency,
  session: SessionHours,
  calendar: Instrument['calendar'],
): Instrument {
  const [symbol, name, exchange, tickUnits, priceDigits, tickValue, lotSize, contractMilli] = row
  const value = minorUnits(tickValue)
  return {
    symbol,
    root: symbol,
    name,
    kind,
    exchange,
    currency,
    tickUnits,
    priceDigits,
    tickValue: value,
    lotSize,
    ...(contractMilli === undefined ? {} : { contractMilli }),
    session,
    calendar,
  }
}

/**
 * Everything the product knows by name. BSE closes on the days NSE closes, so SENSEX reads the `nse` calendar.
 */
export const KNOWN_INSTRUMENTS: readonly Instrument[] = [
  ...CME_EQUITY.map((row) => build(row, 'future', USD, CME_HOURS, 'cme-equity')),
  ...CME_OTHER.map((row) => build(row, 'future', USD, CME_HOURS, 'cme-other')),
  ...NSE_INDEX.map((row) => build(row, 'index', INR, NSE_DERIVATIVE_HOURS, 'nse')),
  ...BSE_INDEX.map((row) => build(row, 'index', INR, INDIA_HOURS, 'nse')),
  ...PERPETUALS.map((row) => build(row, 'perpetual', USDT, ALWAYS, 'none')),
]

/** Other spellings that data vendors and brokers use. */
export const ALIASES: Readonly<Record<string, string>> = { NIFTY50: 'NIFTY', NIFTYBANK: 'BANKNIFTY' }

/** The rule for US stocks and ETFs: one cent ticks, one share lots, the regular session. */
export function usEquity(symbol: string): Instrument {
  return build([symbol, symbol, 'US', 1, 2, 1, '1'], 'equity', USD, NYSE_HOURS, 'nyse')
}
