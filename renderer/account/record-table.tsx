import { Button, Loader, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { Times } from '../format/zoned-times.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useTimes } from '../preferences/use-times.ts'
import { useRecords, type ReadRecords } from './use-records.ts'

/** One column of a listing; figures stand to the right. */
export type RecordColumn<Row> = Readonly<{
  title: string
  cell: (row: Row, times: Times) => ReactNode
  kind?: 'figure' | 'time' | 'sentence'
}>

/** One of the listings of an account: what it is called, how it is read and shown. */
export type Listing<Row> = Readonly<{
  /** Tells it from other listings, whatever narrows it included. */
  name: string
  title: string
  read: ReadRecords<Row>
  keyOf: (row: Row) => string
  columns: readonly RecordColumn<Row>[]
  empty: string
}>

type RecordTableProps<Row> = Readonly<{ account: AccountStatus; listing: Listing<Row>; above?: ReactNode }>

/** The rows of a listing, newest first; older ones come when somebody asks for them. */
export function RecordTable<Row>({ account, listing, above }: RecordTableProps<Row>) {
  const { rows, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useRecords(
    listing.name,
    account.accountId,
    listing.read,
    listing.keyOf,
  )
  const times = useTimes(account.symbol)
  return (
    <section className="panel" aria-label={listing.title}>
      {above}
      {error && (
        <NoticePanel
          title={`${listing.title} can't be shown`}
          why={describeFailure(error)}
          onRetry={() => void refetch()}
        />
      )}
      {rows ? (
        <RecordRows rows={rows} listing={listing} times={times}>
          {hasNextPage && (
            <Button
              m="xs"
              size="compact-sm"
              variant="light"
              loading={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              Older
            </Button>
          )}
        </RecordRows>
      ) : (
        !error && <Reading what={listing.title} />
      )}
      <Text size="xs" c="dimmed" className="panelFoot">
        {rows && rows.length > 0 ? `Newest first. Times are ${times.zoneName}.` : '\u00a0'}
      </Text>
    </section>
  )
}

export function Reading({ what }: { what: string }) {
  return (
    <Text c="dimmed" size="sm" p="md">
      <Loader size="xs" mr="xs" component="span" />
      Reading {what.toLowerCase()} …
    </Text>
  )
}

/** What a table needs to know of its rows. */
export type ShownRows<Row> = Pick<Listing<Row>, 'title' | 'columns' | 'keyOf' | 'empty'>

type RecordRowsProps<Row> = Readonly<{
  rows: readonly Row[]
  listing: ShownRows<Row>
  times: Times
  children?: ReactNode
}>

/** A table that scrolls by itself, in the order of its rows. */
export function RecordRows<Row>({ rows, listing, times, children }: RecordRowsProps<Row>) {
  if (rows.length === 0)
    return (
      <div className="records">
        <Text c="dimmed" size="sm" className="noRows">
          {listing.empty}
        </Text>
      </div>
    )
  return (
    <div className="records" tabIndex={0} role="region" aria-label={`Rows of ${listing.title.toLowerCase()}`}>
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
          {rows.map((row) => (
            <Table.Tr key={listing.keyOf(row)}>
              {listing.columns.map(({ title, cell, kind }) => (
                <Table.Td key={title} className={classOf(kind)}>
                  {cell(row, times)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {children}
    </div>
  )
}

function classOf(kind: RecordColumn<never>['kind']): string | undefined {
  if (kind === 'figure') return 'number'
  return kind === 'time' ? 'figure' : kind
}
