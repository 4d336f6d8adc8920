import { Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import {
  declareEmergency,
  readCalendar,
  refreshCalendar,
  withdrawEmergency,
  type CloudCalendar,
} from '../../../src/contracts/cloud/calendar.ts'
import { DOUBTED } from '../../../src/domain/calendar/release-list.ts'
import { NoticePanel } from '../../page/notice-panel.tsx'
import { whyOf } from '../ask-cloud.ts'
import { CloudPanel } from '../cloud-panel.tsx'
import type { Role } from './role.ts'
import { AskedButton } from '../asked-button.tsx'
import { RowTable } from '../../page/row-table.tsx'
import { useChange } from './use-change.ts'

/** Sources and releases, and emergencies that close entries for everybody. */
export function CalendarPanel({ role }: { role: Role }) {
  const may = role === 'owner' || role === 'calendar'
  const refresh = useChange(refreshCalendar)
  const tools = may && (
    <Button size="compact-sm" variant="default" loading={refresh.isPending} onClick={() => refresh.mutate({})}>
      Read the sources now
    </Button>
  )
  return (
    <Stack gap="sm">
      {may && <Emergency />}
      {refresh.error && <NoticePanel title="The sources were not read." why={whyOf(refresh.error)} />}
      <CloudPanel title="Economic calendar" route={readCalendar} input={{}} tools={tools}>
        {(calendar, at) => <Calendar calendar={calendar} today={new Date(at).toISOString().slice(0, 10)} may={may} />}
      </CloudPanel>
    </Stack>
  )
}

type CalendarProps = Readonly<{ calendar: CloudCalendar; today: string; may: boolean }>

function Calendar({ calendar, today, may }: CalendarProps) {
  const withdraw = useChange(withdrawEmergency)
  const accept = useChange(refreshCalendar)
  const coming = calendar.events.filter(({ date, name }) => date >= today || name === 'EMERGENCY')
  return (
    <>
      <Text size="sm" px="md" pb="xs">
        As of {calendar.as_of}. After {calendar.valid_until} nothing is known, and accounts with a blackout make no
        entries.
      </Text>
      <RowTable
        rows={calendar.sources}
        keyOf={({ name }) => name}
        empty="No source was read yet."
        columns={[
          { head: 'Source', cell: (source) => source.name },
          { head: 'Read', look: 'figure', cell: (source) => source.as_of },
          { head: 'Known until', look: 'figure', cell: (source) => source.known_until },
          { head: 'Last trouble', cell: (source) => source.problem ?? 'none' },
          {
            head: 'Action',
            cell: (source) =>
              may &&
              source.problem?.startsWith(DOUBTED) && (
                <AskedButton
                  label="Take it as it is"
                  of={`the page of ${source.name}`}
                  busy={accept.isPending}
                  onSure={() => accept.mutate({ accept: [source.name] })}
                />
              ),
          },
        ]}
      />
      {accept.error && <NoticePanel title="The page was not taken." why={whyOf(accept.error)} />}
      {withdraw.error && <NoticePanel title="The emergency was not ended." why={whyOf(withdraw.error)} />}
      <RowTable
        rows={coming.slice(0, 60)}
        keyOf={({ id }) => id}
        empty="No release lies ahead that is known."
        columns={[
          { head: 'Event', cell: (event) => event.name },
          { head: 'Date', look: 'figure', cell: (event) => event.date },
          { head: 'Time', look: 'figure', cell: (event) => `${event.time} ${event.zone}` },
          { head: 'State', cell: (event) => event.status },
          { head: 'Note', cell: (event) => event.note ?? '' },
          {
            head: 'Action',
            cell: (event) =>
              may &&
              event.name === 'EMERGENCY' && (
                <AskedButton
                  label="End"
                  of={`emergency of ${event.date} ${event.time}`}
                  busy={withdraw.isPending}
                  onSure={() => withdraw.mutate({ id: event.id })}
                />
              ),
          },
        ]}
      />
    </>
  )
}

function Emergency() {
  const [note, setNote] = useState('')
  const [minutes, setMinutes] = useState<number | string>(60)
  const declare = useChange(declareEmergency, () => setNote(''))
  const ready = note.trim().length >= 3 && typeof minutes === 'number' && minutes >= 1 && minutes <= 10_080
  return (
    <section className="panel" aria-labelledby="emergency">
      <h3 id="emergency" className="panelTitle">
        Emergency
      </h3>
      <Stack gap="xs" p="md" pt={0}>
        <Text size="sm" c="dimmed">
          Keeps all accounts that heed emergencies from new entries, from now on for so many minutes. Positions, stops
          and exits are not touched.
        </Text>
        <Group align="flex-end">
          <TextInput
            label="What has happened"
            value={note}
            maxLength={500}
            style={{ flex: 1 }}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <NumberInput
            label="Minutes"
            w={110}
            min={1}
            max={10_080}
            allowDecimal={false}
            value={minutes}
            onChange={setMinutes}
          />
          {ready ? (
            <AskedButton
              label="Close entries"
              of="for all users"
              busy={declare.isPending}
              onSure={() => declare.mutate({ note: note.trim(), minutes: Number(minutes) })}
            />
          ) : (
            <Button size="compact-xs" variant="default" disabled>
              Close entries …
            </Button>
          )}
        </Group>
        {declare.error && <NoticePanel title="No emergency was declared." why={whyOf(declare.error)} />}
      </Stack>
    </section>
  )
}
