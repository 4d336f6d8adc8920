import { Group, NativeSelect, Switch, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { memo, useState } from 'react'
import { NoticePanel } from '../page/notice-panel.tsx'
import { MOST_LINES } from './log-lines.ts'
import { LogView } from './log-view.tsx'
import { useLogTail, type LogTail } from './use-log-tail.ts'

const LEVELS = [
  { value: '', label: 'All levels' },
  { value: 'info', label: 'Info and above' },
  { value: 'warn', label: 'Warnings and errors' },
  { value: 'error', label: 'Errors' },
]
const TYPING_MS = 300

/** The live log of one account. */
export const AccountLog = memo(function AccountLog({ accountId }: { accountId: string }) {
  const [level, setLevel] = useState('')
  const [typed, setTyped] = useState('')
  const [text] = useDebouncedValue(typed, TYPING_MS)
  const [isFollowing, setFollowing] = useState(true)
  const [isRaw, setRaw] = useState(false)
  const tail = useLogTail(accountId, { level, text })
  return (
    <section className="panel" aria-labelledby="account-log">
      <Group justify="space-between" className="panelHead">
        <Title order={2} size="h5" id="account-log">
          Log of {accountId}
        </Title>
        <Group gap="sm">
          <NativeSelect
            size="xs"
            aria-label="Least important level shown"
            data={LEVELS}
            value={level}
            onChange={(event) => setLevel(event.currentTarget.value)}
          />
          <TextInput
            size="xs"
            w={170}
            type="search"
            aria-label="Only lines with this text"
            placeholder="Only lines with …"
            maxLength={200}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Switch
            size="xs"
            label="Raw"
            title="Lines as they stand in the file"
            checked={isRaw}
            onChange={(event) => setRaw(event.currentTarget.checked)}
          />
          <Switch
            size="xs"
            label="Follow"
            title="Stay at the newest line"
            checked={isFollowing}
            onChange={(event) => setFollowing(event.currentTarget.checked)}
          />
        </Group>
      </Group>
      {tail.phase === 'refused' && tail.why && <NoticePanel title="The log can't be shown" why={tail.why} />}
      {tail.lines.length > 0 ? (
        <LogView
          label={`Lines of the log of ${accountId}`}
          lines={tail.lines}
          isRaw={isRaw}
          isFollowing={isFollowing}
          onFollowing={setFollowing}
        />
      ) : (
        tail.phase !== 'refused' && <NoLines phase={tail.phase} isFiltered={level !== '' || text.trim() !== ''} />
      )}
      <Text size="xs" c="dimmed" className="panelFoot">
        {footOf(tail, accountId)}
      </Text>
    </section>
  )
})

function NoLines({ phase, isFiltered }: { phase: LogTail['phase']; isFiltered: boolean }) {
  const text = {
    reading: 'Reading the log …',
    paused: 'The log is not connected; trying again.',
    refused: '',
    live: isFiltered
      ? 'No line matches. Clear the filters to see all.'
      : 'No log yet. Start the account to see its first line.',
  }[phase]
  return (
    <div className="logFrame">
      <Text c="dimmed" size="sm" p="md">
        {text}
      </Text>
    </div>
  )
}

function footOf({ phase, lines }: LogTail, accountId: string): string {
  if (phase === 'paused') return 'Paused: the connection is lost. What is shown may not be the end of the log.'
  if (lines.length === 0) return '\u00a0'
  const older = lines.length === MOST_LINES ? `; older ones: npx slipway logs ${accountId}` : ''
  return `${lines.length === 1 ? 'One line' : `${lines.length} lines`}${older}. Times are UTC.`
}
