import { readFileSync } from 'node:fs'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { SETTINGS_RULES, type CheckedSettings } from '../../contracts/bot-start.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { loadLate } from './load-late.ts'

/**
 * The settings of an account as its file has them now. Where the starter has checked this very text by our own rules, what
 * it found is taken; otherwise the file is checked here.
 *
 * @throws {Refused} as `readAccountSettings`
 */
export async function settingsOf(
  layout: Pick<HomeLayout, 'settings'>,
  accountId: AccountId,
  checked: CheckedSettings | undefined,
): Promise<AccountSettings> {
  if (
    checked?.rules === SETTINGS_RULES &&
    checked.settings.accountId === accountId &&
    checked.text === textOf(layout.settings(accountId))
  )
    return checked.settings
  const { readAccountSettings } = await loadLate(() => import('../../adapters/account-registry/read-settings.ts'))
  return readAccountSettings(layout, accountId)
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
