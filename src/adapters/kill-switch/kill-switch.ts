import type { FlattenOutcome, KillMarkRow, KillTarget } from '../../contracts/kill-switch.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { Refused, refusal, type Refusal } from '../../domain/failure/refusal.ts'
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
 * @returns an outcome for each account; all `failed` where the mark could not be written, though positions were closed
 * @throws {Refused} account-unknown
 */
export async function engageKillSwitch(
  ctx: KillSwitchContext,
  target: KillTarget,
  reason: string,
  timeoutMs: number,
): Promise<FlattenOutcome[]> {
  const { accounts, scopes } = findTargets(ctx.layout, target)
  const unmarked = scopes.map((scope) => tryToMark(ctx, markOf(ctx, scope, 'kill', reason))).find((one) => one)
  const outcomes = await flattenAccounts(ctx, accounts, timeoutMs)
  if (!unmarked) return outcomes
  // What could be closed is closed; that entries stay away is promised to nobody.
  return outcomes.map((one) => ({ ...one, outcome: 'failed', refusal: one.refusal ?? unmarked }))
}

/** A disk that can't be written must not keep positions open. @returns why the mark does not stand */
function tryToMark({ layout }: Pick<KillSwitchContext, 'layout'>, mark: KillMark): Refusal | undefined {
  try {
    writeKillMark(layout, mark)
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    const why = error instanceof Error ? error.message : String(error)
    return refusal('internal', `The mark of the kill switch could not be written: ${why}.`, 'Look at the home folder.')
  }
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
  for (const id of accounts) tryToMark(ctx, markOf(ctx, scopeOf(id), 'flatten', 'positions are being closed'))
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
