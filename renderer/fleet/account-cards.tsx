import { memo } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { hashOf } from '../place/place.ts'
import { ChooseBox } from './account-row.tsx'
import { BarAge, Uptime } from './ages.tsx'
import { BotButtons, botOf } from './bot-buttons.tsx'
import { Holdings } from './columns.tsx'
import { HolderText, Issues, LossUsed, SignedMoney } from './figures.tsx'
import type { PickedGroup } from './pick-accounts.ts'
import { ModeBadge, StateBadge } from './state-badge.tsx'
import type { Selection } from './use-selection.ts'

type AccountCardsProps = Readonly<{ groups: readonly PickedGroup[]; selection: Selection; isOnline: boolean }>

/** The accounts as cards: fewer figures, larger. */
export function AccountCards({ groups, selection, isOnline }: AccountCardsProps) {
  return (
    <div className="cards" data-stale={!isOnline || undefined} tabIndex={0} role="region" aria-label="Accounts">
      {groups.map(({ key, title, accounts }) => (
        <section key={key} aria-label={title ?? 'All accounts'}>
          {title !== undefined && (
            <h2 className="groupTitle">
              {title} <span className="second">{accounts.length}</span>
            </h2>
          )}
          <ul>
            {accounts.map((account) => (
              <AccountCard
                key={account.accountId}
                account={account}
                isChosen={selection.chosen.has(account.accountId)}
                isOnline={isOnline}
                onToggle={selection.toggle}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

type AccountCardProps = Readonly<{
  account: AccountStatus
  isChosen: boolean
  isOnline: boolean
  onToggle: (accountId: string, extend: boolean) => void
}>

const AccountCard = memo(function AccountCard({ account, isChosen, isOnline, onToggle }: AccountCardProps) {
  const { accountId, mode, userId, state, stateReason, lastError, symbol, strategy, currency } = account
  const why = stateReason ?? lastError
  return (
    <li
      className="card"
      data-account={accountId}
      data-state={state}
      data-live={(mode === 'live' && userId !== '') || undefined}
      data-chosen={isChosen || undefined}
    >
      <div className="cardHead">
        <ChooseBox
          label={`Choose ${accountId}`}
          isChosen={isChosen}
          onToggle={(extend) => onToggle(accountId, extend)}
        />
        <a className="accountId" href={hashOf({ page: 'account', accountId, tab: undefined })} title={accountId}>
          {accountId}
        </a>
        <ModeBadge mode={userId === '' ? undefined : mode} />
      </div>
      <div className="cardState">
        <StateBadge state={state} />
        <span className="second" title={why ?? undefined}>
          {why}
        </span>
      </div>
      <dl className="cardFigures">
        <Fact name="P&L today">
          <SignedMoney amount={account.todayPnl} currency={currency} />
        </Fact>
        <Fact name="Open P&L">
          <SignedMoney amount={account.unrealizedPnl} currency={currency} />
        </Fact>
        <Fact name="Loss limit">
          <LossUsed used={account.lossLimitUsed} currency={currency} />
        </Fact>
        <Fact name="Position">
          <Holdings account={account} />
        </Fact>
        <Fact name="Last bar">
          <BarAge account={account} />
        </Fact>
        <Fact name="Trades">{account.tradesToday}</Fact>
        <Fact name="Issues">
          <Issues warnings={account.warnings} errors={account.errors} lastError={lastError} />
        </Fact>
        <Fact name="Uptime">
          <Uptime startedAt={account.startedAt} isUp={account.pid !== null} />
        </Fact>
        <Fact name="Lock">
          <HolderText holder={account.holder} pid={account.pid} />
        </Fact>
      </dl>
      <div className="cardFoot">
        <span className="second">{`${symbol} ${strategy}`}</span>
        <BotButtons {...botOf(account)} isOnline={isOnline} />
      </div>
    </li>
  )
})

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
