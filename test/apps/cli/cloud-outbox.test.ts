import { mkdirSync, rmSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { slipway } from '../../support/cli-run.ts'
import { outboxRig } from '../../support/outbox-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

function rigOf(accounts: readonly string[]) {
  const home = tempHome()
  const rig = outboxRig(home, accounts)
  onTestFinished(() => rig.close())
  return { ...rig, home, run: (...args: string[]) => slipway(home, args) }
}

const REFUSAL = {
  kind: 'refused',
  code: 'key_conflict',
  message: 'Known with other words.',
  nextStep: '',
  requestId: '',
} as const

describe('slipway cloud outbox', () => {
  it('tells without a launcher what waits and what was put aside, and why', async () => {
    const rig = rigOf(['acc', 'idle'])
    for (const at of [1, 2, 3]) rig.trade({ at })
    rig.pool.fail((_, call) => (call === 1 ? REFUSAL : call === 2 ? undefined : 'unreachable'))
    await rig.turns(rig.delivery(), 1)
    const { code, stdout } = await rig.run('cloud', 'outbox', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([
      {
        accountId: 'acc',
        waiting: 1,
        parked: 1,
        lastTrouble: 'as the test says',
        parkedRows: [{ tradeId: 'acc/acc/T-1' }],
      },
      { accountId: 'idle', waiting: 0, parked: 0 },
    ])
    const people = await rig.run('cloud', 'outbox', 'acc')
    expect(people.stdout).toContain('acc/acc/T-1 (signal): key_conflict: Known with other words.')
    expect(people.stdout).toContain('slipway cloud retry acc')
    expect(people.stdout).not.toContain('idle')
  })

  it('tells of a removed account whose folder is still there, and refuses one there never was', async () => {
    const rig = rigOf(['gone'])
    rig.trade({ at: 1 })
    rmSync(rig.layout.settings(rig.idOf('gone')), { force: true })
    expect(JSON.parse((await rig.run('cloud', 'outbox', 'gone', '--json')).stdout)).toMatchObject([{ waiting: 1 }])
    const unknown = await rig.run('cloud', 'outbox', 'nobody')
    expect(unknown).toMatchObject({ code: 2, stdout: '' })
    expect((await rig.run('cloud', 'outbox', '../x')).code).toBe(2)
  })

  it('says what to do in a home without accounts', async () => {
    const home = tempHome()
    mkdirSync(home, { recursive: true })
    expect((await slipway(home, ['cloud', 'outbox'])).stdout).toContain('No accounts yet')
    expect(JSON.parse((await slipway(home, ['cloud', 'outbox', '--json'])).stdout)).toEqual([])
  })
})

describe('slipway cloud retry', () => {
  it('puts what was put aside among what waits, all of it or one trade’s', async () => {
    const rig = rigOf(['acc'])
    for (const at of [1, 2, 3]) rig.trade({ at })
    rig.pool.fail(() => REFUSAL)
    await rig.turns(rig.delivery(), 1)
    const one = await rig.run('cloud', 'retry', 'acc', '--trade', 'acc/acc/T-2', '--json')
    expect(JSON.parse(one.stdout)).toEqual({ accountId: 'acc', retried: 1 })
    expect((await rig.run('cloud', 'retry', 'acc')).stdout).toContain('2 contributions of acc will be sent again')
    expect((await rig.run('cloud', 'retry', 'acc')).stdout).toContain('Nothing of acc was put aside')
    rig.pool.fail(() => undefined)
    await rig.turns(rig.delivery(), 2)
    expect(rig.view()).toMatchObject({ waiting: 0, parked: 0 })
    expect((await rig.run('cloud', 'retry', 'nobody')).code).toBe(2)
  })
})
