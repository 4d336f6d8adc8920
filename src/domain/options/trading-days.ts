import { dayVerdict, type CalendarFacts } from '../calendar/facts.ts'
import { addDays, weekdayOf } from '../calendar/wall-time.ts'
import type { CalendarId } from '../instrument/instrument.ts'

type Closures = Readonly<{ from: string; to: string; days: ReadonlySet<string> }>

/**
 * Weekdays on which an exchange was closed, or had no session but the ceremonial one, year by year (MMDD).
 *
 * A contract's symbol may name no more than its month, so its expiry must be found without a calendar at hand. Years
 * that the bundled calendar covers are the same here; the ones before are from the exchanges' yearly circulars.
 */
const CLOSED: Readonly<Partial<Record<CalendarId, Readonly<Record<number, string>>>>> = {
  nse: {
    2019: '0304 0321 0417 0419 0429 0501 0605 0812 0815 0902 0910 1002 1008 1021 1028 1112 1225',
    2020: '0221 0310 0402 0406 0410 0414 0501 0525 1002 1116 1130 1225',
    2021: '0126 0311 0329 0402 0414 0421 0513 0721 0819 0910 1015 1104 1105 1119',
    2022: '0126 0301 0318 0414 0415 0503 0809 0815 0831 1005 1024 1026 1108',
    2023: '0126 0307 0330 0404 0407 0414 0501 0629 0815 0919 1002 1024 1114 1127 1225',
    2024: '0122 0126 0308 0325 0329 0411 0417 0501 0520 0617 0717 0815 1002 1101 1115 1120 1225',
    2025: '0226 0314 0331 0410 0414 0418 0501 0815 0827 1002 1021 1022 1105 1225',
    2026: '0115 0126 0303 0326 0331 0403 0414 0501 0528 0626 0914 1002 1020 1110 1124 1225',
  },
  nyse: {
    2013: '0101 0121 0218 0329 0527 0704 0902 1128 1225',
    2014: '0101 0120 0217 0418 0526 0704 0901 1127 1225',
    2015: '0101 0119 0216 0403 0525 0703 0907 1126 1225',
    2016: '0101 0118 0215 0325 0530 0704 0905 1124 1226',
    2017: '0102 0116 0220 0414 0529 0704 0904 1123 1225',
    2018: '0101 0115 0219 0330 0528 0704 0903 1122 1205 1225',
    2019: '0101 0121 0218 0419 0527 0704 0902 1128 1225',
    2020: '0101 0120 0217 0410 0525 0703 0907 1126 1225',
    2021: '0101 0118 0215 0402 0531 0705 0906 1125 1224',
    2022: '0117 0221 0415 0530 0620 0704 0905 1124 1226',
    2023: '0102 0116 0220 0407 0529 0619 0704 0904 1123 1225',
    2024: '0101 0115 0219 0329 0527 0619 0704 0902 1128 1225',
    2025: '0101 0109 0120 0217 0418 0526 0619 0704 0901 1127 1225',
    2026: '0101 0119 0216 0403 0525 0619 0703 0907 1126 1225',
    2027: '0101 0118 0215 0326 0531 0618 0705 0906 1125 1224',
  },
}

const KNOWN: ReadonlyMap<CalendarId, Closures> = new Map(
  Object.entries(CLOSED).map(([calendar, years]) => {
    const covered = Object.keys(years)
    const days = Object.entries(years).flatMap(([year, list]) =>
      list.split(' ').map((day) => `${year}-${day.slice(0, 2)}-${day.slice(2)}`),
    )
    const known = { from: `${covered[0]}-01-01`, to: `${covered.at(-1)}-12-31`, days: new Set(days) }
    return [calendar as CalendarId, known]
  }),
)

export type TradingDay = 'open' | 'closed' | 'unknown'

/**
 * Whether a contract can expire on a date. A ceremonial session on a holiday is no day to expire on.
 *
 * @param facts the bundled or refreshed calendar, which knows best; the exchanges' past closures are known without it
 * @returns 'unknown' on a weekday beyond what is known, where a holiday may hide
 */
export function tradingDay(calendar: CalendarId, date: string, facts?: CalendarFacts): TradingDay {
  const weekday = weekdayOf(date)
  if (weekday === 0 || weekday === 6) return 'closed'
  // Contracts on CME's stock indices settle at the opening of the stocks.
  const followed = calendar === 'cme-equity' ? 'nyse' : calendar
  const verdict = facts ? dayVerdict(facts, followed, date).kind : followed === 'none' ? 'regular' : 'unknown'
  if (verdict === 'closed' || verdict === 'special') return 'closed'
  if (verdict === 'regular' || verdict === 'early-close') return 'open'
  const known = KNOWN.get(followed)
  if (!known || date < known.from || date > known.to) return 'unknown'
  return known.days.has(date) ? 'closed' : 'open'
}

/** The date itself, or the trading day before it where the market is closed; `certain` is false where that is not known. */
export function onTradingDay(
  calendar: CalendarId,
  date: string,
  facts?: CalendarFacts,
): Readonly<{ date: string; certain: boolean }> {
  for (let day = date; ; day = addDays(day, -1)) {
    const verdict = tradingDay(calendar, day, facts)
    if (verdict !== 'closed') return { date: day, certain: verdict === 'open' }
  }
}
