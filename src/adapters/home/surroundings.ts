import { existsSync, readFileSync, realpathSync, statfsSync } from 'node:fs'

/** What openHome asks of the machine before it trusts a folder. */
export type HomeSurroundings = Readonly<{
  /** The kind of file system an existing folder is on, as the mount table names it; empty when it can't be told. */
  fileSystemOf: (folder: string) => string
  exists: (path: string) => boolean
  /** The path with links, and on Windows network drive letters, resolved. */
  realPathOf: (folder: string) => string
}>

/** The machine as it is. */
export const SURROUNDINGS: HomeSurroundings = {
  fileSystemOf,
  exists: existsSync,
  realPathOf: (folder) => realpathSync.native(folder),
}

/** @see statfs(2) and linux/magic.h; only file systems that a home is refused on */
const LINUX_MAGIC: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xfe534d42, 'smb2'],
  [0xff534d42, 'cifs'],
  [0x65735546, 'fuse'],
  [0x01021997, '9p'],
  [0x00c36400, 'ceph'],
  [0x5346414f, 'afs'],
  [0x6b414653, 'afs'],
  [0x73757245, 'coda'],
  [0x564c, 'ncpfs'],
  [0x0bd00bd0, 'lustre'],
  [0x47504653, 'gpfs'],
  [0x19830326, 'beegfs'],
  [0x786f4256, 'vboxsf'],
  [0xbacbacbc, 'vmhgfs'],
  [0x7c7c6673, 'prl_fs'],
])

function fileSystemOf(folder: string): string {
  if (process.platform === 'win32') return /^(\\\\\?\\UNC\\|\\\\(?![?.]\\))/i.test(folder) ? 'unc' : ''
  if (process.platform === 'darwin') {
    // Loaded here, since a bot on Linux starts without it.
    const { spawnSync } = process.getBuiltinModule('node:child_process')
    const { stdout } = spawnSync('/sbin/mount', { encoding: 'utf8', timeout: 2_000 })
    return mountTypeOf(folder, parseMacMounts(stdout ?? ''))
  }
  // The kernel's answer costs microseconds; the mount table is read only to name what is refused.
  const kind = LINUX_MAGIC.get(statfsSync(folder).type >>> 0)
  if (kind !== 'fuse') return kind ?? ''
  return mountTypeOf(folder, parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))) || kind
}

export type Mount = Readonly<{ on: string; type: string }>

/** Reads `/proc/self/mountinfo`: field 5 is the mount point, the first after ` - ` the type. @see proc(5) */
export function parseMountInfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ')
    const on = left.split(' ')[4]
    const type = right.split(' ')[0]
    return on && type
      ? [{ on: on.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))), type }]
      : []
  })
}

/** Reads macOS `mount`: `//me@server/share on /Volumes/share (smbfs, nodev, …)`. */
export function parseMacMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const match = /^.+? on (\/.*) \(([^,)]+)/.exec(line)
    return match?.[1] && match[2] ? [{ on: match[1], type: match[2] }] : []
  })
}

/** The type of the innermost mount a folder lies on; of two on one point, the later covers the earlier. */
export function mountTypeOf(folder: string, mounts: readonly Mount[]): string {
  let best: Mount | undefined
  for (const mount of mounts) {
    const isAbove = mount.on === '/' || folder === mount.on || folder.startsWith(mount.on + '/')
    if (isAbove && mount.on.length >= (best?.on.length ?? 0)) best = mount
  }
  return best?.type ?? ''
}
