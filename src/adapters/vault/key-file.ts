import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { refuse } from '../../domain/failure/refusal.ts'
import { removeFile } from '../file/held-files.ts'
import { asStorageRefusal, syncFolder } from '../file/replace-file.ts'
import { KEY_BYTES } from './seal.ts'
import { readPrivateFile } from './private-file.ts'

/** A shorter one could be guessed. */
const SHORTEST = 32
const LONGEST = 4_096

/**
 * What a key file holds, without the end of its line. The caller zeroes it.
 *
 * @throws {Refused} 'file-unreadable': missing, open to others, or too short
 */
export function readKeyFile(path: string): Buffer {
  const bytes = readPrivateFile({
    ...{ path, what: 'key of the vault', longest: LONGEST },
    instead: 'Put the key file back where it was, or open the vault anew: slipway vault init --replace',
  })
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--
  if (end >= SHORTEST) return bytes.subarray(0, end)
  bytes.fill(0)
  return refuse(
    'file-unreadable',
    `The key file ${path} is too short to be a key.`,
    `It must hold ${SHORTEST} bytes or more. Name a file that does not exist, and one is made.`,
  )
}

/**
 * Makes a key file with a new key, unless there is one.
 *
 * @param home a key beside its lock protects nothing, so it may not lie in there
 * @throws {Refused} 'bad-usage', 'file-unreadable', 'disk-full', 'home-read-only'
 */
export function ensureKeyFile(path: string, home: string): void {
  if (!isAbsolute(path))
    refuse('bad-usage', `${path} is no absolute path.`, 'Name the key file from the root on, e.g. /home/me/slipway.key')
  const inside = relative(home, resolve(path))
  if (!inside.startsWith('..') && !isAbsolute(inside))
    refuse(
      'bad-usage',
      "The key file would lie in Slipway's own folder, beside the vault it opens.",
      'Choose a place outside of it, best one that your backups of it leave out.',
    )
  if (existsSync(path)) return readKeyFile(path).fill(0) as unknown as void
  const key = Buffer.from(`${randomBytes(KEY_BYTES).toString('base64url')}\n`)
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const fd = openSync(path, 'wx', 0o600)
    try {
      writeFileSync(fd, key)
      fsyncSync(fd)
    } catch (error) {
      // Half a key would be taken for a key the next time.
      removeFile(path)
      throw error
    } finally {
      closeSync(fd)
    }
    syncFolder(dirname(path))
  } catch (error) {
    throw asStorageRefusal(error, path)
  } finally {
    key.fill(0)
  }
}
