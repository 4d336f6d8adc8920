import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { openPaperBooks } from '../../../src/adapters/paper-books/open-paper-books.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { openSimBroker } from '../../../src/engine/simulation/sim-broker.ts'
import { barOf, FUTURE, limit, market, orderOf, termsOf } from '../../support/simulation.ts'

const ACCOUNT = 'paper-1' as AccountId

describe('the simulated broker on a disk that fills up', () => {
  it('refuses what it cannot write down, forgets nothing, and goes on when there is space', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-full-'))
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=700k', 'tmpfs', disk]).status === 0
    if (!mounted) {
      rmSync(folder, { recursive: true })
      skip('this kernel or user may not mount a small file system')
    }
    try {
      const layout = homeLayout(disk)
      mkdirSync(layout.account(ACCOUNT), { recursive: true })
      const books = openPaperBooks({ layout, accountId: ACCOUNT, expectExisting: false })
      const broker = openSimBroker({ books, instrument: FUTURE, settings: termsOf(), defer: setImmediate })
      await broker.observe(barOf(0, [100, 100, 100, 100]), 'monday')
      await broker.submit(orderOf('e', 'buy', 1, market))
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(300_000))

      const taken: string[] = []
      const refused = await (async () => {
        for (let n = 0; n < 1_000; n++) {
          const id = `o${n}`
          try {
            await broker.submit(orderOf(id, 'buy', 1, limit(50)))
            taken.push(id)
          } catch (error) {
            return { id, error }
          }
        }
        return undefined
      })()
      expect(refused?.error).toBeInstanceOf(Refused)
      expect(refused?.error).toMatchObject({ refusal: { code: 'disk-full' } })
      const absent = await broker.orderByClientId(clientOrderId(refused?.id ?? ''))
      expect(absent).toEqual({ ok: true, value: undefined })

      rmSync(join(disk, 'ballast'))
      await broker.observe(barOf(1, [100, 100, 100, 100]), 'monday')
      expect(await broker.positions()).toMatchObject({ value: [{ quantity: 1 }] })
      expect(await broker.submit(orderOf(refused?.id ?? '', 'buy', 1, limit(50)))).toMatchObject({ ok: true })
      const open = await broker.openOrders()
      expect(open.ok && open.value.map((order) => order.clientOrderId)).toEqual([...taken, refused?.id])
      await broker.close()
    } finally {
      spawnSync('umount', [disk])
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
