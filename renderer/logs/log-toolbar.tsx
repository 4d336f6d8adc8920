import { ActionIcon, Checkbox, Group, NativeSelect, Switch, TextInput } from '@mantine/core'
import type { ReactNode, Ref } from 'react'
import { Icon } from '../page/icon.tsx'
import { LogChoice } from './log-choice.ts'

const LEVELS: readonly { value: LogChoice['level']; label: string }[] = [
  { value: '', label: 'All levels' },
  { value: 'info', label: 'Info and up' },
  { value: 'warn', label: 'Warnings, errors' },
  { value: 'error', label: 'Errors' },
]

const MATCHES = [
  { direction: 'previous', icon: 'sortUp', label: 'Match before', key: 'N' },
  { direction: 'next', icon: 'sortDown', label: 'Next match', key: 'n' },
] as const

const CHECKS = [
  {
    field: 'isOnlyMatches',
    label: 'Only matches',
    title: 'Hide lines without what is searched for; otherwise it is marked among all',
  },
  { field: 'isPattern', label: 'Pattern', title: 'Search for a regular expression' },
  { field: 'matchesCase', label: 'Case', title: 'Tell upper case from lower case' },
] as const

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
        data={[...LEVELS]}
        value={choice.level}
        onChange={(event) => onChange({ level: LogChoice.shape.level.parse(event.currentTarget.value) })}
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
        {MATCHES.map(({ direction, icon, label, key }) => (
          <ActionIcon
            key={direction}
            size={30}
            variant="default"
            aria-label={label}
            title={`${label} (${key})`}
            disabled={!isSearching}
            onClick={() => onSearch(direction)}
          >
            <Icon name={icon} size={12} />
          </ActionIcon>
        ))}
      </Group>
      <Group gap={10} className="logSwitches">
        {CHECKS.map(({ field, ...words }) => (
          <Checkbox
            key={field}
            size="xs"
            {...words}
            checked={choice[field]}
            onChange={(event) => onChange({ [field]: event.currentTarget.checked })}
          />
        ))}
        <ViewSwitch label="Raw" title="Lines as they stand in the file" isOn={view.isRaw} onSwitch={view.onRaw} />
        <ViewSwitch
          label="Follow"
          title="Stay at the newest line (f)"
          isOn={view.isFollowing}
          onSwitch={view.onFollowing}
        />
      </Group>
      <Group gap={8} ml="auto" wrap="nowrap">
        {view.children}
      </Group>
    </Group>
  )
}

type ViewSwitchProps = Readonly<{ label: string; title: string; isOn: boolean; onSwitch: (isOn: boolean) => void }>

function ViewSwitch({ label, title, isOn, onSwitch }: ViewSwitchProps) {
  return (
    <Switch
      size="xs"
      label={label}
      title={title}
      checked={isOn}
      onChange={(event) => onSwitch(event.currentTarget.checked)}
    />
  )
}
