import { Badge, Button, Group, SimpleGrid, Table, Text, VisuallyHidden } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { forgetMyDevice, readMine, type MyPage } from '../../src/contracts/cloud/pages.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { PageTitle } from '../page/page-title.tsx'
import { askCloud, whyOf } from './ask-cloud.ts'
import { CloudPanel, Nothing } from './cloud-panel.tsx'
import { minuteOf } from './times.ts'

const STATE = {
  active: { word: 'Valid', color: 'teal' },
  expired: { word: 'Expired: no new live entries', color: 'orange' },
  revoked: { word: 'Revoked: no new live entries', color: 'red' },
} as const

/** A user's own licence, devices, accounts and contributions. */
export function UserPage({ userId }: { userId: string }) {
  return (
    <div className="plainPage">
      <PageTitle title="Your licence">
        What this server knows of you. Exits, stops and cancels of your bots never ask it.
      </PageTitle>
      <CloudPanel title="Licence" route={readMine} input={{ user_id: userId }}>
        {(mine) => <Mine mine={mine} userId={userId} />}
      </CloudPanel>
    </div>
  )
}

function Mine({ mine: { licence, contributions }, userId }: { mine: MyPage; userId: string }) {
  const { seats, leases } = licence
  const { word, color } = STATE[licence.state]
  return (
    <>
      <SimpleGrid cols={{ base: 2, sm: 4 }} p="md">
        <Fact label="State">
          <Badge color={color} variant="light">
            {word}
          </Badge>
        </Fact>
        <Fact label="Plan">{licence.plan}</Fact>
        <Fact label="Expires (UTC)">{licence.expires_at === null ? 'never' : minuteOf(licence.expires_at)}</Fact>
        <Fact label="Number">{licence.id}</Fact>
      </SimpleGrid>
      <h4 className="panelTitle">
        Devices: {licence.devices_used} of {licence.devices}
      </h4>
      {seats.devices.length === 0 ? (
        <Nothing>No device has used this licence yet. In Slipway: Licence and cloud → Enter a licence key.</Nothing>
      ) : (
        <Devices devices={seats.devices} userId={userId} />
      )}
      <h4 className="panelTitle">
        Live accounts: {licence.accounts_used} of {licence.accounts}
      </h4>
      {seats.accounts.length === 0 ? (
        <Nothing>No account yet.</Nothing>
      ) : (
        <Accounts accounts={seats.accounts} leases={leases} />
      )}
      <h4 className="panelTitle">Contributions</h4>
      <Contributions {...contributions} />
    </>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="div" size="sm" style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </div>
  )
}

function Devices({ devices, userId }: { devices: MyPage['licence']['seats']['devices']; userId: string }) {
  const queries = useQueryClient()
  const [asked, setAsked] = useState<string>()
  const forget = useMutation({
    mutationFn: (deviceId: string) => askCloud(forgetMyDevice, { user_id: userId, device_id: deviceId }),
    onSettled: () => (setAsked(undefined), queries.invalidateQueries({ queryKey: [readMine.path] })),
  })
  return (
    <>
      {forget.error && <NoticePanel title="The device was not forgotten." why={whyOf(forget.error)} />}
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Device</Table.Th>
            <Table.Th scope="col">Slipway</Table.Th>
            <Table.Th scope="col">First (UTC)</Table.Th>
            <Table.Th scope="col">Last (UTC)</Table.Th>
            <Table.Th scope="col">
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {devices.map(({ device_id: id, app_version, first_at, last_at }) => (
            <Table.Tr key={id}>
              <Table.Th scope="row">{id}</Table.Th>
              <Table.Td>{app_version}</Table.Td>
              <Table.Td className="figure">{minuteOf(first_at)}</Table.Td>
              <Table.Td className="figure">{minuteOf(last_at)}</Table.Td>
              <Table.Td>
                {asked === id ? (
                  <Group gap="xs" wrap="nowrap">
                    <Button size="compact-xs" color="red" loading={forget.isPending} onClick={() => forget.mutate(id)}>
                      Free its seat
                    </Button>
                    <Button size="compact-xs" variant="default" onClick={() => setAsked(undefined)}>
                      Keep it
                    </Button>
                  </Group>
                ) : (
                  <Button size="compact-xs" variant="default" onClick={() => setAsked(id)}>
                    Forget …
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  )
}

type AccountsProps = Readonly<{
  accounts: MyPage['licence']['seats']['accounts']
  leases: MyPage['licence']['leases']
}>

function Accounts({ accounts, leases }: AccountsProps) {
  return (
    <Table verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Account</Table.Th>
          <Table.Th scope="col">Mode</Table.Th>
          <Table.Th scope="col">May be traded by</Table.Th>
          <Table.Th scope="col">Until (UTC)</Table.Th>
          <Table.Th scope="col">Last (UTC)</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {accounts.map((account) => {
          const held = leases.find((lease) => lease.account_id === account.account_id && lease.state === 'held')
          return (
            <Table.Tr key={`${account.account_id} ${account.mode}`}>
              <Table.Th scope="row">{account.account_id.slice(0, 8)} …</Table.Th>
              <Table.Td>{account.mode}</Table.Td>
              <Table.Td>{held?.device_id ?? 'nobody'}</Table.Td>
              <Table.Td className="figure">{minuteOf(held?.held_until ?? null)}</Table.Td>
              <Table.Td className="figure">{minuteOf(account.last_at)}</Table.Td>
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}

function Contributions({ total, signal, exit, not_counted: notCounted, last_day: lastDay }: MyPage['contributions']) {
  if (total === 0) return <Nothing>Closed trades of your bots appear here once they were delivered.</Nothing>
  return (
    <Text p="md" size="sm">
      {total} trades contributed ({signal} entries, {exit} exits), the last on {lastDay ?? 'an unknown day'}.
      {notCounted.map(({ reason, count }) => ` ${count} are kept and not counted: ${reason}.`)}
    </Text>
  )
}
