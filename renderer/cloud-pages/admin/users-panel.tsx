import { listUsers } from '../../../src/contracts/cloud/admin.ts'
import { CloudPanel } from '../cloud-panel.tsx'
import { minuteOf } from '../times.ts'
import { RowTable } from '../../page/row-table.tsx'

/** Who uses this server, and when last. */
export function UsersPanel() {
  return (
    <CloudPanel title="Users" route={listUsers} input={{ limit: 500 }}>
      {({ users }) => (
        <RowTable
          rows={users}
          keyOf={({ user_id }) => user_id}
          empty="Nobody has used this server yet."
          columns={[
            { head: 'User', cell: (user) => user.user_id },
            { head: 'E-mail', cell: (user) => user.email ?? '\u2013' },
            { head: 'Licences', look: 'number', cell: (user) => user.licences },
            { head: 'Live accounts held', look: 'number', cell: (user) => user.accounts_held },
            { head: 'Slipway', cell: (user) => user.app_version ?? '\u2013' },
            { head: 'First (UTC)', look: 'figure', cell: (user) => minuteOf(user.first_at) },
            { head: 'Last (UTC)', look: 'figure', cell: (user) => minuteOf(user.last_at) },
          ]}
        />
      )}
    </CloudPanel>
  )
}
