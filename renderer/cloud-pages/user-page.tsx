import { Badge, SimpleGrid, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { forgetMyDevice, readMine, type MyPage } from '../../src/contracts/cloud/pages.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { PageTitle } from '../page/page-title.tsx'
import { Nothing, RowTable } from '../page/row-table.tsx'
import { askCloud, whyOf } from './ask-cloud.ts'
import { AskedButton } from './asked-button.tsx'
import { CloudPanel } from './cloud-panel.tsx'
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
      <Devices devices={seats.devices} leases={leases} userId={userId} />
      <h4 className="panelTitle">
        Live accounts: {licence.accounts_used} of {licence.accounts}
      </h4>
      <Accounts accounts={seats.accounts} leases={leases} />
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

type DevicesProps = Readonly<{
  devices: MyPage['licence']['seats']['devices']
  leases: MyPage['licence']['leases']
  userId: string
}>

function Devices({ devices, leases, userId }: DevicesProps) {
  const holds = (id: string) => leases.some((lease) => lease.device_id === id && lease.state === 'held')
  const queries = useQueryClient()
  const forget = useMutation({
    mutationFn: (deviceId: string) =>
      askCloud(forgetMyDevice, { user_id: userId, device_id: deviceId, is_gone: holds(deviceId) }),
    onSettled: () => queries.invalidateQueries({ queryKey: [readMine.path] }),
  })
  return (
    <>
      {forget.error && <NoticePanel title="The device was not forgotten." why={whyOf(forget.error)} />}
      <RowTable
        rows={devices}
        keyOf={({ device_id: id }) => id}
        empty="No device has used this licence yet. In Slipway, enter the key at: Licence and cloud."
        columns={[
          { head: 'Device', cell: ({ device_id: id }) => id },
          { head: 'Slipway', cell: ({ app_version: version }) => version },
          { head: 'First (UTC)', look: 'figure', cell: ({ first_at: at }) => minuteOf(at) },
          { head: 'Last (UTC)', look: 'figure', cell: ({ last_at: at }) => minuteOf(at) },
          {
            head: 'Action',
            cell: ({ device_id: id }) => (
              <AskedButton
                label={holds(id) ? 'It is gone: forget it and free its accounts' : 'Forget'}
                of={`device ${id}`}
                busy={forget.isPending && forget.variables === id}
                onSure={() => forget.mutate(id)}
              />
            ),
          },
        ]}
      />
    </>
  )
}

type AccountsProps = Readonly<{
  accounts: MyPage['licence']['seats']['accounts']
  leases: MyPage['licence']['leases']
}>

function Accounts({ accounts, leases }: AccountsProps) {
  const heldOf = ({ account_id: id }: AccountsProps['accounts'][number]) =>
    leases.find((lease) => lease.account_id === id && lease.state === 'held')
  return (
    <RowTable
      rows={accounts}
      keyOf={({ account_id: id, mode }) => `${id} ${mode}`}
      empty="No account yet."
      columns={[
        { head: 'Account', cell: ({ account_id: id }) => `${id.slice(0, 8)} \u2026` },
        { head: 'Mode', cell: ({ mode }) => mode },
        { head: 'May be traded by', cell: (account) => heldOf(account)?.device_id ?? 'nobody' },
        { head: 'Until (UTC)', look: 'figure', cell: (account) => minuteOf(heldOf(account)?.held_until ?? null) },
        { head: 'Last (UTC)', look: 'figure', cell: ({ last_at: at }) => minuteOf(at) },
      ]}
    />
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
