import { SegmentedControl } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { decisionsOf, type DecisionAction } from './listings.tsx'
import { RecordTable } from './record-table.tsx'

const KINDS = [
  { value: '', label: 'All' },
  { value: 'enter', label: 'Enter' },
  { value: 'exit', label: 'Exit' },
  { value: 'hold', label: 'Hold' },
]

/** What was decided and every reason for it; what was not traded has its reasons too. */
export function DecisionsPanel({ account }: { account: AccountStatus }) {
  const [only, setOnly] = useState('')
  const listing = useMemo(() => decisionsOf((only || undefined) as DecisionAction | undefined), [only])
  return (
    <RecordTable
      account={account}
      listing={listing}
      above={
        <div className="panelHead">
          <SegmentedControl
            size="xs"
            aria-label="Which decisions are shown"
            data={KINDS}
            value={only}
            onChange={setOnly}
          />
        </div>
      }
    />
  )
}
