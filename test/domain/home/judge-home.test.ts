import { describe, expect, it } from 'vitest'
import { judgeHome, type HomeFacts } from '../../../src/domain/home/judge-home.ts'

function factsOf(fields: Partial<HomeFacts> & { path?: string[]; markers?: Record<string, string[]> }): HomeFacts {
  const { path = ['home', 'ann', 'slipway'], markers = {}, ...rest } = fields
  return {
    home: '/' + path.join('/'),
    fileSystem: 'ext4',
    folders: path.map((name) => ({ name, markers: markers[name] ?? [] })),
    syncRoots: [],
    ...rest,
  }
}

describe('a home folder', () => {
  it.each(['ext4', 'xfs', 'btrfs', 'apfs', 'hfs', 'ntfs', 'tmpfs', 'overlay', 'zfs', ''])(
    'may be on a %s file system',
    (fileSystem) => {
      expect(judgeHome(factsOf({ fileSystem }))).toBeUndefined()
    },
  )

  it.each([
    'nfs',
    'nfs4',
    'smb2',
    'smbfs',
    'cifs',
    '9p',
    'fuse',
    'fuse.sshfs',
    'fuse.rclone',
    'fuseblk',
    'macfuse',
    'afpfs',
    'webdav',
    'ceph',
    'unc',
  ])('may not be on a %s file system', (fileSystem) => {
    expect(judgeHome(factsOf({ fileSystem }))).toEqual({
      code: 'home-unsuitable',
      message: expect.stringContaining(`/home/ann/slipway is on a network or virtual drive (${fileSystem})`),
      nextStep: expect.stringContaining('SLIPWAY_HOME'),
    })
  })

  it.each([
    [['c', 'Users', 'ann', 'OneDrive', 'slipway'], 'OneDrive'],
    [['c', 'Users', 'ann', 'OneDrive - Acme Ltd', 'slipway'], 'OneDrive'],
    [['home', 'ann', 'Dropbox', 'a', 'b'], 'Dropbox'],
    [['home', 'ann', 'Dropbox (Personal)'], 'Dropbox'],
    [['Users', 'ann', 'Library', 'Mobile Documents', 'x'], 'iCloud'],
    [['Users', 'ann', 'iCloudDrive'], 'iCloud'],
    [['Users', 'ann', 'Library', 'CloudStorage', 'Whatever'], 'a cloud drive'],
    [['Users', 'ann', 'Google Drive', 'x'], 'Google Drive'],
    [['home', 'ann', 'Nextcloud', 'x'], 'Nextcloud'],
    [['home', 'ann', 'ownCloud'], 'ownCloud'],
    [['home', 'ann', 'pCloudDrive'], 'pCloud'],
    [['home', 'ann', 'Proton Drive'], 'Proton Drive'],
  ])('may not be at %j, which is synchronised by %s', (path, client) => {
    expect(judgeHome(factsOf({ path }))).toMatchObject({
      code: 'home-unsuitable',
      message: expect.stringContaining(`synchronised by ${client},`),
    })
  })

  it.each([
    ['.stfolder', 'Syncthing'],
    ['.dropbox.cache', 'Dropbox'],
    ['.tmp.drivedownload', 'Google Drive'],
    ['.nextcloudsync.log', 'Nextcloud'],
  ])('may not be below a folder with %s in it, the mark of %s', (marker, client) => {
    expect(judgeHome(factsOf({ markers: { ann: [marker] } }))?.message).toContain(client)
  })

  it.each([
    ['/home/ann/slipway', '/home/ann'],
    ['C:\\Users\\ann\\Cloud\\slipway', 'c:\\users\\ANN\\cloud\\'],
    ['/home/ann', '/home/ann/'],
  ])('may not be at %s when %s is known to be synchronised', (home, root) => {
    expect(judgeHome(factsOf({ home, syncRoots: [root] }))?.code).toBe('home-unsuitable')
  })

  it.each(['/home/an', '/home/ann/other', ''])('may be beside the synchronised folder %j', (root) => {
    expect(judgeHome(factsOf({ syncRoots: [root] }))).toBeUndefined()
  })

  it.each([['MyDropboxOld'], ['Sync'], ['Box'], ['onedrive-backup'], ['icloud']])(
    'may be in a folder called %s',
    (name) => {
      expect(judgeHome(factsOf({ path: ['home', name] }))).toBeUndefined()
    },
  )
})
