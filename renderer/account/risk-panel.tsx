import { Loader, Progress, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { RiskLimitRow, RiskReport } from '../../src/contracts/risk-report.ts'
import type { Times } from '../format/zoned-times.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { useKillMarks } from '../live/topics.ts'
import { useReadAgain } from '../live/use-read-again.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { usePageVisible } from '../page/use-page-visible.ts'
import { useNumbers } from '../preferences/use-numbers.ts'
import { useTimes } from '../preferences/use-times.ts'
import { trueForMs } from './risk-moments.ts'

/** Where an account stands against every limit it has, and what stands in the way of its next entry. */
export function RiskPanel({ account }: { account: AccountStatus }) {
  const { client } = useLauncher()
  const isVisible = usePageVisible()
  const { accountId } = account
  const { data, error, refetch } = useQuery({
    queryKey: ['risk', accountId],
    queryFn: ({ signal }) => client.risk({ id: accountId }, { signal }),
    refetchInterval: ({ state }) => (isVisible ? trueForMs(state.data, Date.now()) : false),
  })
  useReadAgain(accountId, refetch, useKillMarks())
  const times = useTimes(account.symbol)
  const { amount } = useNumbers()
  return (
    <section className="panel" aria-label="Risk">
      {error && (
        <NoticePanel title="The limits can't be shown" why={describeFailure(error)} onRetry={() => void refetch()} />
      )}
      {data ? <Report report={data} times={times} /> : !error && <Reading />}
      <Text size="xs" c="dimmed" className="panelFoot">
        {data ? dayText(data, times, amount(data.equity, data.currency)) : '\u00a0'}
      </Text>
    </section>
  )
}

function Reading() {
  return (
    <Text c="dimmed" size="sm" p="md">
      <Loader size="xs" mr="xs" component="span" />
      Reading the limits …
    </Text>
  )
}

function Report({ report, times }: { report: RiskReport; times: Times }) {
  const { accountId, breaches, killMarks, pauses, blackout, emergency, flattening } = report
  return (
    <div className="records" tabIndex={0} role="region" aria-label="Limits">
      <div className="riskNotices">
        {killMarks.map((mark) => (
          <NoticePanel
            key={JSON.stringify(mark.scope)}
            title="The kill switch is on: no entries"
            why={{ code: 'killed', message: mark.reason, nextStep: releaseText(mark.scope) }}
          />
        ))}
        {report.unpriced.map(({ symbol, text }) => (
          <NoticePanel
            key={symbol}
            title={`${symbol} is held without a price`}
            why={{
              code: 'stale-price',
              message: `${text}. Limits on losses count the last price known.`,
              nextStep: 'Look at the position at your broker. Stops and targets stay in place; no entry in it is made.',
            }}
          />
        ))}
        {breaches.map((breach) => (
          <NoticePanel
            key={breach.id}
            title={`Limit reached: ${breach.text}`}
            why={breachText(breach, accountId, times)}
          />
        ))}
        {flattening !== null && <Text size="sm">Positions are being closed: {flattening}.</Text>}
        {pauses.map(({ code, until }) => (
          <Text size="sm" key={code}>
            Paused ({code}) until {times.minute(until)} {times.zoneName}.
          </Text>
        ))}
        {emergency && (
          <NoticePanel
            title="Emergency: no entries"
            why={{
              code: 'emergency',
              message: `${emergency.note} Until ${times.minute(emergency.until)} ${times.zoneName}.`,
              nextStep: 'Wait, or set risk.emergencies=no and restart the bot. Exits and stops go on.',
            }}
          />
        )}
        {blackout && <Text size="sm">{blackoutText(blackout, times)}</Text>}
      </div>
      {report.limits.length > 0 ? <Limits report={report} /> : <Text p="md">This account has no limits.</Text>}
    </div>
  )
}

type Breach = RiskReport['breaches'][number]

function breachText({ id, rule, until }: Breach, accountId: string, times: Times): RefusalShape {
  if (until !== null)
    return {
      code: rule,
      message: `No entries before ${times.minute(until)} ${times.zoneName}.`,
      nextStep: 'Nothing: it ends by itself, and a restart does not end it.',
    }
  return {
    code: rule,
    message: 'No entries until a person clears it.',
    nextStep: `npx slipway account edit ${accountId} --set risk.clearBreach=${id}, then restart the bot.`,
  }
}

function releaseText(scope: RiskReport['killMarks'][number]['scope']): string {
  const again = (target: string) => `When it may trade again: npx slipway release ${target}`
  if (scope.kind === 'account') return again(scope.accountId)
  return again(scope.kind === 'user' ? `--user ${scope.userId}` : '--all')
}

function Limits({ report }: { report: RiskReport }) {
  return (
    <Table verticalSpacing={4} horizontalSpacing="xs" stickyHeader>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Limit</Table.Th>
          <Table.Th scope="col" className="number">
            Used
          </Table.Th>
          <Table.Th scope="col" className="number">
            Of
          </Table.Th>
          <Table.Th scope="col">Room</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {report.limits.map((row) => (
          <Table.Tr key={`${row.setting} ${row.symbol ?? ''}`} data-reached={row.reached}>
            <Table.Td>
              <span title={`risk.${row.setting}`}>{nameOf(row)}</span>
              {row.symbol === null ? '' : ` (${row.symbol})`}
            </Table.Td>
            <Table.Td className="number">
              <LimitAmount amount={row.used} row={row} currency={report.currency} />
            </Table.Td>
            <Table.Td className="number">
              <LimitAmount amount={row.limit} row={row} currency={report.currency} />
            </Table.Td>
            <Table.Td>
              <Room row={row} currency={report.currency} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Room({ row, currency }: { row: RiskLimitRow; currency: string }) {
  if (row.reached) return <strong>reached</strong>
  const share = shareUsed(row)
  return (
    <div className="room">
      <LimitAmount amount={row.room} row={row} currency={currency} />
      {share !== undefined && (
        <Progress value={share * 100} size="xs" aria-label={`${Math.round(share * 100)} % used`} />
      )}
    </div>
  )
}

type LimitAmountProps = Readonly<{ amount: string | null; row: RiskLimitRow; currency: string }>

function LimitAmount({ amount, row, currency }: LimitAmountProps) {
  const numbers = useNumbers()
  if (amount === null) return '–'
  if (row.unit === 'money') return numbers.amount(amount, currency)
  // Times of day with their zone, or names of symbols: they say themselves what they are.
  if (!Number.isFinite(Number(amount))) return amount
  return `${amount} ${amount === '1' ? row.unit.replace(/s$/, '') : row.unit}`
}

/** `maxDailyLoss` as `Max daily loss`. */
function nameOf({ setting }: RiskLimitRow): string {
  const words = setting.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function shareUsed({ used, limit }: RiskLimitRow): number | undefined {
  const [most, now] = [Number(limit), Number(used)]
  if (used === null || !Number.isFinite(most) || !Number.isFinite(now) || most <= 0) return undefined
  return Math.min(1, Math.max(0, now / most))
}

function blackoutText({ level, state, next, knownUntil }: NonNullable<RiskReport['blackout']>, times: Times): string {
  if (state === 'unknown') return `Economic releases are known up to ${knownUntil} only: no entries on a live feed.`
  if (!next) return `No ${level} release ahead that is known (up to ${knownUntil}).`
  const when = `from ${times.minute(next.from)} to ${times.minute(next.until)} ${times.zoneName}`
  return state === 'blackout' ? `No entries around ${next.event}: ${when}.` : `Next pause: ${next.event}, ${when}.`
}

function dayText({ day, at, preset }: RiskReport, { minute, zoneName }: Times, worth: string): string {
  const ends = day.endsAt === null ? '' : `; the day (${day.boundary}) ends ${minute(day.endsAt)} ${zoneName}`
  const rules = preset === 'none' ? '' : `; rules of ${preset}`
  return `Worth ${worth}${at === null ? '' : ` as of ${minute(at)} ${zoneName}`}${ends}${rules}.`
}
