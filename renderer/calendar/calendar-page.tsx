import { Alert, Badge, SegmentedControl, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { EconomicCalendar } from '../../src/contracts/launcher/calendar.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { PageTitle } from '../page/page-title.tsx'
import { QueryStates } from '../page/query-states.tsx'
import { useTimes } from '../preferences/use-times.ts'
import { AccountBlackoutTable } from './account-blackouts.tsx'
import { calendarDays, startOfToday } from './calendar-days.ts'
import './calendar.css'

const DAY_MS = 86_400_000
const AGAIN_MS = 60_000
const SPANS = { '14': 'Two weeks', '60': 'Two months', '365': 'A year' } as const

/** Economic releases, and around which of them each account makes no entries. */
export function CalendarPage() {
  const { client } = useLauncher()
  const [days, setDays] = useState<keyof typeof SPANS>('14')
  const query = useQuery({
    queryKey: ['calendar', days],
    queryFn({ signal }) {
      const from = startOfToday(Date.now())
      const until = from + Number(days) * DAY_MS
      return client.calendar({ from: new Date(from).toISOString(), until: new Date(until).toISOString() }, { signal })
    },
    refetchInterval: AGAIN_MS,
  })
  return (
    <div className="plainPage">
      <PageTitle
        title="Economic calendar"
        actions={
          <SegmentedControl
            aria-label="How far ahead"
            value={days}
            onChange={(value) => setDays(value as keyof typeof SPANS)}
            data={Object.entries(SPANS).map(([value, label]) => ({ value, label }))}
          />
        }
      >
        Releases that move markets, and when your accounts stay out of them. Exits are never held up.
      </PageTitle>
      <QueryStates query={query} what="the calendar">
        {(calendar) => <Calendar calendar={calendar} now={query.dataUpdatedAt} />}
      </QueryStates>
    </div>
  )
}

/** `now`: when it was asked for, epoch ms. */
type CalendarProps = Readonly<{ calendar: EconomicCalendar; now: number }>

function Calendar({ calendar, now }: CalendarProps) {
  const { events, accounts, asOf, knownUntil } = calendar
  const until = Object.values(knownUntil).toSorted()[0] ?? asOf
  return (
    <>
      <Emergencies calendar={calendar} now={now} />
      <section aria-labelledby="releases" className="panel">
        <h3 id="releases" className="panelTitle">
          Releases
        </h3>
        {events.length === 0 ? (
          <Text p="md" c="dimmed">
            No release is known in this time. The calendar is known until {until}; after that the answer is
            &ldquo;unknown&rdquo;, and accounts with a blackout make no entries.
          </Text>
        ) : (
          <Releases calendar={calendar} now={now} />
        )}
        <Text size="xs" c="dimmed" p="sm">
          As of {asOf}. Known until{' '}
          {Object.entries(knownUntil)
            .map(([name, date]) => `${date} (${name})`)
            .join(', ')}
          .
        </Text>
      </section>
      <section aria-labelledby="blackouts" className="panel">
        <h3 id="blackouts" className="panelTitle">
          Blackouts of your accounts
        </h3>
        <AccountBlackoutTable accounts={accounts} now={now} />
      </section>
    </>
  )
}

/** What an administrator of the cloud has declared and is not over. */
function Emergencies({ calendar: { emergencies }, now }: CalendarProps) {
  const times = useTimes()
  return emergencies
    .filter(({ until }) => Date.parse(until) > now)
    .map(({ id, note, from, until }) => (
      <Alert key={id} color="orange" title="Emergency: no new entries" role="alert">
        {note} {times.minute(from)} to {times.minute(until)}, in accounts that heed emergencies. Exits and stops go on.
      </Alert>
    ))
}

function Releases({ calendar: { events, accounts }, now }: CalendarProps) {
  const times = useTimes()
  return (
    <Table verticalSpacing={6} className="releases">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Time ({times.zoneName})</Table.Th>
          <Table.Th scope="col">Release</Table.Th>
          <Table.Th scope="col">Moves markets</Table.Th>
          <Table.Th scope="col">Standing</Table.Th>
          <Table.Th scope="col">Accounts that stay out</Table.Th>
        </Table.Tr>
      </Table.Thead>
      {calendarDays(events, times).map(({ day, weekday, events: ofDay }) => (
        <Table.Tbody key={day}>
          <Table.Tr className="calendarDay">
            <Table.Th scope="rowgroup" colSpan={5}>
              {weekday} {day}
            </Table.Th>
          </Table.Tr>
          {ofDay.map((event) => {
            const out = accounts.filter(({ windows }) => windows.some((one) => one.at === event.at))
            return (
              <Table.Tr key={`${event.name} ${event.at}`} data-past={Date.parse(event.at) < now || undefined}>
                <Table.Td className="figure">{times.timeOfDay(event.at).slice(0, 5)}</Table.Td>
                <Table.Td>
                  {event.title}
                  {event.note && (
                    <Text size="xs" c="dimmed">
                      {event.note}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Badge variant={event.impact === 'high' ? 'filled' : 'light'} color="orange.9">
                    {event.currency} {event.impact}
                  </Badge>
                </Table.Td>
                <Table.Td>{event.status}</Table.Td>
                <Table.Td>{out.length === 0 ? '\u2013' : out.map(({ accountId }) => accountId).join(', ')}</Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      ))}
    </Table>
  )
}
