import { forgetDevice, showLicence, type LicenceDetails } from '../../../src/contracts/cloud/admin.ts'
import { NoticePanel } from '../../page/notice-panel.tsx'
import { whyOf } from '../ask-cloud.ts'
import { CloudPanel } from '../cloud-panel.tsx'
import { minuteOf } from '../times.ts'
import { AskedButton } from '../asked-button.tsx'
import { RowTable } from '../../page/row-table.tsx'
import { useChange } from './use-change.ts'

function holdsOne(leases: LicenceDetails['leases'], deviceId: string): boolean {
  return leases.some(({ device_id: id, state }) => id === deviceId && state === 'held')
}

/** Seats and history of one licence. */
export function LicenceDetailsView({ id, may }: { id: string; may: boolean }) {
  const forget = useChange(forgetDevice)
  return (
    <CloudPanel title="Seats and history" route={showLicence} input={{ id }}>
      {({ seats, events, leases }) => (
        <>
          {forget.error && <NoticePanel title="The device was not forgotten." why={whyOf(forget.error)} />}
          <RowTable
            rows={seats.devices}
            keyOf={({ device_id }) => device_id}
            empty="No device uses it yet."
            columns={[
              { head: 'Device', cell: (device) => device.device_id },
              { head: 'Slipway', cell: (device) => device.app_version },
              { head: 'Last (UTC)', look: 'figure', cell: (device) => minuteOf(device.last_at) },
              {
                head: 'Action',
                cell: (device) =>
                  may && (
                    <AskedButton
                      label={
                        holdsOne(leases, device.device_id) ? 'It is gone: forget it and free its accounts' : 'Forget'
                      }
                      of={`device ${device.device_id}`}
                      busy={forget.isPending}
                      onSure={() =>
                        forget.mutate({
                          ...{ id, device_id: device.device_id },
                          is_gone: holdsOne(leases, device.device_id),
                        })
                      }
                    />
                  ),
              },
            ]}
          />
          <RowTable
            rows={seats.accounts}
            keyOf={({ account_id, mode }) => `${account_id} ${mode}`}
            empty="No account uses it yet."
            columns={[
              { head: 'Account', cell: (account) => `${account.account_id.slice(0, 8)} …` },
              { head: 'Mode', cell: (account) => account.mode },
              { head: 'Last (UTC)', look: 'figure', cell: (account) => minuteOf(account.last_at) },
            ]}
          />
          <RowTable
            rows={events}
            keyOf={(event) => `${event.at} ${event.kind} ${event.detail}`}
            empty="Nothing has happened yet."
            columns={[
              { head: 'When (UTC)', look: 'figure', cell: (event) => minuteOf(event.at) },
              { head: 'What', cell: (event) => event.kind },
              { head: 'By', cell: (event) => event.actor },
              { head: 'Detail', cell: (event) => event.detail },
            ]}
          />
        </>
      )}
    </CloudPanel>
  )
}
