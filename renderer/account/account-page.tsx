import { Anchor, Text } from '@mantine/core'
import { useFleet } from '../fleet/fleet-context.tsx'
import type { PageProps } from '../place/page-props.ts'
import { AccountHeader } from './account-header.tsx'
import { AccountTabs } from './account-tabs.tsx'
import { accountTab } from './tabs.ts'

/** Everything about one account. */
export function AccountPage({ place }: PageProps<'account'>) {
  const { connection, accounts } = useFleet()
  const account = accounts?.find(({ accountId }) => accountId === place.accountId)
  if (!accounts) return null
  if (!account)
    return (
      <Text c="dimmed" p="md">
        There is no account {place.accountId} any more. <Anchor href="#/accounts">See all accounts</Anchor>
      </Text>
    )
  const isOnline = connection.kind === 'online'
  return (
    <div className="accountPage" data-stale={!isOnline || undefined}>
      <AccountHeader account={account} isOnline={isOnline} />
      <AccountTabs account={account} tab={accountTab(place.tab)} />
    </div>
  )
}
