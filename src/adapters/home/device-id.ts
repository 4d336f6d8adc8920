import { linkSync, readFileSync, writeFileSync } from 'node:fs'
import { moveFile, removeFile } from '../file/held-files.ts'
import type { HomeLayout } from './layout.ts'

/** The id of this installation, made once and kept; undefined before a home was opened. */
export function readDeviceId(layout: HomeLayout): string | undefined {
  try {
    const found = JSON.parse(readFileSync(layout.device, 'utf8')) as { deviceId?: unknown } | null
    return typeof found?.deviceId === 'string' && found.deviceId !== '' ? found.deviceId : undefined
  } catch {
    return undefined
  }
}

/**
 * The installation's id, made now if there is none. Of several processes that make one, the first wins.
 *
 * @throws the file system's error (disk full, read-only)
 */
export function ensureDeviceId(layout: HomeLayout): string {
  const known = readDeviceId(layout)
  if (known !== undefined) return known
  // Loaded here, once in the life of an installation.
  const deviceId = process.getBuiltinModule('node:crypto').randomUUID()
  const unfinished = `${layout.device}.${deviceId}.new`
  try {
    writeFileSync(unfinished, JSON.stringify({ deviceId }) + '\n', { flag: 'wx', mode: 0o600, flush: true })
    publish(unfinished, layout)
  } finally {
    removeFile(unfinished)
  }
  return readDeviceId(layout) ?? deviceId
}

/** Gives a finished file its name, unless another process was first with a good one. */
function publish(unfinished: string, layout: HomeLayout): void {
  try {
    linkSync(unfinished, layout.device)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!['EEXIST', 'EPERM', 'ENOTSUP', 'ENOSYS'].includes(code)) throw error
    // A damaged file is replaced; so is none at all, on a disk that knows no hard links.
    if (readDeviceId(layout) === undefined) moveFile(unfinished, layout.device)
  }
}
