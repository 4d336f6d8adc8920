import { readFileSync } from 'node:fs'
import { DEFAULT_PREFERENCES, Preferences, type PreferencesChange } from '../../contracts/launcher/preferences.ts'
import { moveFile } from '../file/held-files.ts'
import { replaceFile } from '../file/replace-file.ts'
import { withFileLock } from '../lock/with-file-lock.ts'

/** What was chosen; whatever is missing or damaged is as it is by default. */
export function readPreferences(path: string): Preferences {
  return found(path) ?? DEFAULT_PREFERENCES
}

/**
 * Changes some of it. A file that can't be read at all is kept beside as `.damaged`.
 *
 * @throws {Refused} timed-out, disk-full, home-read-only
 */
export function changePreferences(path: string, change: PreferencesChange): Promise<Preferences> {
  return withFileLock(path, (signal) => {
    const before = found(path)
    const { notifications, ...others } = change
    const known = before ?? DEFAULT_PREFERENCES
    const after = Preferences.parse({
      ...known,
      ...others,
      notifications: { ...known.notifications, ...notifications },
    })
    signal.throwIfAborted()
    if (before === undefined) setAside(path)
    replaceFile(path, `${JSON.stringify(after, undefined, 2)}\n`)
    return after
  })
}

/** @returns undefined when there is no file, or one that is no JSON object */
function found(path: string): Preferences | undefined {
  try {
    return Preferences.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data
  } catch {
    return undefined
  }
}

function setAside(path: string): void {
  try {
    moveFile(path, `${path}.damaged`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
