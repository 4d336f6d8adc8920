import { mkdirSync } from 'node:fs'
import type { AccountId } from '../../domain/account/account-id.ts'
import { Refused, refuse } from '../../domain/failure/refusal.ts'
import { asStorageRefusal } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'
import { pause } from '../process/pause.ts'
import { guardFailure } from './guard-refusals.ts'
import { holdGuard } from './heal-guard.ts'

/** How long, and how often, to try again: whoever only looks at a guard takes it for a moment. Milliseconds, times. */
const PAUSE_MS = 5
const PATIENCE = 20

/**
 * Does something to the files of an account that no bot may meet half done, with the account's guard held meanwhile: a
 * bot that starts just then is refused. To have looked before is not enough.
 *
 * @throws {Refused} account-held: a bot has it, and nothing was done; guard-unavailable, home-read-only, disk-full
 */
export function whileFree<T>(layout: HomeLayout, accountId: AccountId, work: () => T): T {
  try {
    mkdirSync(layout.guards, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw asStorageRefusal(error, layout.guards)
  }
  const path = layout.guard(accountId)
  for (let attempt = 0; ; attempt++) {
    const tried = holdGuard(layout, path)
    if (tried.kind === 'failed') throw new Refused(guardFailure(layout, path, tried))
    if (tried.kind === 'held') {
      try {
        return work()
      } finally {
        tried.hold.free()
      }
    }
    if (attempt >= PATIENCE)
      refuse('account-held', `A bot has just taken account ${accountId}.`, `Stop it first: slipway stop ${accountId}`)
    pause(PAUSE_MS)
  }
}
