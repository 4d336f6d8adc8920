import { SimpleGrid, Text } from '@mantine/core'
import { readPoolHealth } from '../../../src/contracts/cloud/pages.ts'
import { CloudPanel } from '../cloud-panel.tsx'
import { RowTable } from '../../page/row-table.tsx'

/** How the shared pool is. */
export function PoolPanel() {
  return (
    <CloudPanel title="Shared experiences" route={readPoolHealth} input={{}}>
      {(pool) => (
        <>
          <SimpleGrid cols={{ base: 2, sm: 4 }} p="md">
            <Figure label="Experiences">{pool.total}</Figure>
            <Figure label="Of them brought by Slipway">{pool.seeded}</Figure>
            <Figure label="Contributors">{pool.contributors}</Figure>
            <Figure label="Newest day">{pool.last_day ?? '\u2013'}</Figure>
          </SimpleGrid>
          <RowTable
            rows={pool.by_status}
            keyOf={({ status }) => status}
            empty="The pool is empty."
            columns={[
              { head: 'Counts as', cell: (row) => row.status },
              { head: 'Experiences', look: 'number', cell: (row) => row.count },
            ]}
          />
        </>
      )}
    </CloudPanel>
  )
}

function Figure({ label, children }: { label: string; children: string | number }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text className="figure">{children}</Text>
    </div>
  )
}
