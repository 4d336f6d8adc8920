import { Anchor, Text } from '@mantine/core'
import { useFleet } from '../fleet/fleet-context.tsx'
import type { PageProps } from '../frame/pages.tsx'
import { AccountPanel } from './account-panel.tsx'

/** Everything about one account. */
export function AccountPage({ place }: PageProps<'account'>) {
  const { accounts } = useFleet()
  const account = accounts?.find(({ accountId }) => accountId === place.accountId)
  if (account) return <AccountPanel account={account} />
  if (!accounts) return null
  return (
    <Text c="dimmed" p="md">
      There is no account {place.accountId} any more. <Anchor href="#/accounts">See all accounts</Anchor>
    </Text>
  )
}
