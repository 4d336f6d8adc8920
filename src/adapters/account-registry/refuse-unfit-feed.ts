import type { AccountSettings } from '../../contracts/account-settings.ts'
import { refuse } from '../../domain/failure/refusal.ts'

/**
 * Whether an account can trade on the bars it asks for.
 *
 * @throws {Refused} 'setting-invalid'
 */
export function refuseUnfitFeed({ feed, timeframe }: Pick<AccountSettings, 'feed' | 'timeframe'>): void {
  // Each ends with its session, and what is decided then is ordered for a session that is over.
  if (timeframe === '1d')
    refuse(
      'setting-invalid',
      'No order would fill on daily bars: each is known when its session is over, and orders are good for that session.',
      'Use timeframe=1h or a shorter one; import those bars first.',
    )
  if (feed.kind === 'synthetic' && timeframe !== '1m')
    refuse(
      'setting-invalid',
      `Made-up bars are one minute long, not ${timeframe}.`,
      `Use timeframe=1m, or a replay of stored ${timeframe} bars (feed=replay).`,
    )
}
