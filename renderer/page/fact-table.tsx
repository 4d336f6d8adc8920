import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

/** A name, and what is to be known of it. */
export type FactRow = readonly [name: string, value: ReactNode]

/** Names and what they are, one a line, as a table that is read across. */
export function FactTable({ rows, verticalSpacing = 6 }: { rows: readonly FactRow[]; verticalSpacing?: number }) {
  return (
    <Table verticalSpacing={verticalSpacing}>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w={150} style={{ verticalAlign: 'top' }}>
              {name}
            </Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
