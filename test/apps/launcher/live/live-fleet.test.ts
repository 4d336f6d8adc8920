import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { openLiveFleet, patchOf } from '../../../../src/apps/launcher/live/live-fleet.ts'
import type { AccountStatus } from '../../../../src/contracts/fleet.ts'
import { applyLive } from '../../../../renderer/fleet/fleet-view.ts'
import { accountStatus } from '../../../support/account-rows.ts'

const row = accountStatus

describe('the accounts as a page follows them', () => {
  it('are told with what has changed, and nothing else', () => {
    const before = row({ accountId: 'A1', position: 1 })
    expect(patchOf(before, { ...before })).toBeUndefined()
    expect(patchOf(before, { ...before, position: 2, holdings: [{ symbol: 'ESH5', quantity: 2 }] })).toEqual({
      accountId: 'A1',
      position: 2,
      holdings: [{ symbol: 'ESH5', quantity: 2 }],
    })
  })

  it('are told whole when something is not known any more', () => {
    const before = row({ warnings: 3 })
    const { warnings: _, ...after } = before
    expect(patchOf(before, after)).toBe('whole')
  })

  it('stand on every page as they are, whenever it came and went', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ kind: fc.constant('tell' as const), id: fc.nat(3), position: fc.nat(5) }),
            fc.record({ kind: fc.constant('remove' as const), id: fc.nat(3) }),
            fc.constant({ kind: 'read' as const }),
            fc.constant({ kind: 'reconnect' as const }),
          ),
          { maxLength: 60 },
        ),
        async (steps) => {
          const fleet = openLiveFleet('run', () => undefined)
          const truth = new Map<string, AccountStatus>()
          let page: readonly AccountStatus[] | undefined
          let lastId: string | undefined
          let told = 0
          let reader = fleet.ring.read(lastId, undefined)
          const readOne = async () => {
            const { value } = await reader.next()
            page = applyLive(page, value!.event)
            lastId = value!.id
          }
          for (const step of steps) {
            if (step.kind === 'tell') {
              const accountId = `A${step.id}`
              const next = row({ accountId, position: step.position })
              if (truth.get(accountId)?.position !== step.position) told++
              truth.set(accountId, next)
              fleet.tell([next])
            } else if (step.kind === 'remove') {
              if (truth.delete(`A${step.id}`)) told++
              fleet.remove(`A${step.id}`)
            } else if (step.kind === 'reconnect') reader = fleet.ring.read(lastId, undefined)
            else if (lastId !== `run-${told}`) await readOne()
          }
          while (lastId !== `run-${told}`) await readOne()
          const inOrder = [...truth.values()].toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1))
          expect(page).toEqual(inOrder)
        },
      ),
    ))
})
