import { execFileSync } from 'node:child_process'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { outboxRig } from '../../support/outbox-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

function fillUp(file: string): void {
  for (let size = 1 << 20; size >= 512;)
    try {
      appendFileSync(file, Buffer.alloc(size))
    } catch {
      size >>= 1
    }
}

describe('a full disk', () => {
  it('stops contributions being sent, says so once, and nothing is lost or sent as another when there is room', async ({
    skip,
  }) => {
    const mount = tempHome()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount], { stdio: 'ignore' })
    } catch {
      skip('no file system can be mounted here (needs root on Linux)')
    }
    onTestFinished(() => void execFileSync('umount', ['-l', mount]))
    const rig = outboxRig(mount, ['before', 'new'])
    onTestFinished(() => rig.close())
    for (let at = 1; at <= 3; at++) rig.trade({ at }, 'before')
    const delivery = rig.delivery()
    await rig.drain(delivery, 30_000)
    // One account has a book already, the other would begin one, and the key of the installation is there.
    for (let at = 4; at <= 6; at++) rig.trade({ at }, 'before')
    for (let at = 1; at <= 3; at++) rig.trade({ at }, 'new')
    const ballast = join(mount, 'ballast')
    fillUp(ballast)
    const sentBefore = rig.pool.asked.length
    await rig.drain(delivery, 120_000)
    // What was sent and could not be written down is sent again, and known there; nothing else leaves.
    expect(rig.pool.asked.length - sentBefore).toBeLessThanOrEqual(4 * 3)
    expect(rig.warnings.filter((one) => one.includes('disk is full')).length).toBeGreaterThan(0)
    expect(rig.warnings.filter((one) => one.includes('disk is full')).length).toBeLessThanOrEqual(4)
    rmSync(ballast)
    await rig.drain(delivery, 180_000)
    expect(rig.pool.stored.size).toBe(9)
    for (const [id, count] of [
      ['before', 6],
      ['new', 3],
    ] as const)
      expect(rig.view(id)).toMatchObject({ waiting: 0, parked: 0, deliveredToday: count })
  })
})
