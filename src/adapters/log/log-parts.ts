import { open, stat, type FileHandle } from 'node:fs/promises'

/** Lists the files of a log in reading order, as they are now. */
export type ListLogFiles = () => readonly string[]

/** One file of a log that exists: which inode it is, how long, and how many bytes of older files stand before it. */
export type SeenPart = Readonly<{ path: string; key: string; size: number; base: number }>
export type OpenPart = SeenPart & Readonly<{ file: FileHandle }>

/** A log may be rotated while we look at it; after so many tries we take what we have. */
const MOST_TRIES = 5

/**
 * What the log consists of now.
 *
 * The newest file is looked at first: when a rotation happens meanwhile, it appears twice with one identity (and is
 * taken once, as the older), rather than not at all.
 *
 * @returns the parts in reading order, and whether nothing moved meanwhile
 */
export async function seeParts(list: ListLogFiles): Promise<{ parts: SeenPart[]; settled: boolean }> {
  const files = [...list()]
  let settled = true
  const found: { path: string; key: string; size: number }[] = []
  for (const path of files.toReversed()) {
    try {
      const info = await stat(path, { bigint: true })
      found.push({ path, key: keyOf(info), size: Number(info.size) })
    } catch {
      settled = false
    }
  }
  return { parts: inOrder(found), settled: settled && sameFiles(files, list()) }
}

/** Opens every part of the log; the caller closes them. */
export async function openParts(list: ListLogFiles): Promise<OpenPart[]> {
  for (let tries = 1; ; tries++) {
    const files = [...list()]
    const found: { path: string; key: string; size: number; file: FileHandle }[] = []
    try {
      for (const path of files.toReversed()) {
        const file = await openIfThere(path)
        if (!file) continue
        const info = await file.stat({ bigint: true })
        found.push({ path, key: keyOf(info), size: Number(info.size), file })
      }
    } catch (error) {
      await closeParts(found)
      throw error
    }
    const parts = inOrder(found)
    await closeParts(found.filter(({ file }) => !parts.some((part) => part.file === file)))
    if (sameFiles(files, list()) || tries === MOST_TRIES) return parts
    await closeParts(parts)
  }
}

/** Opens a part if its path still leads to it. */
export async function openPart(seen: SeenPart): Promise<FileHandle | undefined> {
  const file = await openIfThere(seen.path)
  if (!file) return undefined
  if (keyOf(await file.stat({ bigint: true })) === seen.key) return file
  await file.close()
  return undefined
}

export async function closeParts(parts: readonly { file: FileHandle }[]): Promise<void> {
  await Promise.all(parts.map(({ file }) => file.close()))
}

/** From newest first to reading order, each inode once, with the bytes before each. */
function inOrder<T extends { key: string; size: number }>(newestFirst: readonly T[]): (T & { base: number })[] {
  const parts: (T & { base: number })[] = []
  let base = 0
  for (const part of newestFirst.toReversed()) {
    if (parts.some(({ key }) => key === part.key)) continue
    parts.push({ ...part, base })
    base += part.size
  }
  return parts
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function keyOf(info: { dev: bigint; ino: bigint }): string {
  return `${info.dev}:${info.ino}`
}

function sameFiles(before: readonly string[], now: readonly string[]): boolean {
  return before.length === now.length && before.every((file, index) => file === now[index])
}
