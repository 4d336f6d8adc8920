import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { Timeframe } from '../../src/domain/market/bar.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { usePageVisible } from '../page/use-page-visible.ts'
import { followPrices, type PriceFollower, type PriceView } from './follow-prices.ts'

/** Prices of an account while somebody looks: read again whenever the account has told something new. */
export function usePrices(
  account: AccountStatus,
  symbol: string | undefined,
  timeframe: Timeframe | undefined,
): Readonly<{ view: PriceView; follower: PriceFollower }> {
  const { client } = useLauncher()
  const isVisible = usePageVisible()
  const { accountId } = account
  const follower = useMemo(
    () => followPrices(client, { accountId, symbol, timeframe }),
    [client, accountId, symbol, timeframe],
  )
  useEffect(() => follower.open(), [follower])
  // Every status of the account is a new object, and tells of a bar, a fill or a change of state.
  useEffect(() => {
    if (isVisible) follower.refresh()
  }, [follower, isVisible, account])
  const view = useSyncExternalStore(follower.subscribe, follower.get)
  return { view, follower }
}
