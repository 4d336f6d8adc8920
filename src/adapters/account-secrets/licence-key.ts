import type { AccountId } from '../../domain/account/account-id.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import type { Vault } from '../vault/open-vault.ts'

/** Where licence keys are in the vault: one field for each user, under a name that no account can have. */
export const LICENCE_ENTRY = '@licence' as AccountId

const fieldOf = (userId: string) => `user-${userId}`

/** Users whose licence keys are kept; known while the vault is locked too. */
export function licensedUsers({ names }: Pick<Vault, 'names'>): readonly string[] {
  return names(LICENCE_ENTRY).map((name) => name.replace(/^user-/, ''))
}

/** @throws {Refused} 'vault-missing', 'vault-locked' and the like */
export async function keepLicenceKey(vault: Pick<Vault, 'set'>, userId: string, key: string): Promise<void> {
  await vault.set(LICENCE_ENTRY, { [fieldOf(userId)]: key })
}

/** @throws {Refused} as the vault */
export async function forgetLicenceKey(vault: Pick<Vault, 'forget'>, userId: string): Promise<void> {
  await vault.forget(LICENCE_ENTRY, fieldOf(userId))
}

/** The licence key of a user; undefined where none is kept. @throws {Refused} as the vault */
export async function readLicenceKey(vault: Pick<Vault, 'read'>, userId: string): Promise<string | undefined> {
  return (await vault.read(LICENCE_ENTRY))[fieldOf(userId)]
}

/**
 * The licence key for a bot that starts; undefined where it can't be had. A locked vault keeps nobody from managing what
 * is open: the bot has its last lease.
 */
export async function licenceKeyForStart(vault: Pick<Vault, 'read'>, userId: string): Promise<string | undefined> {
  try {
    return await readLicenceKey(vault, userId)
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}
