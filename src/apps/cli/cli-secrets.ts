import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import type { Cli } from './cli.ts'
import { openSecretReader } from './read-secret.ts'

/**
 * The secrets of a bot that the command line starts itself, without the launcher. A vault that needs its passphrase asks
 * for it, once, where somebody is there to type.
 */
export function cliSecrets(cli: Cli, layout: HomeLayout): (id: AccountId) => Promise<Record<string, string>> {
  let ready: ReturnType<typeof open> | undefined
  const open = async () => {
    const { openVault } = await import('../../adapters/vault/open-vault.ts')
    const { secretsForStart } = await import('../../adapters/account-secrets/read-account-secrets.ts')
    return { vault: openVault({ layout }), secretsForStart }
  }
  let asking: Promise<void> | undefined

  async function askPassphrase(unlock: (passphrase: string) => Promise<void>): Promise<void> {
    const reader = openSecretReader(cli)
    try {
      await unlock(await reader.ask('Passphrase of the vault'))
    } finally {
      reader.close()
    }
  }

  return async (id) => {
    const { vault, secretsForStart } = await (ready ??= open())
    try {
      return await secretsForStart(layout, id, vault)
    } catch (error) {
      const isLocked = error instanceof Refused && error.refusal.code === 'vault-locked'
      if (!isLocked || cli.stdin.isTTY !== true) throw error
      await (asking ??= askPassphrase(vault.unlock))
      return secretsForStart(layout, id, vault)
    }
  }
}
