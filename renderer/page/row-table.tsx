import { Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'

export type RowColumn<Row> = Readonly<{
  head: string
  /** `number` is set right, `figure` does not break. */
  look?: 'number' | 'figure'
  cell: (row: Row) => ReactNode
}>

type RowTableProps<Row> = Readonly<{
  rows: readonly Row[]
  keyOf: (row: Row) => string
  columns: readonly RowColumn<Row>[]
  /** Said where there is no row. */
  empty: ReactNode
}>

/** Rows as a table that stands in the page as a whole; the first column names the row. */
export function RowTable<Row>({ rows, keyOf, columns, empty }: RowTableProps<Row>) {
  if (rows.length === 0) return <Nothing>{empty}</Nothing>
  return (
    <Table verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          {columns.map(({ head, look }) => (
            <Table.Th key={head} scope="col" {...(look ? { className: look } : {})}>
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={keyOf(row)}>
            {columns.map(({ head, look, cell }, at) => {
              const named = { ...(look ? { className: look } : {}) }
              return at === 0 ? (
                <Table.Th key={head} scope="row" miw={120} {...named}>
                  {cell(row)}
                </Table.Th>
              ) : (
                <Table.Td key={head} {...named}>
                  {cell(row)}
                </Table.Td>
              )
            })}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** Stands where a table would have no row. */
export function Nothing({ children }: { children: ReactNode }) {
  return (
    <Text px={12} py="sm" size="sm" c="dimmed">
      {children}
    </Text>
  )
}
