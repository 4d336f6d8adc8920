import { readdirSync, statSync } from 'node:fs'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'
import { Refused, type Refusal } from '../../domain/failure/refusal.ts'
import { asStorageRefusal } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'
import { checkSettings, withPresetSizes, type AccountRules } from './apply-settings.ts'
import { corruptSettings, readSettingsFile } from './read-settings.ts'

/** One line of the list: the settings, or why they can't be used. */
export type AccountEntry =
  | Readonly<{ accountId: AccountId; settings: AccountSettings }>
  | Readonly<{ accountId: AccountId; corrupt: Refusal }>

export type AccountEntries = Readonly<{
  /** In order of the ids. */
  list(): readonly AccountEntry[]
  /** @returns undefined when there is no such account */
  read(id: AccountId): AccountEntry | undefined
  /** The same from another file, e.g. of an account that was removed. */
  readFrom(id: AccountId, path: string): AccountEntry
  /** Its file was changed by us. */
  forget(id: AccountId): void
  /** Names of everything that lies where accounts are, registered or not. */
  folders(): string[]
}>

/** What the files of all accounts say, read again only when a file has changed. */
export function openAccountEntries(layout: HomeLayout, rules: AccountRules): AccountEntries {
  const cache = new Map<AccountId, { stamp: string; entry: AccountEntry }>()

  function read(accountId: AccountId): AccountEntry | undefined {
    const path = layout.settings(accountId)
    const stamp = stampOf(path)
    if (stamp === undefined) {
      cache.delete(accountId)
      return undefined
    }
    const known = cache.get(accountId)
    if (known?.stamp === stamp) return known.entry
    const entry = readFrom(accountId, path)
    // What is corrupt may be right later without a change of its file: a symbol may be added to instruments.json.
    if ('settings' in entry) cache.set(accountId, { stamp, entry })
    return entry
  }

  function list(): readonly AccountEntry[] {
    return folders(layout.accounts)
      .map((name) => parseAccountId(name))
      .filter(isAccountId)
      .map(read)
      .filter((entry) => entry !== undefined)
  }

  function readFrom(accountId: AccountId, path: string): AccountEntry {
    try {
      const settings = readSettingsFile(path, accountId)
      return { accountId, settings: checkSettings(withPresetSizes(settings, rules), rules) }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { refusal } = error
      if (refusal.code === 'account-corrupt') return { accountId, corrupt: refusal }
      return { accountId, corrupt: corruptSettings(accountId, path, refusal.message.replace(/\.$/, '')).refusal }
    }
  }

  return { list, read, readFrom, forget: (id) => void cache.delete(id), folders: () => folders(layout.accounts) }
}

/** Changes whenever the file does; undefined when there is none. */
function stampOf(path: string): string | undefined {
  const seen = statSync(path, { throwIfNoEntry: false, bigint: true })
  return seen && `${seen.ino} ${seen.size} ${seen.mtimeNs}`
}

function folders(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw asStorageRefusal(error, parent)
  }
}
