import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { refuse, Refused } from '../../domain/failure/refusal.ts'
import { readAccountSettings } from '../account-registry/read-settings.ts'
import type { HomeLayout } from '../home/layout.ts'
import type { Vault } from '../vault/open-vault.ts'
import { readPrivateFile } from '../vault/private-file.ts'
import { GATEWAY_TOKEN } from './credential-fields.ts'
import { licenceKeyForStart } from './licence-key.ts'
import { SECRET } from './secret-names.ts'

/** Where a bot's credentials are kept. */
export type CredentialStore = Pick<Vault, 'read'>

const LONGEST_TOKEN = 8_192
/** What an HTTP header can carry of a token. */
const TOKEN = /^[\x21-\x7e]+$/

/**
 * What to hand to a bot at its start. An account whose settings can't be read has none: its bot says what is wrong.
 *
 * @throws {Refused} as `readAccountSecrets`
 */
export async function secretsForStart(
  layout: Pick<HomeLayout, 'settings'>,
  accountId: AccountId,
  vault: CredentialStore,
): Promise<Record<string, string>> {
  let settings: AccountSettings
  try {
    settings = readAccountSettings(layout, accountId)
  } catch (error) {
    if (error instanceof Refused) return {}
    throw error
  }
  const secrets = await readAccountSecrets(settings, vault)
  const licenceKey = settings.mode === 'live' ? await licenceKeyForStart(vault, settings.userId) : undefined
  return licenceKey === undefined ? secrets : { ...secrets, [SECRET.licenceKey]: licenceKey }
}

/**
 * The secrets a bot of this account needs: from the vault, and where it has none, from the file that the settings name.
 * They are read anew at every start, and go to the bot over its standard input; nobody keeps them.
 *
 * @throws {Refused} 'vault-locked' and the like when the vault has them and can't be opened; 'file-unreadable' when a
 *   file can't be read, holds no token, or is open to others
 */
export async function readAccountSecrets(
  { accountId, broker, mode, gateway }: AccountSettings,
  vault: CredentialStore,
): Promise<Record<string, string>> {
  if (broker !== 'gateway') return {}
  const kept = await readKept(accountId, vault)
  const token =
    kept[GATEWAY_TOKEN] ?? (gateway.tokenFile === 'none' ? undefined : readTokenFile(gateway.tokenFile, accountId))
  if (token === undefined && mode === 'live')
    refuse(
      'setting-invalid',
      `Live trading needs a token for the gateway, and ${accountId} has none.`,
      `Put it into the vault: slipway vault set ${accountId} token`,
    )
  return token === undefined ? {} : { [SECRET.gatewayToken]: token }
}

async function readKept(accountId: AccountId, vault: CredentialStore): Promise<Readonly<Record<string, string>>> {
  try {
    return await vault.read(accountId)
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'vault-locked') throw error
    return refuse(
      'vault-locked',
      `${accountId} can't be started: its credentials are in the vault, and the vault is locked.`,
      'Open it in the settings page, or with: slipway vault unlock',
    )
  }
}

/** @throws {Refused} 'file-unreadable' */
export function readTokenFile(path: string, accountId: string): string {
  const bytes = readPrivateFile({
    ...{ path, what: 'token of the gateway', longest: LONGEST_TOKEN },
    instead: `Put the token into the vault (slipway vault set ${accountId} token), or set gateway.tokenFile to where it is.`,
  })
  const text = bytes.toString('utf8').trim()
  bytes.fill(0)
  if (TOKEN.test(text)) return text
  return refuse(
    'file-unreadable',
    `The file ${path} holds no token.`,
    'It must hold the token alone, on one line, without spaces.',
  )
}
