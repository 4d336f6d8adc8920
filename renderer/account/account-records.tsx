import { Tabs } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import type { ReactNode } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { DECISIONS, ORDERS, RECONCILIATIONS, TRADES } from './listings.tsx'
import { RecordTable, type Listing } from './record-table.tsx'
import { RiskPanel } from './risk-panel.tsx'

type RecordTab = Readonly<{ name: string; title: string; show: (account: AccountStatus) => ReactNode }>

const RISK: RecordTab = { name: 'risk', title: 'Risk', show: (account) => <RiskPanel account={account} /> }

const TABS: readonly RecordTab[] = [tabOf(TRADES), tabOf(ORDERS), tabOf(DECISIONS), tabOf(RECONCILIATIONS), RISK]

function tabOf<Row>(listing: Listing<Row>): RecordTab {
  const { name, title } = listing
  return { name, title, show: (account) => <RecordTable account={account} listing={listing} /> }
}

/** What an account has done, one listing at a time, and where it stands; which one was looked at is remembered. */
export function AccountRecords({ account }: { account: AccountStatus }) {
  const [chosen, choose] = useLocalStorage({
    key: 'slipway-records',
    defaultValue: TRADES.name,
    getInitialValueInEffect: false,
  })
  const shown = TABS.some(({ name }) => name === chosen) ? chosen : TRADES.name
  return (
    <Tabs
      value={shown}
      onChange={(name) => name !== null && choose(name)}
      keepMounted={false}
      className="panel"
      classNames={{ panel: 'recordsPanel' }}
    >
      <Tabs.List className="recordTabs" aria-label={`Records of ${account.accountId}`}>
        {TABS.map(({ name, title }) => (
          <Tabs.Tab key={name} value={name}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {TABS.map(({ name, show }) => (
        <Tabs.Panel key={name} value={name}>
          {show(account)}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
