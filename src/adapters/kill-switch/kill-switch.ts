import type { FlattenOutcome, KillMarkRow, KillTarget } from '../../contracts/kill-switch.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { KillMark, KillScope } from '../../domain/risk/kill-mark.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { flattenAccounts, type FlattenContext } from './flatten-accounts.ts'
import { removeKillMark, standingKillMarks, writeKillMark } from './kill-marks.ts'
import { findTargets } from './kill-targets.ts'

export type KillSwitchContext = FlattenContext & Readonly<{ now: () => EpochMs }>

/**
 * Closes everything of a target and forbids entries until `releaseKillSwitch`. The mark is on disk before anything is
 * asked, so that a bot that starts now, or does not hear us, makes no entry either.
 *
 * @throws {Refused} account-unknown; disk-full, home-read-only: the mark could not be written
 */
export function engageKillSwitch(
  ctx: KillSwitchContext,
  target: KillTarget,
  reason: string,
  timeoutMs: number,
): Promise<FlattenOutcome[]> {
  const { accounts, scopes } = findTargets(ctx.layout, target)
  for (const scope of scopes) writeKillMark(ctx.layout, markOf(ctx, scope, 'kill', reason))
  return flattenAccounts(ctx, accounts, timeoutMs)
}

/**
 * Closes everything of a target; bots go on afterwards. While it is under way the same mark stands, account by account;
 * it stays on those that are not flat in the end.
 */
export async function flattenTargets(
  ctx: KillSwitchContext,
  target: KillTarget,
  timeoutMs: number,
): Promise<FlattenOutcome[]> {
  const { accounts } = findTargets(ctx.layout, target)
  for (const id of accounts)
    writeKillMark(ctx.layout, markOf(ctx, scopeOf(id), 'flatten', 'positions are being closed'))
  const outcomes = await flattenAccounts(ctx, accounts, timeoutMs)
  for (const { accountId, outcome } of outcomes)
    if (outcome === 'flattened' || outcome === 'flat')
      removeKillMark(ctx.layout, scopeOf(accountId as AccountId), 'flatten')
  return outcomes
}

/**
 * Takes the marks of a target away; bots enter again where nothing else forbids it.
 *
 * @returns the scopes that had one
 */
export function releaseKillSwitch({ layout }: Pick<KillSwitchContext, 'layout'>, target: KillTarget): KillScope[] {
  // A mark of all accounts, or of a user, is its own: releasing it leaves what was said of one account alone.
  return findTargets(layout, target).scopes.filter((scope) => removeKillMark(layout, scope))
}

/** Every mark that stands. */
export function killSwitchState({ layout }: Pick<KillSwitchContext, 'layout'>): KillMarkRow[] {
  return standingKillMarks(layout).map(({ scope, purpose, reason, at }) => ({ scope, purpose, reason, at }))
}

function scopeOf(accountId: AccountId): KillScope {
  return { kind: 'account', accountId }
}

function markOf(
  { now }: Pick<KillSwitchContext, 'now'>,
  scope: KillScope,
  purpose: KillMark['purpose'],
  reason: string,
): KillMark {
  return { version: 1, scope, purpose, reason, at: now() }
}
