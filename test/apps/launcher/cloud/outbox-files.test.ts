import Database from 'better-sqlite3'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { backupState, restoreState } from '../../../../src/adapters/state-db/backup-state.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { temporaryOutbox, trades } from '../../../support/outbox-rig.ts'

describe('what happens to the files', () => {
  it('a deleted book: everything is sent again and stored once', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(8)) rig.trade({ at })
    const delivery = rig.delivery()
    await rig.drain(delivery, 60_000)
    for (const suffix of ['', '-wal', '-shm']) rmSync(rig.layout.deliveries(rig.idOf('acc')) + suffix, { force: true })
    await rig.drain(delivery, 120_000)
    expect(rig.pool.asked).toHaveLength(16)
    expect(rig.pool.stored.size).toBe(8)
    expect(rig.view()).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 8 })
  })

  it.each([
    ['garbage', (path: string) => writeFileSync(path, 'not a database at all, but long enough to be read'.repeat(200))],
    ['cut short', (path: string) => truncateSync(path, 5_000)],
    ['empty', (path: string) => truncateSync(path, 0)],
  ])('a damaged book (%s) goes to quarantine and a new one begins', async (_, damage) => {
    const rig = temporaryOutbox()
    for (const at of trades(8)) rig.trade({ at })
    await rig.drain(rig.delivery(), 60_000)
    const path = rig.layout.deliveries(rig.idOf('acc'))
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
    damage(path)
    await rig.drain(rig.delivery(), 120_000)
    expect(rig.pool.stored.size).toBe(8)
    expect(rig.view()).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 8 })
    if (_ !== 'empty') {
      expect(rig.warnings.join()).toContain('deliveries-damaged')
      expect(readdirSync(rig.layout.quarantine)).toHaveLength(1)
    }
  })

  it('an older state put back: what it has again is not sent again, what is new is', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(6)) rig.trade({ at })
    const { file } = backupState(rig.layout, rig.idOf('acc'), epochMs(rig.clock))
    for (const at of trades(4, 7)) rig.trade({ at })
    const delivery = rig.delivery()
    await rig.drain(delivery, 60_000)
    expect(rig.pool.asked).toHaveLength(10)
    rig.states.get('acc')!.close()
    restoreState(rig.layout, rig.idOf('acc'), file, epochMs(rig.clock))
    rig.open('acc')
    await rig.drain(delivery, 60_000)
    expect(rig.pool.asked).toHaveLength(10)
    // Trades 7 and 8 are made again, as they were; then another one.
    for (const at of [7, 8, 11]) rig.trade({ at })
    await rig.drain(delivery, 60_000)
    expect(rig.pool.asked).toHaveLength(11)
    expect(rig.pool.stored.size).toBe(11)
  })

  it('an older state put back while rows waited: they are forgotten, and sent if they come again', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(3)) rig.trade({ at })
    const { file } = backupState(rig.layout, rig.idOf('acc'), epochMs(rig.clock))
    rig.trade({ at: 4 })
    rig.pool.fail(() => 'unreachable')
    const delivery = rig.delivery()
    await rig.drain(delivery, 60_000)
    rig.states.get('acc')!.close()
    restoreState(rig.layout, rig.idOf('acc'), file, epochMs(rig.clock))
    rig.open('acc')
    rig.pool.fail(() => undefined)
    await rig.drain(delivery)
    expect(rig.view()).toMatchObject({ waiting: 0, deliveredToday: 3 })
    rig.trade({ at: 4 })
    await rig.drain(delivery)
    expect(rig.view()).toMatchObject({ waiting: 0, deliveredToday: 4 })
    expect(rig.pool.stored.size).toBe(4)
  })

  it('an account that begins anew names other trades alike: they are sent too', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(3)) rig.trade({ at, r: 1 })
    const delivery = rig.delivery()
    await rig.drain(delivery, 60_000)
    rig.states.get('acc')!.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(rig.layout.state(rig.idOf('acc')) + suffix, { force: true })
    rig.open('acc')
    for (const at of trades(3)) rig.trade({ at, r: at === 2 ? 1 : -1 })
    await rig.drain(delivery, 60_000)
    // The second is the same trade to the word: nobody learns from it twice.
    expect(rig.pool.stored.size).toBe(5)
  })

  it('a lost key of the installation: nothing that was sent is sent again', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(3)) rig.trade({ at })
    rig.pool.fail((_, call) => (call === 3 ? 'lost-after' : undefined))
    const delivery = rig.delivery()
    await rig.turns(delivery, 1)
    const before = readFileSync(rig.layout.installKey, 'utf8')
    expect(statSync(rig.layout.installKey).mode & 0o777).toBe(0o600)
    rmSync(rig.layout.installKey)
    rig.trade({ at: 4 })
    await rig.drain(delivery)
    expect(readFileSync(rig.layout.installKey, 'utf8')).not.toBe(before)
    expect(rig.pool.stored.size).toBe(4)
  })

  it('a state that is damaged keeps no other account waiting', async () => {
    const rig = temporaryOutbox(['bad', 'good'])
    rig.trade({ at: 1 }, 'bad')
    rig.trade({ at: 1 }, 'good')
    rig.states.get('bad')!.close()
    writeFileSync(rig.layout.state(rig.idOf('bad')), 'garbage'.repeat(1_000))
    await rig.drain(rig.delivery(), 120_000)
    expect(rig.pool.stored.size).toBe(1)
    expect(rig.warnings.filter((one) => one.startsWith('delivery-trouble'))).toHaveLength(1)
  })

  it('a book of a newer version is left alone', async () => {
    const rig = temporaryOutbox()
    rig.trade({ at: 1 })
    await rig.drain(rig.delivery(), 60_000)
    const db = new Database(rig.layout.deliveries(rig.idOf('acc')))
    db.pragma('user_version = 99')
    db.close()
    rig.trade({ at: 2 })
    await rig.drain(rig.delivery(), 60_000)
    expect(rig.pool.asked).toHaveLength(1)
    expect(rig.warnings.join()).toContain('newer Slipway')
  })

  it('an account that was removed without its folder goes on being delivered; a purged one is forgotten', async () => {
    const rig = temporaryOutbox(['acc', 'purged'])
    for (const id of ['acc', 'purged']) rig.trade({ at: 1 }, id)
    rig.states.get('purged')!.close()
    const delivery = rig.delivery()
    rmSync(rig.layout.account(rig.idOf('purged')), { recursive: true })
    await rig.drain(delivery, 60_000)
    expect(rig.pool.stored.size).toBe(1)
    expect(existsSync(rig.layout.account(rig.idOf('purged')))).toBe(false)
    expect(rig.warnings).toEqual([])
  })
})
