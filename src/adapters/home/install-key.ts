import { linkSync, readFileSync, writeFileSync } from 'node:fs'
import { moveFile, removeFile } from '../file/held-files.ts'
import type { HomeLayout } from './layout.ts'

const KEY = /^[0-9a-f]{64}\s*$/

/**
 * The key that names of contributions are made with: made once, kept with access for its user only, told to nobody. With
 * it a trade has the same name whenever it is sent, and without it nobody can tell whose trade a name is.
 *
 * A damaged file gets a new key. Of several processes that make one, the first wins.
 *
 * @throws the file system's error (disk full, read-only)
 */
export function ensureInstallKey({ installKey }: Pick<HomeLayout, 'installKey'>): Buffer {
  const known = readKey(installKey)
  if (known) return known
  // Loaded here, once in the life of an installation.
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  const unfinished = `${installKey}.${randomBytes(6).toString('hex')}.new`
  try {
    writeFileSync(unfinished, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600, flush: true })
    publish(unfinished, installKey)
  } finally {
    removeFile(unfinished)
  }
  return readKey(installKey) ?? ensureInstallKey({ installKey })
}

function readKey(path: string): Buffer | undefined {
  try {
    const text = readFileSync(path, 'latin1')
    return KEY.test(text) ? Buffer.from(text.trim(), 'hex') : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Gives a finished file its name, unless another process was first with a good one. */
function publish(unfinished: string, path: string): void {
  try {
    linkSync(unfinished, path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!['EEXIST', 'EPERM', 'ENOTSUP', 'ENOSYS'].includes(code)) throw error
    // A damaged file is replaced; so is none at all, on a disk that knows no hard links.
    if (!readKey(path)) moveFile(unfinished, path)
  }
}
