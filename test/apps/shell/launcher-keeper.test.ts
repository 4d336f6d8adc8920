import { rmSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { connectLauncher } from '../../../src/adapters/launcher-client/connect-launcher.ts'
import { writeLockRecord } from '../../../src/adapters/lock/record-file.ts'
import { ownIdentity } from '../../../src/adapters/process/own-identity.ts'
import { keepLauncher, type LauncherKeeperContext } from '../../../src/apps/shell/launcher/launcher-keeper.ts'
import { refusal, Refused } from '../../../src/domain/failure/refusal.ts'
import type { LockRecord } from '../../../src/domain/lock/lock-record.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { addAccounts, isAlive, launched, startsOf, type Launched } from '../../support/launched.ts'
import { tempHome } from '../../support/temp-home.ts'

const RUNTIME = { folder: undefined, version: '2.0.0', node: 'node', launcher: 'launcher.mjs' }

/** A keeper in front of a launcher of this version, which ends when it is asked to. */
async function inFrontOf(version: string, fields: Partial<LauncherKeeperContext> = {}) {
  const old = await launched({ version })
  const homes: Launched[] = [old]
  void old.launcher.asked.then(() => old.launcher.close())
  let started = 0
  const states: string[] = []
  const keeper = keepLauncher({
    ...{ layout: old.layout, client: old.client, version: '2.0.0', replacesOlder: true, now: Date.now },
    prepare: async () => RUNTIME,
    async start() {
      started += 1
      const next = await launched({ layout: old.layout, version: '2.0.0' })
      homes.push(next)
      return next.client.api.health()
    },
    onChange: () => void states.push(keeper.get().kind),
    ...fields,
  })
  // The last one takes the home away; those before it have ended.
  onTestFinished(() => homes.at(-1)!.close())
  return { old, keeper, states, started: () => started }
}

describe('keeping a launcher', () => {
  it('takes over from an older one, while its bots go on', async () => {
    const { old, keeper, started } = await inFrontOf('1.9.0')
    await addAccounts(old, ['A1'])
    await old.client.api.bots.start({ ids: ['A1'], wait: true })
    const [bot] = startsOf(old.layout, 'A1')
    await keeper.ensure()
    expect(keeper.get()).toMatchObject({ kind: 'ready', health: { version: '2.0.0' } })
    expect(started()).toBe(1)
    expect(isAlive(bot!)).toBe(true)
    expect((await old.client.api.status({ id: 'A1' }))[0]).toMatchObject({ state: 'trading', pid: bot })
    expect(startsOf(old.layout, 'A1')).toHaveLength(1)
  })

  it('leaves one of the same version, or a newer one, alone', async () => {
    for (const version of ['2.0.0', '2.1.0']) {
      const { keeper, started } = await inFrontOf(version)
      await keeper.ensure()
      expect(keeper.get()).toMatchObject({ kind: 'ready', health: { version } })
      expect(started()).toBe(0)
    }
  })

  it('leaves an older one alone in a checkout, whose owner started it', async () => {
    const { keeper, started } = await inFrontOf('1.9.0', { replacesOlder: false })
    await keeper.ensure()
    expect(keeper.get()).toMatchObject({ kind: 'ready', health: { version: '1.9.0' } })
    expect(started()).toBe(0)
  })

  it('keeps the older one where the new programs can’t be put in place', async () => {
    const full = refusal('disk-full', 'The disk is full.', 'Free some space.')
    const { old, keeper } = await inFrontOf('1.9.0', { prepare: () => Promise.reject(new Refused(full)) })
    await keeper.ensure()
    expect(keeper.get()).toEqual({ kind: 'failed', refusal: full })
    expect((await old.client.api.health()).version).toBe('1.9.0')
    await keeper.look()
    expect(keeper.get().kind).toBe('ready')
  })

  it('starts one at a time, however often it is asked', async () => {
    const { old, keeper, started } = await inFrontOf('1.9.0')
    await Promise.all([keeper.ensure(), keeper.ensure(), keeper.look()])
    expect(started()).toBe(1)
    expect(old.layout.root).toBeTruthy()
  })
})

describe('a launcher that does not answer', () => {
  /** A keeper of a home where a record names a process, and nobody listens. */
  function withRecord(fields: Partial<LockRecord>) {
    const layout = openHome(tempHome())
    writeLockRecord(layout, layout.launcherRecord, {
      ...{ version: 1, accountId: null, instanceId: 'i', ...ownIdentity(), appVersion: '2.0.0', mode: null },
      ...{ controlEndpoint: layout.launcherEndpoint, generation: 0, startedAt: epochMs(0), ...fields },
    } as LockRecord)
    const began: string[] = []
    const failing = refusal('launcher-unreachable', 'It did not start.', 'Try again.')
    const keeper = keepLauncher({
      ...{ layout, client: connectLauncher({ endpoint: layout.launcherEndpoint }), version: '2.0.0', now: () => 0 },
      ...{ replacesOlder: true, prepare: async () => RUNTIME, onChange: () => undefined },
      start: () => {
        began.push('start')
        return Promise.reject(new Refused(failing))
      },
    })
    return { layout, keeper, began }
  }

  it('is given time while its process lives: it may just be ending', async () => {
    const { layout, keeper, began } = withRecord({})
    await keeper.look()
    expect(keeper.get().kind).toBe('starting')
    rmSync(layout.launcherRecord)
    await keeper.look()
    expect(keeper.get()).toMatchObject({
      kind: 'failed',
      refusal: { message: expect.stringContaining('was ended') as string },
    })
    expect(began).toEqual([])
  })

  it('is named when it hangs, and no second one is started beside it', async () => {
    const { keeper, began } = withRecord({})
    for (let looks = 0; looks < 8; looks += 1) await keeper.look()
    expect(keeper.get()).toMatchObject({
      refusal: { message: `The launcher (process ${process.pid}) runs and does not answer.` },
    })
    expect(began).toEqual([])
  })

  it('is brought back when its process is gone, three times and no more', async () => {
    const { keeper, began } = withRecord({ startTicks: '1' })
    for (let looks = 0; looks < 5; looks += 1) await keeper.look()
    expect(began).toHaveLength(3)
    await keeper.ensure()
    expect(began).toHaveLength(4)
  })
})
