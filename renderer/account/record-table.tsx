import { Loader, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { MOST_ROWS, useRecords, type ReadRecords } from './use-records.ts'

/** One column of a listing; figures stand to the right. */
export type RecordColumn<Row> = Readonly<{
  title: string
  cell: (row: Row) => ReactNode
  kind?: 'figure' | 'time' | 'sentence'
}>

/** One of the listings of an account: what it is called, how it is read and shown. */
export type Listing<Row> = Readonly<{
  /** Name of the command that lists all of them. */
  name: string
  title: string
  read: ReadRecords<Row>
  keyOf: (row: Row) => string
  columns: readonly RecordColumn<Row>[]
  empty: string
}>

/** The last rows of a listing, newest first. */
export function RecordTable<Row>({ account, listing }: { account: AccountStatus; listing: Listing<Row> }) {
  const { data, error, refetch } = useRecords(listing.name, account, listing.read)
  return (
    <>
      {error && (
        <NoticePanel
          title={`${listing.title} can't be shown`}
          why={describeFailure(error)}
          onRetry={() => void refetch()}
        />
      )}
      {data ? <Rows rows={data} listing={listing} /> : !error && <Reading what={listing.title} />}
      <Text size="xs" c="dimmed" className="panelFoot">
        {footOf(data?.length ?? 0, listing.name, account.accountId)}
      </Text>
    </>
  )
}

function Reading({ what }: { what: string }) {
  return (
    <Text c="dimmed" size="sm" p="md">
      <Loader size="xs" mr="xs" component="span" />
      Reading {what.toLowerCase()} …
    </Text>
  )
}

function Rows<Row>({ rows, listing }: { rows: readonly Row[]; listing: Listing<Row> }) {
  if (rows.length === 0)
    return (
      <div className="records">
        <Text c="dimmed" size="sm" p="md">
          {listing.empty}
        </Text>
      </div>
    )
  return (
    <div className="records" tabIndex={0} role="region" aria-label={listing.title}>
      <Table verticalSpacing={4} horizontalSpacing="xs" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {listing.columns.map(({ title, kind }) => (
              <Table.Th scope="col" key={title} className={classOf(kind)}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.toReversed().map((row) => (
            <Table.Tr key={listing.keyOf(row)}>
              {listing.columns.map(({ title, cell, kind }) => (
                <Table.Td key={title} className={classOf(kind)}>
                  {cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function classOf(kind: RecordColumn<never>['kind']): string | undefined {
  if (kind === 'figure') return 'number'
  return kind === 'time' ? 'figure' : kind
}

function footOf(rows: number, name: string, accountId: string): string {
  if (rows === 0) return '\u00a0'
  const older = rows === MOST_ROWS ? `The last ${MOST_ROWS}; all: npx slipway ${name} ${accountId}. ` : ''
  return `${older}Newest first; times are UTC.`
}
