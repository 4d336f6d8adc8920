import { ActionIcon, Checkbox, Group, NativeSelect, Switch, TextInput } from '@mantine/core'
import type { ReactNode, Ref } from 'react'
import { Icon } from '../page/icon.tsx'
import type { LogChoice } from './log-choice.ts'

const LEVELS = [
  { value: '', label: 'All levels' },
  { value: 'info', label: 'Info and up' },
  { value: 'warn', label: 'Warnings, errors' },
  { value: 'error', label: 'Errors' },
]

type LogToolbarProps = Readonly<{
  choice: LogChoice
  onChange: (some: Partial<LogChoice>) => void
  /** What is wrong with the pattern. */
  wrong: string | undefined
  searchField: Ref<HTMLInputElement>
  onSearch: (direction: 'next' | 'previous') => void
  /** Back from the fields to the lines. */
  onLeave: () => void
  isRaw: boolean
  onRaw: (isRaw: boolean) => void
  isFollowing: boolean
  onFollowing: (isFollowing: boolean) => void
  children: ReactNode
}>

/** What is shown of a log, and how. */
export function LogToolbar({ choice, onChange, wrong, searchField, onSearch, onLeave, ...view }: LogToolbarProps) {
  const isSearching = choice.search.trim() !== '' && wrong === undefined
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') onSearch(event.shiftKey ? 'previous' : 'next')
    else if (event.key === 'Escape') onLeave()
    else return
    event.preventDefault()
  }
  return (
    <Group gap={8} className="logTools" align="flex-start">
      <NativeSelect
        size="xs"
        w={128}
        aria-label="Least important level shown"
        data={LEVELS}
        value={choice.level}
        onChange={(event) => onChange({ level: event.currentTarget.value })}
      />
      <TextInput
        size="xs"
        w={112}
        aria-label="Only lines of this event"
        placeholder="Event, order-*"
        maxLength={120}
        value={choice.event}
        onChange={(event) => onChange({ event: event.currentTarget.value })}
        onKeyDown={(event) => event.key === 'Escape' && onLeave()}
      />
      <TextInput
        ref={searchField}
        size="xs"
        className="logSearch"
        type="search"
        aria-label="Search the log"
        placeholder={choice.isPattern ? 'Regular expression' : 'Search  ( / )'}
        title="Search (/). Enter: next match, Shift+Enter: the one before"
        maxLength={1_000}
        value={choice.search}
        error={wrong}
        onChange={(event) => onChange({ search: event.currentTarget.value })}
        onKeyDown={onKeyDown}
      />
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          size={30}
          variant="default"
          aria-label="Match before"
          title="Match before (N)"
          disabled={!isSearching}
          onClick={() => onSearch('previous')}
        >
          <Icon name="sortUp" size={12} />
        </ActionIcon>
        <ActionIcon
          size={30}
          variant="default"
          aria-label="Next match"
          title="Next match (n)"
          disabled={!isSearching}
          onClick={() => onSearch('next')}
        >
          <Icon name="sortDown" size={12} />
        </ActionIcon>
      </Group>
      <Group gap={10} className="logSwitches">
        <Checkbox
          size="xs"
          label="Only matches"
          title="Hide lines without what is searched for; otherwise it is marked among all"
          checked={choice.isOnlyMatches}
          onChange={(event) => onChange({ isOnlyMatches: event.currentTarget.checked })}
        />
        <Checkbox
          size="xs"
          label="Pattern"
          title="Search for a regular expression"
          checked={choice.isPattern}
          onChange={(event) => onChange({ isPattern: event.currentTarget.checked })}
        />
        <Checkbox
          size="xs"
          label="Case"
          title="Tell upper case from lower case"
          checked={choice.matchesCase}
          onChange={(event) => onChange({ matchesCase: event.currentTarget.checked })}
        />
        <Switch
          size="xs"
          label="Raw"
          title="Lines as they stand in the file"
          checked={view.isRaw}
          onChange={(event) => view.onRaw(event.currentTarget.checked)}
        />
        <Switch
          size="xs"
          label="Follow"
          title="Stay at the newest line (f)"
          checked={view.isFollowing}
          onChange={(event) => view.onFollowing(event.currentTarget.checked)}
        />
      </Group>
      <Group gap={8} ml="auto" wrap="nowrap">
        {view.children}
      </Group>
    </Group>
  )
}
