import type { Reason } from '../decision/decision.ts'
import { epochMs, type EpochMs } from '../units/units.ts'

/** Whom a kill mark is about. */
export type KillScope =
  | Readonly<{ kind: 'account'; accountId: string }>
  | Readonly<{ kind: 'user'; userId: string }>
  | Readonly<{ kind: 'all' }>

/**
 * A word on disk that forbids entries until somebody takes it away. `kill`: positions are closed and nothing is entered
 * until a person releases it. `flatten`: the same while positions are being closed; whoever wrote it takes it away once
 * the account is flat.
 */
export type KillMark = Readonly<{
  version: 1
  scope: KillScope
  purpose: 'kill' | 'flatten'
  /** In the words of whoever engaged it; may be empty. */
  reason: string
  at: EpochMs
}>

/** @returns undefined when it is no mark of ours: whoever finds such a file takes it for one that forbids everything */
export function parseKillMark(value: unknown): KillMark | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { version, scope, purpose, reason, at } = value as Record<string, unknown>
  const known = parseScope(scope)
  if (version !== 1 || !known || (purpose !== 'kill' && purpose !== 'flatten')) return undefined
  if (typeof reason !== 'string' || typeof at !== 'number' || !Number.isSafeInteger(at)) return undefined
  return { version, scope: known, purpose, reason, at: epochMs(at) }
}

function parseScope(value: unknown): KillScope | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { kind, accountId, userId } = value as Record<string, unknown>
  if (kind === 'all') return { kind }
  if (kind === 'account' && typeof accountId === 'string') return { kind, accountId }
  if (kind === 'user' && typeof userId === 'string') return { kind, userId }
  return undefined
}

/** What a mark says to a trader who wonders why nothing is entered. */
export function killReason(mark: KillMark): Reason {
  const whom = { account: 'this account', user: "this user's accounts", all: 'all accounts' }[mark.scope.kind]
  const why = mark.reason === '' ? '' : ` (${mark.reason})`
  const since = `${new Date(mark.at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  return {
    code: 'killed',
    text: `the kill switch of ${whom} is engaged since ${since}${why}; no entries until: ${releaseCommand(mark.scope)}`,
  }
}

/** The command that takes a mark away. */
export function releaseCommand(scope: KillScope): string {
  switch (scope.kind) {
    case 'account':
      return `slipway release ${scope.accountId}`
    case 'user':
      return `slipway release --user ${scope.userId}`
    case 'all':
      return 'slipway release --all'
  }
}
