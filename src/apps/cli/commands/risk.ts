import { readAccountSettings } from '../../../adapters/account-registry/read-settings.ts'
import { isAccountId, parseAccountId } from '../../../domain/account/account-id.ts'
import { Refused } from '../../../domain/failure/refusal.ts'
import { killReason } from '../../../domain/risk/kill-mark.ts'
import type { RiskReport } from '../../../contracts/risk-report.ts'
import { readRiskReport } from '../../risk/read-risk-report.ts'
import { openCliHome, type Cli } from '../cli.ts'

/** `slipway risk ID`: where the account stands against its limits; read from its state and its bot, so it needs no launcher. */
export async function risk(cli: Cli, text: string): Promise<number> {
  const accountId = parseAccountId(text)
  if (!isAccountId(accountId)) throw new Refused(accountId)
  const layout = openCliHome(cli)
  const report = await readRiskReport(layout, readAccountSettings(layout, accountId), cli.now())
  cli.out.answer(report, () => show(cli, report))
  return 0
}

function show({ out }: Cli, report: RiskReport): void {
  const { currency, day, breaches, pauses, killMarks, blackout, emergency } = report
  const minute = (iso: string) => `${iso.slice(0, 16).replace('T', ' ')} UTC`
  out.line(`Equity ${report.equity} ${currency}, balance ${report.balance} ${currency}${at(report, minute)}`)
  if (day.startedAt !== null && day.endsAt !== null)
    out.line(`Day since ${minute(day.startedAt)}, until ${minute(day.endsAt)} (${day.boundary})`)
  for (const mark of killMarks) out.line(`KILLED: ${killReason({ version: 1, ...mark, at: mark.at as never }).text}`)
  if (report.flattening !== null) out.line(`Positions are to be closed: ${report.flattening}`)
  for (const { symbol, text } of report.unpriced)
    out.line(`NO PRICE of ${symbol}, which is held: ${text}; limits on losses count the last one known`)
  for (const { id, text, until } of breaches)
    out.line(
      `REACHED: ${text}; ${until === null ? `until a person clears it (risk.clearBreach=${id})` : `no entries before ${minute(until)}`}`,
    )
  for (const { code, until } of pauses) out.line(`PAUSE (${code}) until ${minute(until)}`)
  if (emergency) out.line(`EMERGENCY until ${minute(emergency.until)}, no entries: ${emergency.note}`)
  if (blackout) out.line(blackoutLine(blackout, minute))
  out.line('')
  out.table(
    [
      { title: 'LIMIT', text: (row) => row.code },
      { title: 'SYMBOL', text: (row) => row.symbol },
      { title: 'VALUE', text: (row) => row.limit, align: 'right' },
      { title: 'USED', text: (row) => row.used, align: 'right' },
      { title: 'ROOM', text: (row) => row.room, align: 'right' },
      { title: 'UNIT', text: (row) => (row.unit === 'money' ? currency : row.unit) },
      { title: '', text: (row) => (row.reached ? 'reached' : '') },
    ],
    report.limits,
  )
  if (report.portfolio) showPortfolio(out, report.portfolio, currency)
}

function showPortfolio(out: Cli['out'], portfolio: NonNullable<RiskReport['portfolio']>, currency: string): void {
  const { accounts, unknown, dayResult, resources } = portfolio
  out.line('')
  out.line(`Together with ${accounts - 1} other accounts of the user in ${currency}; result of the day ${dayResult}`)
  if (unknown.length > 0) out.line(`NOT KNOWN what these hold, so nothing is entered: ${unknown.join(', ')}`)
  out.table(
    [
      { title: 'OF ALL', text: (row) => row.resource },
      { title: 'USED', text: (row) => row.used, align: 'right' },
      { title: 'HERE', text: (row) => row.own, align: 'right' },
      { title: 'HERE AT MOST', text: (row) => row.ceiling, align: 'right' },
    ],
    resources,
  )
}

function at({ at: moment }: RiskReport, minute: (iso: string) => string): string {
  return moment === null ? '; no bar has been seen yet' : ` at ${minute(moment)}`
}

function blackoutLine(blackout: NonNullable<RiskReport['blackout']>, minute: (iso: string) => string): string {
  const { level, state, next, knownUntil } = blackout
  const calendar = `the calendar ends at ${knownUntil}`
  if (state === 'unknown') return `BLACKOUT (${level}): unknown here, ${calendar}`
  if (!next) return `Blackout (${level}): none ahead, ${calendar}`
  const words = `${next.event} at ${minute(next.at)}, no entries from ${minute(next.from)} to ${minute(next.until)}`
  return state === 'blackout' ? `BLACKOUT (${level}): ${words}` : `Blackout (${level}) next: ${words}`
}
