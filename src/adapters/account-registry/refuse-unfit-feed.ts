import type { AccountSettings } from '../../contracts/account-settings.ts'
import { refuse } from '../../domain/failure/refusal.ts'

/**
 * Whether an account can trade on the bars it asks for.
 *
 * @throws {Refused} 'setting-invalid'
 */
export function refuseUnfitFeed({ feed, timeframe }: Pick<AccountSettings, 'feed' | 'timeframe'>): void {
  // Sessions, limits and expiries are looked up by a bar's start and by start + timeframe. Of a daily bar the one is a
  // midnight and the other long past the close: a day's loss may count to the next day, a must-be-flat time be missed.
  if (timeframe === '1d')
    refuse(
      'setting-invalid',
      'Daily bars can be stored and imported, not traded: each is stamped at a midnight, which does not tell its session and its close.',
      'Use timeframe=1h or a shorter one; import those bars first.',
    )
  if (feed.kind === 'synthetic' && timeframe !== '1m')
    refuse(
      'setting-invalid',
      `Made-up bars are one minute long, not ${timeframe}.`,
      `Use timeframe=1m, or a replay of stored ${timeframe} bars (feed=replay).`,
    )
}
