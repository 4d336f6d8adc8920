import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { Timeframe } from '../../src/domain/market/bar.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { useRecordsVersion } from '../live/topics.ts'
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
  const version = useRecordsVersion(accountId)
  useEffect(() => {
    if (isVisible) follower.refresh()
  }, [follower, isVisible, version])
  const view = useSyncExternalStore(follower.subscribe, follower.get)
  return { view, follower }
}
