/**
 * Holds an account's guard as a removal does, without a record. At a line on standard input it waits a moment, takes the
 * account's settings away and lets go.
 */
import { renameSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { holdGuard } from '../../src/adapters/lock/heal-guard.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'

const [home, id] = process.argv.slice(2)
const layout = homeLayout(home!)
const accountId = id as AccountId
const guard = holdGuard(layout, layout.guard(accountId))
if (guard.kind !== 'held') throw new Error(guard.kind)
process.stdout.write('held\n')
process.stdin.once('data', () => {
  void delay(60).then(() => {
    const path = layout.settings(accountId)
    renameSync(path, `${path}.removed`)
    guard.hold.free()
    process.exit(0)
  })
})
