import { Button, Checkbox, NativeSelect, Popover, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { memo } from 'react'
import { Icon } from '../page/icon.tsx'
import { goTo } from '../place/use-place.ts'
import { COLUMNS } from './columns.tsx'
import { DEFAULT_VIEW, GROUPINGS, type ColumnId, type Grouping, type PickerView } from './picker-view.ts'

type PickerToolsProps = Readonly<{
  view: PickerView
  shown: number
  all: number
  onChange: (change: Partial<PickerView>) => void
}>

const GROUP_WORDS = {
  none: 'No groups',
  user: 'By user',
  broker: 'By broker',
  state: 'By state',
} as const satisfies Record<Grouping, string>

/** How the accounts are shown: searched, grouped, as a table or as cards, with which columns. */
export const PickerTools = memo(function PickerTools({ view, shown, all, onChange }: PickerToolsProps) {
  const isFiltered = view.search !== '' || view.states.length > 0 || view.mode !== 'all'
  return (
    <div className="tools" role="search" aria-label="Which accounts are shown">
      <TextInput
        size="xs"
        className="searchField"
        aria-label="Search accounts"
        placeholder="Search account, symbol, strategy …"
        leftSection={<Icon name="search" size={13} />}
        value={view.search}
        maxLength={200}
        onChange={(event) => onChange({ search: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        aria-label="Mode"
        value={view.mode}
        data={[
          { value: 'all', label: 'Live and paper' },
          { value: 'live', label: 'Live only' },
          { value: 'paper', label: 'Paper only' },
        ]}
        onChange={(event) => onChange({ mode: event.currentTarget.value as PickerView['mode'] })}
      />
      <NativeSelect
        size="xs"
        aria-label="Groups"
        value={view.group}
        data={GROUPINGS.map((value) => ({ value, label: GROUP_WORDS[value] }))}
        onChange={(event) => onChange({ group: event.currentTarget.value as Grouping })}
      />
      <span className="shown" role="status">
        {isFiltered ? `${shown} of ${all}` : `${all} account${all === 1 ? '' : 's'}`}
      </span>
      {isFiltered && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => onChange({ search: '', states: [], mode: 'all' })}
          leftSection={<Icon name="close" size={10} />}
        >
          Show all
        </Button>
      )}
      <span className="spring" />
      {view.layout === 'table' && <ColumnChoice hidden={view.hidden} onChange={(hidden) => onChange({ hidden })} />}
      <SegmentedControl
        size="xs"
        aria-label="Layout"
        value={view.layout}
        data={[
          { value: 'table', label: 'Table' },
          { value: 'cards', label: 'Cards' },
        ]}
        onChange={(layout) => onChange({ layout: layout as PickerView['layout'] })}
      />
      <Button
        size="xs"
        leftSection={<Icon name="add" size={12} />}
        onClick={() => goTo({ page: 'add', from: undefined })}
      >
        Add account
      </Button>
    </div>
  )
})

type ColumnChoiceProps = Readonly<{ hidden: readonly ColumnId[]; onChange: (hidden: ColumnId[]) => void }>

function ColumnChoice({ hidden, onChange }: ColumnChoiceProps) {
  const toggle = (id: ColumnId) => onChange(hidden.includes(id) ? hidden.filter((one) => one !== id) : [...hidden, id])
  return (
    <Popover position="bottom-end" withArrow shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<Icon name="columns" size={13} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Stack gap={8}>
          {COLUMNS.filter(({ id }) => id !== 'account').map(({ id, label }) => (
            <Checkbox key={id} size="xs" label={label} checked={!hidden.includes(id)} onChange={() => toggle(id)} />
          ))}
          <Button size="compact-xs" variant="subtle" onClick={() => onChange([...DEFAULT_VIEW.hidden])}>
            As at first
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
