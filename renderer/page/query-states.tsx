import { Group, Loader, Text } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from './notice-panel.tsx'

type QueryStatesProps<T> = Readonly<{
  query: UseQueryResult<T>
  /** What is being asked for, e.g. `the calendar`. */
  what: string
  children: (data: T) => ReactNode
}>

/** An answer of the launcher in each of its states: under way, failed (with what was known before), there. */
export function QueryStates<T>({ query, what, children }: QueryStatesProps<T>) {
  const { data, error, refetch, isPending } = query
  return (
    <>
      {error && (
        <NoticePanel
          title={data === undefined ? `Can't show ${what}.` : `Can't bring ${what} up to date.`}
          why={describeFailure(error)}
          onRetry={() => void refetch()}
        />
      )}
      {isPending && !error && (
        <Group p="xl" justify="center">
          <Loader size="sm" />
          <Text>Asking the launcher for {what} …</Text>
        </Group>
      )}
      {data !== undefined && children(data)}
    </>
  )
}
