import type { AccountSettings } from './account-settings.ts'

/** First line on a bot's standard input: what it needs to start. Secrets arrive here and nowhere else. */
export type BotStart = Readonly<{
  home: string
  accountId: string
  instanceId: string
  secrets: Readonly<Record<string, string>>
  /** Opens, reconciles, closes everything, ends: for an account that no bot looks after. */
  flattenOnly?: boolean | undefined
  /** Says whether it would start, and ends: it takes no guard and changes nothing, so it may run beside the account's bot. */
  checkOnly?: boolean | undefined
  checked?: CheckedSettings | undefined
  /** Left out where this installation works with no cloud. */
  cloud?: BotCloud | undefined
}>

/** What a bot needs to speak with the cloud itself. The licence key is a secret and comes with those. */
export type BotCloud = Readonly<{
  /** A socket of this computer, or an https address. */
  address: Readonly<{ socketPath: string } | { url: string }>
  deviceId: string
  /** Live accounts only: how the cloud names the account, and the list of keys its leases may be signed with. */
  lease?:
    | Readonly<{
        accountRef: string
        keys: readonly Readonly<{ kid: string; public_key: string }>[]
        keysVersion?: number | undefined
        /** Epoch seconds. */
        keysToldAt?: number | undefined
      }>
    | undefined
}>

/** account.json as its starter has read and checked it, so that the bot need not check the same text again. */
export type CheckedSettings = Readonly<{
  /** `SETTINGS_RULES` of who checked. */
  rules: string
  /** What the file said. */
  text: string
  settings: AccountSettings
}>

/** Exit codes of a bot process. `ended` is as asked or at the end of its feed. */
export const BOT_EXIT = { ended: 0, failed: 1, held: 3 } as const

/**
 * Names the rules in account-settings.ts: the start of the SHA-256 of their JSON schema, words left out. Settings checked by other rules,
 * those of a launcher older than its bot's program, are checked again. A test says what to write here.
 */
export const SETTINGS_RULES = 'd32118d91b50'

/** @throws {TypeError} it is no start message */
export function botStartOf(value: unknown): BotStart {
  const parts = isObject(value) ? value : {}
  const { home, accountId, instanceId, secrets = {}, flattenOnly, checkOnly, checked, cloud } = parts
  if (typeof home !== 'string' || typeof accountId !== 'string' || typeof instanceId !== 'string')
    throw new TypeError('a start message names a home, an account and an instance')
  if (!isObject(secrets) || !Object.values(secrets).every((secret) => typeof secret === 'string'))
    throw new TypeError('the secrets of a start message are texts')
  if (!isYesNo(flattenOnly) || !isYesNo(checkOnly)) throw new TypeError('flattenOnly and checkOnly are true or false')
  return {
    ...{ home, accountId, instanceId, flattenOnly, checkOnly },
    secrets: secrets as Record<string, string>,
    checked: isChecked(checked) ? checked : undefined,
    cloud: isCloud(cloud) ? cloud : undefined,
  }
}

function isYesNo(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isChecked(value: unknown): value is CheckedSettings {
  return (
    isObject(value) && typeof value.rules === 'string' && typeof value.text === 'string' && isObject(value.settings)
  )
}

/** What is none is left out: a bot trades without a cloud. */
function isCloud(value: unknown): value is BotCloud {
  if (!isObject(value) || !isObject(value.address) || typeof value.deviceId !== 'string') return false
  const { socketPath, url } = value.address
  if (typeof (socketPath ?? url) !== 'string') return false
  const { lease } = value
  if (lease === undefined) return true
  const isCount = (it: unknown) => it === undefined || typeof it === 'number'
  return (
    isObject(lease) &&
    typeof lease.accountRef === 'string' &&
    Array.isArray(lease.keys) &&
    isCount(lease.keysVersion) &&
    isCount(lease.keysToldAt)
  )
}
