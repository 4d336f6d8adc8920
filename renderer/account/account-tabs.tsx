import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { BalancePanel } from '../charts/balance-panel.tsx'
import { PricePanel } from '../charts/price-panel.tsx'
import { goTo } from '../place/use-place.ts'
import { AccountLogs } from '../logs/account-logs.tsx'
import { CashPanel } from './cash-panel.tsx'
import { DecisionsPanel } from './decisions-panel.tsx'
import { FILLS, ORDERS, RECONCILIATIONS, TRADES } from './listings.tsx'
import { LockPanel } from './lock-panel.tsx'
import { PositionsPanel } from './positions-panel.tsx'
import { RecordTable } from './record-table.tsx'
import { RiskPanel } from './risk-panel.tsx'
import { SettingsPanel } from './settings-panel.tsx'
import { ACCOUNT_TABS, type AccountTab } from './tabs.ts'

/** What there is to see of an account, one thing at a time; the address says which. */
export function AccountTabs({ account, tab }: { account: AccountStatus; tab: AccountTab }) {
  const { accountId } = account
  return (
    <Tabs
      value={tab}
      onChange={(name) => name !== null && goTo({ page: 'account', accountId, tab: name })}
      keepMounted={false}
      className="accountTabs"
      classNames={{ panel: 'accountTab' }}
    >
      <Tabs.List aria-label={`About ${accountId}`} className="accountTabList">
        {ACCOUNT_TABS.map(({ name, title }) => (
          <Tabs.Tab key={name} value={name}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab}>{SHOWN[tab](account)}</Tabs.Panel>
    </Tabs>
  )
}

const SHOWN: Readonly<Record<AccountTab, (account: AccountStatus) => ReactNode>> = {
  chart: (account) => (
    <>
      <PricePanel account={account} />
      <PositionsPanel account={account} isBrief />
    </>
  ),
  balance: (account) => <BalancePanel account={account} />,
  positions: (account) => <PositionsPanel account={account} />,
  orders: (account) => <RecordTable account={account} listing={ORDERS} />,
  fills: (account) => <RecordTable account={account} listing={FILLS} />,
  trades: (account) => <RecordTable account={account} listing={TRADES} />,
  decisions: (account) => <DecisionsPanel account={account} />,
  reconciliation: (account) => (
    <RecordTable account={account} listing={RECONCILIATIONS} above={<CashPanel account={account} />} />
  ),
  risk: (account) => <RiskPanel account={account} />,
  lock: (account) => <LockPanel account={account} />,
  settings: (account) => <SettingsPanel account={account} />,
  log: ({ accountId, symbol }) => <AccountLogs accountId={accountId} symbol={symbol} />,
}
