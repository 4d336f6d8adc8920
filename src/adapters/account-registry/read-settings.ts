import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { AccountSettings } from '../../contracts/account-settings.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { withPresetLimits } from '../../domain/risk/presets/with-preset-limits.ts'
import { Refused, refuse, refusal } from '../../domain/failure/refusal.ts'
import type { HomeLayout } from '../home/layout.ts'

/**
 * The identifier of a user: first 12 hex digits of the MD5 of the user name at the broker. An identifier kept from the
 * original system, never a secret.
 */
export function userIdOf(user: string): string {
  return createHash('md5').update(user.trim(), 'utf8').digest('hex').slice(0, 12)
}

/**
 * The settings of one account, read and checked by themselves: whether the strategy or symbol exists is for whoever
 * uses them to say.
 *
 * @throws {Refused} account-unknown, or account-corrupt with the path and what is wrong
 */
export function readAccountSettings(layout: Pick<HomeLayout, 'settings'>, accountId: AccountId): AccountSettings {
  return readSettingsFile(layout.settings(accountId), accountId)
}

/** The same, from any file. */
export function readSettingsFile(path: string, accountId: AccountId): AccountSettings {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      refuse('account-unknown', `There is no account ${accountId}.`, 'See what there is with: slipway account list')
    throw corruptSettings(accountId, path, (error as Error).message)
  }
  return checkSettings(text, path, accountId)
}

/** The same, of a file's text. */
export function checkSettings(text: string, path: string, accountId: AccountId): AccountSettings {
  const settings = AccountSettings.safeParse(withUnnamedLimits(parsed(text)))
  if (!settings.success) {
    const issue = settings.error.issues[0]!
    const why = text.trim() === '' ? 'the file is empty' : `${issue.path.join('.') || 'the file'}: ${issue.message}`
    throw corruptSettings(accountId, path, why)
  }
  if (settings.data.accountId !== accountId)
    throw corruptSettings(accountId, path, `they are of account ${settings.data.accountId}`)
  if (settings.data.userId !== userIdOf(settings.data.user))
    throw corruptSettings(accountId, path, 'userId does not belong to user')
  return settings.data
}

export function corruptSettings(accountId: string, path: string, why: string): Refused {
  return new Refused(
    refusal(
      'account-corrupt',
      `The settings of account ${accountId} can't be used: ${why}.`,
      `Correct ${path}, or move it away and add the account again; its trades are kept in the same folder.`,
    ),
  )
}

/**
 * The user of an account whose settings can't be used, as far as they still name one.
 *
 * @returns undefined where they name none that can be read
 */
export function userNamedIn(layout: Pick<HomeLayout, 'settings'>, accountId: AccountId): string | undefined {
  try {
    const { user } = (JSON.parse(readFileSync(layout.settings(accountId), 'utf8')) ?? {}) as { user?: unknown }
    return typeof user === 'string' && user.trim() !== '' ? userIdOf(user) : undefined
  } catch {
    return undefined
  }
}

/** The settings with the limits of their rule set that the file does not name. */
function withUnnamedLimits(given: unknown): unknown {
  const { risk } = (given ?? {}) as { risk?: unknown }
  if (typeof risk !== 'object' || risk === null || Array.isArray(risk)) return given
  return { ...(given as object), risk: withPresetLimits(risk as Record<string, unknown>) }
}

/** Text that is no JSON fails the schema like any other wrong value. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
