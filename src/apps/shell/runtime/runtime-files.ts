import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** In a packaged runtime, beside the files it tells of; written when the app is packaged. */
export const RUNTIME_NOTE = 'runtime.json'

/** In an installed runtime: what was put there, written last. */
export const INSTALLED_NOTE = 'installed.json'

/** Names of a runtime: its version, and a digest of what is in it, so that two builds of one version never share a folder. */
export const RuntimeNote = z.object({
  id: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,80}$/),
  version: z.string(),
  /** File of the Node that launcher and bots run on. */
  node: z.string(),
  /** File of the launcher. */
  launcher: z.string(),
})
export type RuntimeNote = z.output<typeof RuntimeNote>

const InstalledNote = z.object({
  id: z.string(),
  files: z.array(z.object({ path: z.string(), size: z.int(), sha256: z.string() })).min(1),
})
export type InstalledNote = z.output<typeof InstalledNote>

/** @throws when there is none, or it can't be read: the app is not whole */
export async function readRuntimeNote(folder: string): Promise<RuntimeNote> {
  return RuntimeNote.parse(JSON.parse(await readFile(join(folder, RUNTIME_NOTE), 'utf8')))
}

async function readInstalledNote(folder: string): Promise<InstalledNote | undefined> {
  try {
    return InstalledNote.parse(JSON.parse(await readFile(join(folder, INSTALLED_NOTE), 'utf8')))
  } catch {
    return undefined
  }
}

/**
 * Files of an installed runtime that are missing or of another size. Looked at before every start, so the content is
 * not read: it was when the files were copied.
 *
 * @returns undefined when nothing tells what should be there
 */
export async function damagedFiles(folder: string, id: string): Promise<readonly string[] | undefined> {
  const note = await readInstalledNote(folder)
  if (note?.id !== id) return undefined
  const looked = await Promise.all(
    note.files.map(async ({ path, size }) => {
      const found = await stat(join(folder, path)).catch(() => undefined)
      return found?.isFile() && found.size === size ? [] : [path]
    }),
  )
  return looked.flat()
}

/** Every file below a folder, its path in parts joined by `/`. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
}

/**
 * Copies a file by reading and writing it, so that no attribute comes along (macOS marks what was downloaded), makes
 * sure it is on the disk, and reads it back.
 *
 * @returns what was written
 * @throws when what was read back differs: a disk that does not keep what it is given
 */
export async function copyVerified(from: string, to: string): Promise<{ size: number; sha256: string }> {
  const { mode } = await stat(from)
  const written = createHash('sha256')
  let size = 0
  // The owner may write it, or an update could not remove it again.
  const file = await open(to, 'wx', (mode & 0o777) | 0o600)
  try {
    for await (const chunk of createReadStream(from) as AsyncIterable<Buffer>) {
      written.update(chunk)
      size += chunk.length
      await file.writeFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  const sha256 = written.digest('hex')
  if ((await digestOf(to)) !== sha256) throw new Error(`${to} does not hold what was written to it.`)
  return { size, sha256 }
}

export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}
