import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { refuse } from '../../domain/failure/refusal.ts'

/** What a refusal calls the file, and how it is put right. */
export type PrivateFile = Readonly<{
  path: string
  /** As in `the token in FILE can be read by others`. */
  what: string
  /** Next step where there is no such file, or it is none of this kind. */
  instead: string
  longest: number
}>

/**
 * Reads a small file that only this user may be able to read. Looks at the very file it reads, so that it can't be
 * exchanged in between. The caller zeroes what it gets.
 *
 * @throws {Refused} 'file-unreadable'
 */
export function readPrivateFile(file: PrivateFile): Buffer {
  const fd = open(file)
  try {
    refuseUnfit(file, fstatSync(fd))
    const bytes = Buffer.alloc(file.longest)
    return bytes.subarray(0, readSync(fd, bytes, 0, file.longest, 0))
  } finally {
    closeSync(fd)
  }
}

function open({ path, what, instead }: PrivateFile): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : code
    return refuse('file-unreadable', `The ${what} can't be read from ${path} (${why}).`, instead)
  }
}

/** Windows has no such bits; there the folder's own rules keep others out. */
function refuseUnfit({ path, what, instead, longest }: PrivateFile, stat: Stats): void {
  if (!stat.isFile() || stat.size > longest) refuse('file-unreadable', `${path} is no file with a ${what}.`, instead)
  if (process.platform === 'win32') return
  const mine = process.geteuid?.()
  if (mine !== undefined && stat.uid !== mine)
    refuse(
      'file-unreadable',
      `The ${what} in ${path} belongs to another user of this machine.`,
      'Use a file of your own for it.',
    )
  if ((stat.mode & 0o077) !== 0)
    refuse(
      'file-unreadable',
      `The ${what} in ${path} can be read by others on this machine.`,
      `Keep it to yourself with: chmod 600 ${path}`,
    )
}
