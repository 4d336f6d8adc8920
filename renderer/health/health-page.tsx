import { Button, Group, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Finding } from '../../src/contracts/launcher/doctor.ts'
import type { Times } from '../format/zoned-times.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { FactTable } from '../page/fact-table.tsx'
import { Icon, type IconName } from '../page/icon.tsx'
import { PageTitle } from '../page/page-title.tsx'
import { QueryStates } from '../page/query-states.tsx'
import { useTimes } from '../preferences/use-times.ts'

const AGAIN_MS = 30_000
const LOOKS: Readonly<Record<Finding['result'], Readonly<{ word: string; icon: IconName; color: string }>>> = {
  fail: { word: 'Failed', icon: 'crashed', color: 'var(--loss)' },
  warn: { word: 'Look at this', icon: 'blind', color: 'var(--warn)' },
  ok: { word: 'Fine', icon: 'online', color: 'var(--gain)' },
}
const WORST_FIRST = ['fail', 'warn', 'ok'] as const

/** What `slipway doctor` finds, worst first, and who answers. */
export function HealthPage() {
  const { client } = useLauncher()
  const query = useQuery({
    queryKey: ['doctor'],
    queryFn: ({ signal }) => client.doctor(undefined, { signal }),
    refetchInterval: AGAIN_MS,
  })
  return (
    <div className="plainPage">
      <PageTitle
        title="Health"
        actions={
          <Button size="compact-sm" variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
            Look again
          </Button>
        }
      >
        Everything on this computer that could keep bots from trading: disk, clock, folders, versions, locks.
      </PageTitle>
      <QueryStates query={query} what="the state of this computer">
        {(findings) => <Findings findings={findings} lookedAt={query.dataUpdatedAt} />}
      </QueryStates>
      <About />
    </div>
  )
}

function Findings({ findings, lookedAt }: { findings: readonly Finding[]; lookedAt: number }) {
  const times = useTimes()
  const bad = findings.filter(({ result }) => result !== 'ok').length
  const sorted = findings.toSorted((a, b) => WORST_FIRST.indexOf(a.result) - WORST_FIRST.indexOf(b.result))
  return (
    <section className="panel" aria-labelledby="findings">
      <Group justify="space-between" px={12} pt={10}>
        <h3 id="findings" className="panelTitle" style={{ padding: 0 }}>
          {bad === 0 ? 'Everything is fine.' : `${bad} of ${findings.length} need a look.`}
        </h3>
        <Text size="xs" c="dimmed">
          Looked at {times.timeOfDay(lookedAt)} {times.zoneName}
        </Text>
      </Group>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Result</Table.Th>
            <Table.Th scope="col">What</Table.Th>
            <Table.Th scope="col">Found</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.map(({ check, result, message, nextStep }) => (
            <Table.Tr key={check}>
              <Table.Td style={{ color: LOOKS[result].color, whiteSpace: 'nowrap' }}>
                <span className="withIcon">
                  <Icon name={LOOKS[result].icon} /> {LOOKS[result].word}
                </span>
              </Table.Td>
              <Table.Th scope="row" style={{ whiteSpace: 'nowrap' }}>
                {check}
              </Table.Th>
              <Table.Td>
                {localised(message, times)}
                {nextStep !== '' && (
                  <Text size="sm">
                    <b>Next:</b> {nextStep}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

const ISO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** A finding with its times as this person reads them. */
function localised(text: string, times: Times): string {
  return text.replace(ISO_TIME, (at) => `${times.second(at)} ${times.zoneName}`)
}

function About() {
  const { client } = useLauncher()
  const times = useTimes()
  const { data } = useQuery({ queryKey: ['health'], queryFn: ({ signal }) => client.health(undefined, { signal }) })
  if (!data) return null
  const rows = [
    ['Slipway', data.version],
    ['Folder', data.home],
    ['Launcher', `process ${data.pid}, since ${times.second(data.startedAt)} ${times.zoneName}`],
  ] as const
  return (
    <section className="panel" aria-labelledby="about">
      <h3 id="about" className="panelTitle">
        About
      </h3>
      <FactTable rows={rows} />
    </section>
  )
}
