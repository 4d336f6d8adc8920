import Database from 'better-sqlite3'
import { copyFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { backupState, restoreState } from '../../../src/adapters/state-db/backup-state.ts'
import { pruneOutbox } from '../../../src/apps/bot/prune-outbox.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { temporaryOutbox, trades } from '../../support/outbox-rig.ts'

describe('a bot at its start', () => {
  it('forgets what was delivered, and nothing that waits', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(250)) rig.trade({ at })
    await rig.drain(rig.delivery(), 6 * 60_000)
    expect(rig.view().deliveredToday).toBe(250)
    for (const at of trades(5, 251)) rig.trade({ at })
    const state = rig.states.get('acc')!
    // The last one of the delivered stays: by it the book knows the outbox again.
    expect(await pruneOutbox(rig.layout, rig.idOf('acc'), state, 0)).toBe(249)
    expect(state.outboxAfter(0, 100)).toHaveLength(6)
    expect(await pruneOutbox(rig.layout, rig.idOf('acc'), state, 0)).toBe(0)
    await rig.drain(rig.delivery(), 6 * 60_000)
    expect(rig.pool.stored.size).toBe(255)
    expect(rig.pool.asked).toHaveLength(255)
  })

  it('forgets nothing where there is no book, and nothing that only looks delivered', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(5)) rig.trade({ at })
    const state = rig.states.get('acc')!
    expect(await pruneOutbox(rig.layout, rig.idOf('acc'), state, 0)).toBe(0)
    const { file } = backupState(rig.layout, rig.idOf('acc'), epochMs(rig.clock))
    await rig.drain(rig.delivery(), 60_000)
    state.close()
    // Another account's book, put here by mistake.
    const other = temporaryOutbox(['acc'])
    for (const at of trades(5, 100)) other.trade({ at })
    await other.drain(other.delivery(), 60_000)
    copyFileSync(other.layout.deliveries(other.idOf('acc')), rig.layout.deliveries(rig.idOf('acc')))
    restoreState(rig.layout, rig.idOf('acc'), file, epochMs(rig.clock))
    rig.open('acc')
    expect(await pruneOutbox(rig.layout, rig.idOf('acc'), rig.states.get('acc')!, 0)).toBe(0)
  })

  it('and the trim of the book never let a row be sent twice', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(50)) rig.trade({ at })
    await rig.drain(rig.delivery(), 6 * 60_000)
    await pruneOutbox(rig.layout, rig.idOf('acc'), rig.states.get('acc')!, 0)
    rig.pass(40 * 86_400_000)
    await rig.turns(rig.delivery(), 2)
    const db = new Database(rig.layout.deliveries(rig.idOf('acc')), { readonly: true })
    expect(db.prepare('SELECT count(*) FROM deliveries').pluck().get()).toBe(1)
    db.close()
    rig.trade({ at: 51 })
    await rig.drain(rig.delivery(), 60_000)
    expect(rig.pool.asked).toHaveLength(51)
  })
})
