import { existsSync, readdirSync } from 'node:fs'
import type { KillTarget } from '../../contracts/kill-switch.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'
import { Refused, refuse } from '../../domain/failure/refusal.ts'
import type { KillScope } from '../../domain/risk/kill-mark.ts'
import { readAccountSettings } from '../account-registry/read-settings.ts'
import type { HomeLayout } from '../home/layout.ts'
import { readLockRecord } from '../lock/record-file.ts'

/** Accounts somebody named, and the scopes whose marks stop them. */
export type Targets = Readonly<{ accounts: readonly AccountId[]; scopes: readonly KillScope[] }>

/**
 * Finds the accounts of a target. Settings that can't be read leave an account out of no `--all`: its bot may be running.
 *
 * @throws {Refused} account-unknown for an account or a user nobody has; nothing has been done then
 */
export function findTargets(layout: HomeLayout, { ids = [], user, all }: KillTarget): Targets {
  const known = accountsOf(layout)
  if (all) return { accounts: known.map(({ accountId }) => accountId), scopes: [{ kind: 'all' }] }
  if (user !== undefined) {
    const named = known.filter((one) => one.userId === user.toLowerCase() || one.user === user.trim())
    const userIds = [...new Set(named.map(({ userId }) => userId))]
    if (named.length === 0)
      refuse('account-unknown', `No account belongs to a user ${JSON.stringify(user)}.`, 'See: slipway account list')
    return {
      accounts: named.map(({ accountId }) => accountId),
      scopes: userIds.map((userId) => ({ kind: 'user', userId })),
    }
  }
  const accounts = [...new Set(ids)].map((text) => {
    const found = known.find(({ accountId }) => accountId.toLowerCase() === text.toLowerCase())
    if (found) return found.accountId
    const id = parseAccountId(text)
    if (!isAccountId(id)) throw new Refused(id)
    return refuse('account-unknown', `There is no account ${text}.`, 'See what there is with: slipway account list')
  })
  return { accounts, scopes: accounts.map((accountId) => ({ kind: 'account', accountId })) }
}

type Known = Readonly<{ accountId: AccountId; user: string; userId: string }>

/** Every account that has settings, or a bot. */
function accountsOf(layout: HomeLayout): Known[] {
  return namesIn(layout.accounts).flatMap((name) => {
    const accountId = parseAccountId(name)
    if (!isAccountId(accountId)) return []
    if (!existsSync(layout.settings(accountId)) && readLockRecord(layout.lockRecord(accountId)) === 'missing') return []
    try {
      const { user, userId } = readAccountSettings(layout, accountId)
      return [{ accountId, user, userId }]
    } catch (error) {
      if (error instanceof Refused) return [{ accountId, user: '', userId: '' }]
      throw error
    }
  })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
