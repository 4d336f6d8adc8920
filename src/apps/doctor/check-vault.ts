import { statSync } from 'node:fs'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { readKeyFile } from '../../adapters/vault/key-file.ts'
import { openVault } from '../../adapters/vault/open-vault.ts'
import { readVaultFile } from '../../adapters/vault/vault-file.ts'
import type { Finding } from '../../contracts/launcher/doctor.ts'
import { Refused } from '../../domain/failure/refusal.ts'

/** Whether the vault is whole and its key file can be read. The keychain is not asked: it might ask its user. */
export async function checkVault(layout: HomeLayout): Promise<Finding[]> {
  const finding = (result: Finding['result'], message: string, nextStep = ''): Finding[] => [
    { check: 'vault', result, message, nextStep },
  ]
  try {
    const file = readVaultFile(layout.vault)
    if (!file) return []
    const { key } = file.body
    if (key.kind === 'key-file') readKeyFile(key.file).fill(0)
    if (isOpenToOthers(layout.vault))
      return finding('warn', 'Others on this computer can read its file.', `chmod 600 ${layout.vault}`)
    const { store, accounts } = await openVault({ layout }).status()
    return finding('ok', `${store}; credentials of ${accounts.length} accounts.`)
  } catch (error) {
    if (error instanceof Refused) return finding('fail', error.refusal.message, error.refusal.nextStep)
    throw error
  }
}

function isOpenToOthers(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0
}
