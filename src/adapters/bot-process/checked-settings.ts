import { readFileSync } from 'node:fs'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { SETTINGS_RULES, type CheckedSettings } from '../../contracts/bot-start.ts'
import { isAccountId, parseAccountId } from '../../domain/account/account-id.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import { checkSettings } from '../account-registry/read-settings.ts'
import { homeLayout } from '../home/layout.ts'

/**
 * What a bot will find in its account.json, checked; undefined where the bot itself should say what is wrong with it.
 *
 * @param home SLIPWAY_HOME, absolute
 */
export function checkedSettings(home: string, accountId: string): CheckedSettings | undefined {
  const id = parseAccountId(accountId)
  if (!isAccountId(id)) return undefined
  const path = homeLayout(home).settings(id)
  let text: string
  let settings: AccountSettings
  try {
    text = readFileSync(path, 'utf8')
    settings = checkSettings(text, path, id)
  } catch (error) {
    if (error instanceof Refused || (error as NodeJS.ErrnoException).code) return undefined
    throw error
  }
  return { rules: SETTINGS_RULES, text, settings }
}
