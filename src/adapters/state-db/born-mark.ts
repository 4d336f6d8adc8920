import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { HomeLayout } from '../home/layout.ts'

/**
 * Remembers, outside the databases, that an account's databases exist and hold data: a missing or empty file is then a
 * loss to be told, not a new account to be traded from nothing.
 */
export function bornMark(layout: HomeLayout, accountId: AccountId) {
  const path = join(layout.account(accountId), 'state.born')
  return {
    exists: () => existsSync(path),
    set: () => {
      if (!existsSync(path)) writeFileSync(path, '', { mode: 0o600 })
    },
  }
}
