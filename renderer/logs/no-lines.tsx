import { Button, Loader, Stack, Text } from '@mantine/core'
import { NoticePanel } from '../page/notice-panel.tsx'
import type { LogRowsState } from './log-rows.ts'

type NoLinesProps = Readonly<{
  state: LogRowsState
  isFiltered: boolean
  /** The log of one account. */
  isOne: boolean
  onClear: () => void
}>

/** Why no line is shown, and what to do. */
export function NoLines({ state, isFiltered, isOne, onClear }: NoLinesProps) {
  const { phase, why, isComplete, read } = state
  if (phase === 'paused' && why)
    return (
      <div className="logNothing">
        <NoticePanel title="The log is not connected; trying again by itself." why={why} color="orange" />
      </div>
    )
  if (!isComplete)
    return (
      <Stack className="logNothing" gap={8} align="flex-start">
        <Loader size="sm" />
        <Text size="sm">
          {isFiltered ? 'Searching the log' : 'Reading the log'}
          {read > 0 ? `, ${Math.floor(read * 100)} %` : ''} …
        </Text>
      </Stack>
    )
  return (
    <Stack className="logNothing" gap={8} align="flex-start">
      <Text size="sm">
        {isFiltered
          ? 'No line matches.'
          : isOne
            ? 'No log yet. Start the account to see its first line.'
            : 'No log yet. Start one of these accounts to see its first line.'}
      </Text>
      {isFiltered && (
        <Button size="xs" variant="light" onClick={onClear}>
          Show all lines
        </Button>
      )}
    </Stack>
  )
}
