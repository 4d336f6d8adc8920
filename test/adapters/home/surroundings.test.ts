import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { mountTypeOf, parseMacMounts, parseMountInfo, SURROUNDINGS } from '../../../src/adapters/home/surroundings.ts'

const MOUNTINFO = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
61 27 0:52 / /home/ann/My\\040Drive rw,nosuid shared:3 master:1 - fuse.rclone gdrive: rw
62 61 8:1 / /home/ann/My\\040Drive/local rw - xfs /dev/sda1 rw
63 27 0:53 / /srv rw - nfs4 server:/srv rw
64 27 8:2 / /srv rw - ext4 /dev/sdb rw
`
const MAC = `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//ann@nas._smb._tcp.local/money on /Volumes/money on nas (smbfs, nodev, nosuid, mounted by ann)
`

describe('the mount table', () => {
  it.each([
    ['/home/ann', 'ext4'],
    ['/home/ann/My Drive/slipway', 'fuse.rclone'],
    ['/home/ann/My Drive/local/slipway', 'xfs'],
    ['/home/ann/My Drives', 'ext4'],
    ['/srv/slipway', 'ext4'],
  ])('of Linux puts %s on %s', (folder, type) => {
    expect(mountTypeOf(folder, parseMountInfo(MOUNTINFO))).toBe(type)
  })

  it.each([
    ['/Users/ann', 'apfs'],
    ['/Volumes/money on nas/slipway', 'smbfs'],
  ])('of macOS puts %s on %s', (folder, type) => {
    expect(mountTypeOf(folder, parseMacMounts(MAC))).toBe(type)
  })

  it('that can not be read says nothing', () => {
    expect(mountTypeOf('/home', parseMountInfo('garbage\n - \n'))).toBe('')
    expect(mountTypeOf('/home', parseMacMounts('garbage'))).toBe('')
  })
})

describe('the machine', () => {
  it('calls the temporary folder a local disk', () => {
    expect(SURROUNDINGS.fileSystemOf(tmpdir())).not.toMatch(/nfs|smb|fuse|9p/)
  })
})
