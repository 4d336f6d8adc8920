import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import type { Server } from 'node:net'
import { dirname } from 'node:path'
import { refuse } from '../../domain/failure/refusal.ts'

/**
 * Lets a server listen where only this user's processes can reach it: a Unix socket (0600) in a private folder (0700),
 * or a named pipe on Windows.
 *
 * A socket file left by a dead process is removed first. That is safe only for a caller that holds the guard of the
 * endpoint's owner (account or launcher): without it, the file may belong to a living process.
 *
 * @throws {Refused} home-unsuitable when the folder belongs to someone else or is no folder
 */
export async function listenLocally(server: Server, endpoint: string): Promise<void> {
  if (process.platform !== 'win32') {
    makePrivateFolder(dirname(endpoint))
    rmSync(endpoint, { force: true })
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(endpoint, () => {
      server.off('error', reject)
      resolve()
    })
  })
  if (process.platform !== 'win32') chmodSync(endpoint, 0o600)
}

/** Creates a folder that only this user can enter, and refuses one that another user made for us under /tmp. */
function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const seen = lstatSync(folder)
  if (!seen.isDirectory() || seen.uid !== process.getuid?.())
    refuse(
      'home-unsuitable',
      `The folder for control sockets, ${folder}, is not a folder of your own.`,
      'Remove it, or set SLIPWAY_HOME to a folder only you can write to.',
    )
  if ((seen.mode & 0o077) !== 0) chmodSync(folder, 0o700)
}
