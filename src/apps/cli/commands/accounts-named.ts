import { refuse } from '../../../domain/failure/refusal.ts'

/**
 * The accounts a command is for, as the API takes them.
 *
 * @throws {Refused} bad-usage: neither accounts nor --all, or both
 */
export function accountsNamed(ids: readonly string[], all: boolean | undefined): { ids: string[]; all: boolean } {
  if (all && ids.length > 0) refuse('bad-usage', 'Both accounts and --all were given.', 'Give one of the two.')
  if (!all && ids.length === 0) refuse('bad-usage', 'No account was named.', 'Name accounts, or use --all.')
  return { ids: [...ids], all: all === true }
}
