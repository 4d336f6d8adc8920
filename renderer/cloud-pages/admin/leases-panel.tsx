import { freeAccount, listLeases } from '../../../src/contracts/cloud/admin.ts'
import { NoticePanel } from '../../page/notice-panel.tsx'
import { whyOf } from '../ask-cloud.ts'
import { CloudPanel } from '../cloud-panel.tsx'
import { minuteOf } from '../times.ts'
import type { Role } from './role.ts'
import { AskedButton } from '../asked-button.tsx'
import { RowTable } from '../../page/row-table.tsx'
import { useChange } from './use-change.ts'

/** Which device may trade which live account. */
export function LeasesPanel({ role }: { role: Role }) {
  const free = useChange(freeAccount)
  const may = role === 'owner' || role === 'support'
  return (
    <CloudPanel title="Who may trade which live account" route={listLeases} input={{ limit: 500 }}>
      {({ leases }) => (
        <>
          {free.error && <NoticePanel title="The account was not freed." why={whyOf(free.error)} />}
          <RowTable
            rows={leases}
            keyOf={({ account_id: id }) => id}
            empty="No live account has been traded yet. Paper accounts need no lease."
            columns={[
              { head: 'Account', cell: (lease) => `${lease.account_id.slice(0, 8)} …` },
              { head: 'User', cell: (lease) => lease.user_id },
              { head: 'Device', cell: (lease) => lease.device_id },
              { head: 'State', cell: (lease) => lease.state },
              { head: 'Fence', look: 'number', cell: (lease) => lease.fence },
              { head: 'Renewed (UTC)', look: 'figure', cell: (lease) => minuteOf(lease.renewed_at) },
              { head: 'Held until (UTC)', look: 'figure', cell: (lease) => minuteOf(lease.held_until) },
              {
                head: 'Action',
                cell: (lease) =>
                  may &&
                  lease.state === 'held' && (
                    <AskedButton
                      label="Free"
                      of={`account ${lease.account_id.slice(0, 8)}`}
                      reason
                      busy={free.isPending}
                      onSure={(reason) => free.mutate({ account_id: lease.account_id, reason })}
                    />
                  ),
              },
            ]}
          />
        </>
      )}
    </CloudPanel>
  )
}
