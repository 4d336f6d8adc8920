import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, type KeyboardEvent } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { Icon } from '../page/icon.tsx'
import { AccountRow, ChooseBox } from './account-row.tsx'
import type { Column } from './columns.tsx'
import type { PickedGroup } from './pick-accounts.ts'
import type { ColumnId, PickerView } from './picker-view.ts'
import type { Selection } from './use-selection.ts'

type AccountsTableProps = Readonly<{
  groups: readonly PickedGroup[]
  columns: readonly Column[]
  sort: PickerView['sort']
  selection: Selection
  isOnline: boolean
  onSort: (column: ColumnId) => void
}>

type Line = Readonly<{ kind: 'group'; group: PickedGroup } | { kind: 'account'; account: AccountStatus; index: number }>

const ROW_PX = 45
const GROUP_PX = 32
/** With more rows than this, only those in view are drawn. */
const MOST_DRAWN = 50
const CHOOSE_PX = 30
const ACTIONS_PX = 88

/** The accounts as a table. Arrow keys go from box to box, Space chooses, Shift with either chooses a range. */
export function AccountsTable({ groups, columns, sort, selection, isOnline, onSort }: AccountsTableProps) {
  const frame = useRef<HTMLDivElement>(null)
  const lines = linesOf(groups)
  const ids = groups.flatMap(({ accounts }) => accounts.map(({ accountId }) => accountId))
  const isLong = lines.length > MOST_DRAWN
  // oxlint-disable-next-line react/incompatible-library -- we do not use the React Compiler
  const virtual = useVirtualizer({
    count: lines.length,
    enabled: isLong,
    getScrollElement: () => frame.current,
    estimateSize: (at) => (lines[at]?.kind === 'group' ? GROUP_PX : ROW_PX),
    overscan: 6,
    // The head stays in view above the rows.
    scrollPaddingStart: 40,
  })
  const seen = isLong ? virtual.getVirtualItems() : undefined
  const drawn = seen ? seen.map(({ index }) => lines[index]!) : lines
  const before = seen?.[0]?.start ?? 0
  const after = seen ? virtual.getTotalSize() - (seen.at(-1)?.end ?? 0) : 0
  const width = columns.reduce((sum, column) => sum + column.width, CHOOSE_PX + ACTIONS_PX)

  const moveTo = (index: number, extend: boolean) => {
    const id = ids[index]
    if (id === undefined) return
    if (isLong) virtual.scrollToIndex(lines.findIndex((line) => line.kind === 'account' && line.index === index))
    const boxOf = () => frame.current?.querySelector<HTMLInputElement>(`[data-row="${index}"] .choose input`)
    const box = boxOf()
    // At once where it is drawn: the next press of a key that is held down goes on from there.
    if (box) box.focus()
    else requestAnimationFrame(() => boxOf()?.focus())
    if (extend) selection.toggle(id, true)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey, target } = event
    if (altKey || !(target instanceof Element)) return
    if ((ctrlKey || metaKey) && key.toLowerCase() === 'a') selection.toggleAll(ids)
    else if (key === 'Escape' && selection.chosen.size > 0) selection.clear()
    else {
      const row = target.closest('[data-row]')
      const step = { ArrowDown: 1, ArrowUp: -1 }[key]
      if (!row || step === undefined || ctrlKey || metaKey) return
      const index = Number(row.getAttribute('data-row'))
      // Somebody who goes on with Shift wants the one they stood on, too.
      if (shiftKey && !selection.chosen.has(ids[index]!)) selection.toggle(ids[index]!, false)
      moveTo(index + step, shiftKey)
    }
    event.preventDefault()
  }

  const chosenOf = (some: readonly string[]) => {
    const count = some.filter((id) => selection.chosen.has(id)).length
    return count === 0 ? false : count === some.length ? true : 'some'
  }
  return (
    <div
      ref={frame}
      className="accounts"
      data-stale={!isOnline || undefined}
      tabIndex={0}
      role="region"
      aria-label="Accounts"
      onKeyDown={onKeyDown}
    >
      <table style={{ minWidth: width }} aria-rowcount={ids.length + 1}>
        <colgroup>
          <col style={{ width: CHOOSE_PX }} />
          {columns.map(({ id, width: pixels }) => (
            <col key={id} style={{ width: pixels }} />
          ))}
          <col style={{ width: ACTIONS_PX }} />
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <td className="choose">
              <ChooseBox
                label="Choose all that are shown"
                isChosen={chosenOf(ids)}
                onToggle={() => selection.toggleAll(ids)}
              />
            </td>
            {columns.map(({ id, title, label, isNumber }) => (
              <th
                key={id}
                scope="col"
                className={isNumber ? 'number' : undefined}
                aria-sort={sort.column === id ? (sort.down ? 'descending' : 'ascending') : 'none'}
              >
                <button type="button" className="sort" title={`Sort by: ${label}`} onClick={() => onSort(id)}>
                  {title}
                  {sort.column === id && <Icon name={sort.down ? 'sortDown' : 'sortUp'} size={11} />}
                </button>
              </th>
            ))}
            <td className="actions" aria-label="Actions" />
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Gap pixels={before} />}
          {drawn.map((line) =>
            line.kind === 'group' ? (
              <GroupLine
                key={`group ${line.group.key}`}
                group={line.group}
                columns={columns.length}
                isChosen={chosenOf(line.group.accounts.map(({ accountId }) => accountId))}
                onToggle={() => selection.toggleAll(line.group.accounts.map(({ accountId }) => accountId))}
              />
            ) : (
              <AccountRow
                key={line.account.accountId}
                account={line.account}
                columns={columns}
                index={line.index}
                isChosen={selection.chosen.has(line.account.accountId)}
                isOnline={isOnline}
                onToggle={selection.toggle}
              />
            ),
          )}
          {after > 0 && <Gap pixels={after} />}
        </tbody>
      </table>
    </div>
  )
}

function linesOf(groups: readonly PickedGroup[]): readonly Line[] {
  let index = 0
  return groups.flatMap((group): Line[] => [
    ...(group.title === undefined ? [] : [{ kind: 'group' as const, group }]),
    ...group.accounts.map((account) => ({ kind: 'account' as const, account, index: index++ })),
  ])
}

type GroupLineProps = Readonly<{
  group: PickedGroup
  columns: number
  isChosen: boolean | 'some'
  onToggle: () => void
}>

function GroupLine({ group, columns, isChosen, onToggle }: GroupLineProps) {
  return (
    <tr className="groupRow">
      <td className="choose">
        <ChooseBox label={`Choose all of ${group.title}`} isChosen={isChosen} onToggle={onToggle} />
      </td>
      <th scope="rowgroup" colSpan={columns + 1}>
        {group.title} <span className="second">{group.accounts.length}</span>
      </th>
    </tr>
  )
}

/** Stands for the rows that are not drawn. */
function Gap({ pixels }: { pixels: number }) {
  return (
    <tr aria-hidden>
      <td style={{ height: pixels, padding: 0 }} />
    </tr>
  )
}
