import { memo } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { goTo } from '../place/use-place.ts'
import { BotButtons, botOf } from './bot-buttons.tsx'
import { Cell, type Column } from './columns.tsx'

type AccountRowProps = Readonly<{
  account: AccountStatus
  columns: readonly Column[]
  isChosen: boolean
  isOnline: boolean
  /** Among the rows shown, from 0. */
  index: number
  onToggle: (accountId: string, extend: boolean) => void
}>

/** One account. Drawn again only when it changed. */
export const AccountRow = memo(function AccountRow({
  account,
  columns,
  isChosen,
  isOnline,
  index,
  onToggle,
}: AccountRowProps) {
  const { accountId, state, mode, userId } = account
  return (
    <tr
      className="account"
      data-account={accountId}
      data-row={index}
      data-state={state}
      data-live={(mode === 'live' && userId !== '') || undefined}
      data-chosen={isChosen || undefined}
      aria-rowindex={index + 2}
      onClick={({ target }) => {
        if (target instanceof Element && target.closest('a, button, input, label') === null)
          goTo({ page: 'account', accountId, tab: undefined })
      }}
    >
      <td className="choose">
        <ChooseBox
          label={`Choose ${accountId}`}
          isChosen={isChosen}
          onToggle={(extend) => onToggle(accountId, extend)}
        />
      </td>
      {columns.map((column) =>
        column.id === 'account' ? (
          <th key={column.id} scope="row" className="idCell">
            <Cell column={column} account={account} />
          </th>
        ) : (
          <td key={column.id} className={column.isNumber ? 'number' : undefined} data-column={column.id}>
            <Cell column={column} account={account} />
          </td>
        ),
      )}
      <td className="actions">
        <BotButtons {...botOf(account)} isOnline={isOnline} />
      </td>
    </tr>
  )
})

type ChooseBoxProps = Readonly<{
  label: string
  isChosen: boolean | 'some'
  onToggle: (extend: boolean) => void
}>

/** A box to choose with; with Shift it chooses everything from the last one on. */
export function ChooseBox({ label, isChosen, onToggle }: ChooseBoxProps) {
  return (
    <label className="chooseBox">
      <input
        type="checkbox"
        aria-label={label}
        checked={isChosen === true}
        ref={(box) => {
          if (box) box.indeterminate = isChosen === 'some'
        }}
        onChange={(event) => onToggle((event.nativeEvent as MouseEvent).shiftKey === true)}
      />
    </label>
  )
}
