import { listOffenders } from '../../../src/contracts/cloud/admin.ts'
import { CloudPanel } from '../cloud-panel.tsx'
import { minuteOf } from '../times.ts'
import { RowTable } from '../../page/row-table.tsx'

/** Who was turned away for asking too often. */
export function OffendersPanel() {
  return (
    <CloudPanel title="Turned away for asking too often" route={listOffenders} input={{ limit: 200 }}>
      {({ offenders }) => (
        <RowTable
          rows={offenders}
          keyOf={({ subject, day }) => `${subject} ${day}`}
          empty="Nobody has asked more often than 100 times in a minute."
          columns={[
            { head: 'Who', cell: (row) => row.subject },
            { head: 'Day', look: 'figure', cell: (row) => row.day },
            { head: 'Times', look: 'number', cell: (row) => row.count },
            { head: 'Last (UTC)', look: 'figure', cell: (row) => minuteOf(row.last_at) },
          ]}
        />
      )}
    </CloudPanel>
  )
}
