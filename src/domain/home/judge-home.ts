import { refusal, type Refusal } from '../failure/refusal.ts'

/**
 * What surrounds a home folder: the kind of file system it is on (`nfs`, `fuse.sshfs`, `ext4`; empty when not known),
 * and every folder from the root of the disk down to it with the sync clients' marker files found there.
 */
export type HomeFacts = Readonly<{
  home: string
  fileSystem: string
  folders: readonly Readonly<{ name: string; markers: readonly string[] }>[]
  /** Folders a sync client told the system about, as absolute paths like `home`. */
  syncRoots: readonly string[]
}>

/** File systems of another computer, or made up by a program: their locks and flushes can't be relied on. */
const REMOTE =
  /^(nfs\d?|smb\d?|smbfs|cifs|afpfs|webdav|davfs\d?|9p|ceph|afs|coda|ncpfs|lustre|gpfs|beegfs|glusterfs|vboxsf|vmhgfs|prl_fs|unc|fuse.*|macfuse|osxfuse|.*fuse)$/i

/** Folders that are named by their sync client. */
const SYNC_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^onedrive( - .+)?$/i, 'OneDrive'],
  [/^dropbox( \(.+\))?$/i, 'Dropbox'],
  [/^(icloud ?drive|mobile documents|com~apple~clouddocs)$/i, 'iCloud'],
  [/^(google ?drive|googledrive-.+)$/i, 'Google Drive'],
  [/^cloudstorage$/i, 'a cloud drive'],
  [/^nextcloud\d*$/i, 'Nextcloud'],
  [/^owncloud$/i, 'ownCloud'],
  [/^pcloud ?drive$/i, 'pCloud'],
  [/^megasync( downloads)?$/i, 'MEGA'],
  [/^box sync$/i, 'Box'],
  [/^proton ?drive$/i, 'Proton Drive'],
  [/^yandex\.?disk$/i, 'Yandex Disk'],
]

/** Files and folders a sync client leaves at the top of what it syncs, whatever the user called it. */
export const SYNC_MARKERS = {
  '.stfolder': 'Syncthing',
  '.dropbox': 'Dropbox',
  '.dropbox.cache': 'Dropbox',
  '.tmp.drivedownload': 'Google Drive',
  '.tmp.driveupload': 'Google Drive',
  '.nextcloudsync.log': 'Nextcloud',
  '.owncloudsync.log': 'ownCloud',
  '.debris': 'MEGA',
  '.849C9593-D756-4E56-8D6E-42412F2A707B': 'OneDrive',
  '.sync': 'Resilio Sync',
} as const satisfies Record<string, string>

/** Why a folder can't be the home, or undefined when it can. */
export function judgeHome(facts: HomeFacts): Refusal | undefined {
  const nextStep = 'Choose a folder on a local disk that no program synchronises, and set SLIPWAY_HOME to it.'
  if (REMOTE.test(facts.fileSystem))
    return refusal(
      'home-unsuitable',
      `The folder ${facts.home} is on a network or virtual drive (${facts.fileSystem}), where two bots could trade one account without knowing.`,
      nextStep,
    )
  const client = syncClientOf(facts)
  if (client === undefined) return undefined
  return refusal(
    'home-unsuitable',
    `The folder ${facts.home} is synchronised by ${client}, which can replace an account's files while its bot is trading.`,
    nextStep,
  )
}

function syncClientOf(facts: HomeFacts): string | undefined {
  const root = facts.syncRoots.find((it) => isWithin(facts.home, it))
  if (root !== undefined) return `the sync folder ${root}`
  for (const folder of facts.folders) {
    const named = SYNC_NAMES.find(([name]) => name.test(folder.name))
    if (named) return named[1]
    const marker = folder.markers.find((it): it is keyof typeof SYNC_MARKERS => Object.hasOwn(SYNC_MARKERS, it))
    if (marker) return SYNC_MARKERS[marker]
  }
  return undefined
}

function isWithin(path: string, root: string): boolean {
  const fold = (text: string) => text.replaceAll('\\', '/').replace(/\/+$/, '').toLowerCase()
  return root !== '' && (fold(path) === fold(root) || fold(path).startsWith(fold(root) + '/'))
}
