import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { openHome } from '../../src/adapters/home/open-home.ts'
import { acquireAccountGuard, type GuardOutcome } from '../../src/adapters/lock/account-guard.ts'
import { probeExclusive } from '../../src/adapters/lock/exclusive-file.ts'
import { readLockRecord, whoHolds } from '../../src/adapters/lock/who-holds.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { askInstance } from '../support/guard-challenge.ts'
import { ACCOUNT, killedHolderIn, recordOf, refusalOf, startHolder } from '../support/guard-fleet.ts'
import { cannot } from '../support/guard-provocation.ts'
import { tempHome } from '../support/temp-home.ts'

const ask = (home: string) => whoHolds({ layout: openHome(home), challenge: askInstance }, ACCOUNT)

function acquireHere(layout: HomeLayout): GuardOutcome {
  return acquireAccountGuard({
    layout,
    accountId: ACCOUNT,
    instanceId: 'the next',
    controlEndpoint: '',
    appVersion: '0.1.0',
    mode: 'paper',
    now: () => epochMs(0),
  })
}

describe('L1: a second start while the bot is alive', () => {
  it('is refused with exit code 3 and names the holder', async () => {
    const home = openHome(tempHome()).root
    const first = await startHolder({ home })
    const second = await startHolder({ home })

    expect(refusalOf(second)).toMatchObject({
      code: 'account-held',
      message: expect.stringMatching(new RegExp(`account ${ACCOUNT} .* process ${recordOf(first).pid} since .* UTC`)),
      nextStep: expect.stringContaining(`slipway stop ${ACCOUNT}`),
    })
    expect(await second.exitCode()).toBe(3)
    expect(readLockRecord(openHome(home).lockRecord(ACCOUNT))).toEqual(recordOf(first))
  })

  it('lets exactly one of 20 parallel starters win', async () => {
    const home = openHome(tempHome()).root
    const holders = await Promise.all(Array.from({ length: 20 }, () => startHolder({ home })))

    const winners = holders.filter((it) => it.answer.kind === 'held')
    expect(winners).toHaveLength(1)
    const losers = holders.filter((it) => it.answer.kind === 'refused')
    expect(new Set(losers.map((it) => refusalOf(it).code))).toEqual(new Set(['account-held']))
    expect(readLockRecord(openHome(home).lockRecord(ACCOUNT))).toEqual(recordOf(winners[0]!))
  })

  it('is not refused because somebody only looks who holds the account', async () => {
    const layout = openHome(tempHome())
    let isOver = false
    const looking = (async () => {
      for (; !isOver; await setImmediate()) probeExclusive(layout.guard(ACCOUNT))
    })()
    for (let round = 0; round < 5; round++) {
      const holder = await startHolder({ home: layout.root })
      expect(holder.answer.kind).toBe('held')
      await holder.kill('SIGKILL')
    }
    isOver = true
    await looking
  })

  it('does not keep another account from starting', async () => {
    const home = openHome(tempHome()).root
    await startHolder({ home })
    expect((await startHolder({ home, accountId: 'beta-2' })).answer.kind).toBe('held')
  })
})

describe('L2: a bot that was killed with kill -9', () => {
  it('is replaced by the next start, with a new instance on record', async () => {
    const home = openHome(tempHome()).root
    const dead = await killedHolderIn(home)
    expect(await ask(home)).toEqual({ kind: 'gone', record: dead })

    const next = await startHolder({ home, answer: true })
    expect(recordOf(next).instanceId).not.toBe(dead.instanceId)
    expect(await ask(home)).toEqual({ kind: 'alive', record: recordOf(next) })
  })

  it('is not taken for one whose guard was stolen, in the moment when its guard is free and its PID is not', async () => {
    const layout = openHome(tempHome())
    const refusals = new Set<string>()
    for (let round = 0; round < 20; round++) {
      const holder = await startHolder({ home: layout.root })
      const dead = holder.kill('SIGKILL')
      let next = acquireHere(layout)
      for (; next.kind === 'refused'; next = acquireHere(layout)) refusals.add(next.refusal.message)
      next.hold.release()
      await dead
    }
    expect([...refusals].filter((it) => it.includes('replaced'))).toEqual([])
  })

  it('has its new generation on record as soon as the new holder publishes it', async () => {
    const home = openHome(tempHome()).root
    const holder = await startHolder({ home })
    await holder.order('publish 7')
    expect(readLockRecord(openHome(home).lockRecord(ACCOUNT))).toEqual({ ...recordOf(holder), generation: 7 })
  })

  it('leaves no record when it ends in order', async () => {
    const home = openHome(tempHome()).root
    const holder = await startHolder({ home })
    await holder.order('release')
    expect(await ask(home)).toEqual({ kind: 'free' })
    expect((await startHolder({ home })).answer.kind).toBe('held')
  })
})

describe('L7: a bot stopped by SIGSTOP', () => {
  it.skipIf(process.platform === 'win32')('keeps its account, and goes on with it after SIGCONT', async () => {
    const home = openHome(tempHome()).root
    const holder = await startHolder({ home, answer: true })
    await holder.kill('SIGSTOP')

    expect(await ask(home)).toEqual({ kind: 'unresponsive', record: recordOf(holder), paused: true })
    const second = await startHolder({ home })
    expect(refusalOf(second)).toMatchObject({
      code: 'account-held',
      nextStep: expect.stringContaining(`kill -CONT ${recordOf(holder).pid}`),
    })

    await holder.kill('SIGCONT')
    expect(await holder.order('publish 1')).toMatchObject({ generation: 1 })
    expect(await ask(home)).toMatchObject({ kind: 'alive' })
  })

  it('is told from one that lives but does not answer', async () => {
    const home = openHome(tempHome()).root
    const holder = await startHolder({ home, answer: false })
    expect(await ask(home)).toEqual({ kind: 'unresponsive', record: recordOf(holder), paused: false })
  })
})

describe('L8: a clock that is wrong', () => {
  // Threads wait on the monotonic clock; faking that too would hang the runtime, not the program under test.
  const env = { FAKETIME_DONT_FAKE_MONOTONIC: '1' }
  const HOUR = 3_600_000
  const SHIFTS = [
    ['+1h', HOUR],
    ['-1h', -HOUR],
    ['+365d', 365 * 24 * HOUR],
    ['-365d', -365 * 24 * HOUR],
  ] as const
  const isMoved = (clock: number, shift: number) => Math.abs(clock - Date.now() - shift) < HOUR / 2
  const skip = cannot('movedClock')

  it.skipIf(skip).each(SHIFTS)('of %s on the contender takes nothing over', async (text, shift) => {
    const home = openHome(tempHome()).root
    const holder = await startHolder({ home })
    const second = await startHolder({ home, through: ['faketime', '-f', text], env })

    expect(isMoved(second.answer.clock, shift)).toBe(true)
    expect(refusalOf(second).code).toBe('account-held')
    expect(await holder.order('publish 1')).toMatchObject({ generation: 1 })
  })

  it.skipIf(skip).each(SHIFTS)('of %s on the holder neither loses the account nor keeps it', async (text, shift) => {
    const home = openHome(tempHome()).root
    const holder = await startHolder({ home, through: ['faketime', '-f', text], env })
    expect(isMoved(holder.answer.clock, shift)).toBe(true)
    expect(refusalOf(await startHolder({ home })).code).toBe('account-held')

    process.kill(recordOf(holder).pid, 'SIGKILL')
    await holder.exitCode()
    expect((await startHolder({ home })).answer.kind).toBe('held')
  })
})
