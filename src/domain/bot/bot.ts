/** Why a bot is not trading any more; `flattened`: it was only there to close everything. */
export type StopReason = 'requested' | 'flattened' | 'feed-ended' | 'fenced' | 'refused' | 'failed'

/**
 * What a user sees of a bot. `trading` has a fresh feed; `blind` is alive without bars when there should be some;
 * `blocked` trades no new entries (limit, licence, not reconciled) but still manages what is open.
 */
export type BotState =
  | 'stopped'
  | 'starting'
  | 'reconciling'
  | 'trading'
  | 'blind'
  | 'blocked'
  | 'stopping'
  | 'backing-off'
  | 'crashed'
