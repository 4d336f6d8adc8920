import { readAudit } from '../../../src/contracts/cloud/admin.ts'
import { CloudPanel } from '../cloud-panel.tsx'
import { minuteOf } from '../times.ts'
import { RowTable } from '../../page/row-table.tsx'

/** Every use of an admin key, newest first. */
export function AuditPanel() {
  return (
    <CloudPanel title="Uses of admin keys" route={readAudit} input={{ limit: 200 }}>
      {({ entries }) => (
        <RowTable
          rows={entries}
          keyOf={({ seq }) => String(seq)}
          empty="No admin key was used yet."
          columns={[
            { head: 'When (UTC)', look: 'figure', cell: (entry) => minuteOf(entry.at) },
            { head: 'Key', cell: (entry) => entry.label || entry.key_id },
            { head: 'What', cell: (entry) => entry.action },
            { head: 'On', cell: (entry) => entry.target },
            { head: 'Detail', cell: (entry) => entry.detail },
          ]}
        />
      )}
    </CloudPanel>
  )
}
