import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import {
  acquireAccountGuard,
  acquireLauncherGuard,
  type GuardHold,
  type GuardOutcome,
} from '../../../src/adapters/lock/account-guard.ts'
import { holdExclusively, probeExclusive } from '../../../src/adapters/lock/exclusive-file.ts'
import { readLockRecord, whoHolds, whoHoldsLauncher } from '../../../src/adapters/lock/who-holds.ts'
import { ownIdentity } from '../../../src/adapters/process/own-identity.ts'
import { tempHome } from '../../support/temp-home.ts'

const ACCOUNT = 'alpha-1' as AccountId
const STARTED = epochMs(1_800_000_000_000)

function acquire(layout: HomeLayout, instanceId = 'i-1', accountId = ACCOUNT): GuardOutcome {
  const outcome = acquireAccountGuard({
    layout,
    accountId,
    instanceId,
    controlEndpoint: layout.botEndpoint(accountId),
    appVersion: '0.1.0',
    mode: 'live',
    now: () => STARTED,
  })
  if (outcome.kind === 'held') onTestFinished(() => outcome.hold.release())
  return outcome
}

function held(outcome: GuardOutcome): GuardHold {
  if (outcome.kind === 'held') return outcome.hold
  throw new Refused(outcome.refusal)
}

const nobodyAnswers = () => Promise.resolve(undefined)

describe('the guard of an account', () => {
  it('is held with a record of everything that tells its holder from others', () => {
    const layout = openHome(tempHome())
    const { record } = held(acquire(layout))
    expect(record).toEqual({
      version: 1,
      accountId: ACCOUNT,
      instanceId: 'i-1',
      ...ownIdentity(),
      appVersion: '0.1.0',
      mode: 'live',
      controlEndpoint: layout.botEndpoint(ACCOUNT),
      generation: 0,
      startedAt: STARTED,
    })
    expect(readLockRecord(layout.lockRecord(ACCOUNT))).toEqual(record)
  })

  it('is refused a second time, even to the process that holds it', () => {
    const layout = openHome(tempHome())
    held(acquire(layout))
    expect(acquire(layout, 'i-2')).toMatchObject({
      kind: 'refused',
      refusal: { code: 'account-held' },
      verdict: { kind: 'alive', record: { instanceId: 'i-1' } },
    })
  })

  it('can be released and taken again by the same process', () => {
    const layout = openHome(tempHome())
    const first = held(acquire(layout))
    first.release()
    expect(readLockRecord(layout.lockRecord(ACCOUNT))).toBe('missing')
    const second = held(acquire(layout, 'i-2'))
    first.release()
    expect(readLockRecord(layout.lockRecord(ACCOUNT))).toEqual(second.record)
    expect(probeExclusive(layout.guard(ACCOUNT))).toBe('held')
  })

  it('is taken over a record of this very process, left when it could not be removed', () => {
    const layout = openHome(tempHome())
    const first = held(acquire(layout))
    first.release()
    writeFileSync(layout.lockRecord(ACCOUNT), JSON.stringify(first.record))
    expect(held(acquire(layout, 'i-2')).record.instanceId).toBe('i-2')
  })

  it('publishes the generation its holder took, until it is released', () => {
    const layout = openHome(tempHome())
    const hold = held(acquire(layout))
    hold.publish(12)
    expect(hold.record.generation).toBe(12)
    expect(readLockRecord(layout.lockRecord(ACCOUNT))).toEqual(hold.record)
    hold.release()
    expect(() => hold.publish(13)).toThrow('released')
    expect(readLockRecord(layout.lockRecord(ACCOUNT))).toBe('missing')
  })

  it('does not stand in the way of another account or the launcher', () => {
    const layout = openHome(tempHome())
    held(acquire(layout))
    expect(acquire(layout, 'i-2', 'launcher' as AccountId).kind).toBe('held')
    const launcher = acquireLauncherGuard({ layout, instanceId: 'l-1', appVersion: '0.1.0', now: () => STARTED })
    expect(held(launcher).record).toMatchObject({
      accountId: null,
      mode: null,
      controlEndpoint: layout.launcherEndpoint,
    })
    onTestFinished(() => held(launcher).release())
    expect(acquireLauncherGuard({ layout, instanceId: 'l-2', appVersion: '0.1.0', now: () => STARTED })).toMatchObject({
      kind: 'refused',
      refusal: { code: 'account-held', nextStep: expect.stringContaining('slipway shutdown') },
    })
  })

  it('is refused, not thrown, when its folder is missing', () => {
    const layout = openHome(tempHome())
    rmSync(layout.guards, { recursive: true })
    expect(acquire(layout)).toMatchObject({ kind: 'refused', refusal: { code: 'guard-unavailable' } })
  })

  it('leaves no file of its own in the guards folder when it is refused', () => {
    const layout = openHome(tempHome())
    mkdirSync(layout.guardRepair)
    mkdirSync(layout.guard(ACCOUNT))
    expect(acquire(layout)).toMatchObject({ kind: 'refused', refusal: { code: 'guard-unavailable' } })
    expect(readdirSync(layout.guards).toSorted()).toEqual(['account_alpha-1.db', 'repair.db'])
  })

  it('is never mended while somebody else is mending', () => {
    const layout = openHome(tempHome())
    writeFileSync(layout.guard(ACCOUNT), 'garbage '.repeat(500))
    const repair = holdExclusively(layout.guardRepair)
    expect(acquire(layout)).toMatchObject({ kind: 'refused', refusal: { code: 'account-held' } })
    expect(readdirSync(layout.root)).not.toContain('quarantine')
    if (repair.kind === 'held') repair.hold.free()
    expect(acquire(layout).kind).toBe('held')
    expect(readdirSync(layout.quarantine)).toHaveLength(1)
  })
})

describe('who holds an account', () => {
  it('is nobody before anyone did', async () => {
    const layout = openHome(tempHome())
    expect(await whoHolds({ layout, challenge: nobodyAnswers }, ACCOUNT)).toEqual({ kind: 'free' })
    expect(await whoHoldsLauncher({ layout, challenge: nobodyAnswers })).toEqual({ kind: 'free' })
    expect(readdirSync(layout.guards)).toEqual([])
  })

  it('is the one that answers with the recorded instance', async () => {
    const layout = openHome(tempHome())
    const { record } = held(acquire(layout))
    const asked: string[] = []
    const challenge = (endpoint: string) => {
      asked.push(endpoint)
      return Promise.resolve('i-1')
    }
    expect(await whoHolds({ layout, challenge }, ACCOUNT)).toEqual({ kind: 'alive', record })
    expect(asked).toEqual([layout.botEndpoint(ACCOUNT)])
  })

  it.each([undefined, 'somebody else'])('does not respond when %s answers in its place', async (answer) => {
    const layout = openHome(tempHome())
    const { record } = held(acquire(layout))
    const verdict = await whoHolds({ layout, challenge: () => Promise.resolve(answer) }, ACCOUNT)
    expect(verdict).toEqual({ kind: 'unresponsive', record, paused: false })
  })

  it('is not known when the guard is free but the process on record lives', async () => {
    const layout = openHome(tempHome())
    const hold = held(acquire(layout))
    hold.release()
    writeFileSync(layout.lockRecord(ACCOUNT), JSON.stringify(hold.record))
    const verdict = await whoHolds({ layout, challenge: nobodyAnswers }, ACCOUNT)
    expect(verdict).toMatchObject({ kind: 'unknown', record: hold.record, why: expect.stringContaining('no longer') })
  })

  it('is not known when the guard is taken and no record says by whom', async () => {
    const layout = openHome(tempHome())
    const guard = holdExclusively(layout.guard(ACCOUNT))
    onTestFinished(() => (guard.kind === 'held' ? guard.hold.free() : undefined))
    expect(await whoHolds({ layout, challenge: nobodyAnswers }, ACCOUNT)).toMatchObject({ kind: 'unknown' })
  })
})
