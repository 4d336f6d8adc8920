import { readdirSync } from 'node:fs'
import { isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'
import type { HomeLayout } from './layout.ts'

/** Every account that left something here, in order of the ids: those that were removed without their data too. */
export function accountFolders({ accounts }: Pick<HomeLayout, 'accounts'>): readonly AccountId[] {
  try {
    return readdirSync(accounts).map(parseAccountId).filter(isAccountId).toSorted()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
