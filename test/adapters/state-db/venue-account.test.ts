import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { backupState, restoreState } from '../../../src/adapters/state-db/backup-state.ts'
import { readVenueAccount } from '../../../src/adapters/state-db/read-venue-account.ts'
import { STATE_MIGRATIONS } from '../../../src/adapters/state-db/schema.ts'
import type { VenueAccount } from '../../../src/domain/broker/venue-account.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { account, accountId } from '../../support/held-state.ts'

const U1: VenueAccount = { accountId: 'U1', mode: 'live', identity: 'BROKER U1', address: 'https://bridge.example/' }

describe('which account of its venue the books are about', () => {
  it('is kept, replaced by what is known better, and read beside the bot', () => {
    const { layout, open } = account()
    expect(readVenueAccount(layout, accountId)).toBeUndefined()
    const bot = open()
    expect([bot.venueAccount(), readVenueAccount(layout, accountId)]).toEqual([undefined, undefined])
    bot.transact(() => bot.saveVenueAccount(U1))
    expect([bot.venueAccount(), readVenueAccount(layout, accountId)]).toEqual([U1, U1])
    const plain: VenueAccount = { ...U1, mode: 'paper', identity: undefined }
    bot.transact(() => bot.saveVenueAccount(plain))
    bot.close()
    const again = open()
    expect(again.venueAccount()).toEqual(plain)
    again.close()
  })

  it('is unknown in a state from before it was kept, which goes on as it was', () => {
    const { layout, path, open } = account()
    const before = STATE_MIGRATIONS.findIndex((text) => text.includes('venue_account'))
    const old = new Database(path)
    for (const text of STATE_MIGRATIONS.slice(0, before)) old.exec(text)
    old.pragma(`user_version = ${before}`)
    old.exec("INSERT INTO positions VALUES ('ES', 2, '{}')")
    old.close()
    expect(readVenueAccount(layout, accountId)).toBeUndefined()
    const bot = open()
    expect([bot.venueAccount(), bot.openPositionSymbols()]).toEqual([undefined, ['ES']])
    bot.transact(() => bot.saveVenueAccount(U1))
    bot.close()
    expect(readVenueAccount(layout, accountId)).toEqual(U1)
  })

  it('is in a backup, and comes back with it', () => {
    const { layout, open } = account()
    const bot = open()
    bot.transact(() => bot.saveVenueAccount(U1))
    const { file } = backupState(layout, accountId, epochMs(1))
    bot.transact(() => bot.saveVenueAccount({ ...U1, identity: undefined }))
    bot.close()
    restoreState(layout, accountId, file, epochMs(2))
    expect(readVenueAccount(layout, accountId)).toEqual(U1)
  })
})
