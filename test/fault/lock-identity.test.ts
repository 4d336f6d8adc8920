import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openHome } from '../../src/adapters/home/open-home.ts'
import { readLockRecord, whoHolds } from '../../src/adapters/lock/who-holds.ts'
import type { LockRecord } from '../../src/domain/lock/lock-record.ts'
import { askInstance } from '../support/guard-challenge.ts'
import { ACCOUNT, holderScript, killedHolderIn, recordOf, refusalOf, startHolder } from '../support/guard-fleet.ts'
import { cannot } from '../support/guard-provocation.ts'
import { repoRoot } from '../support/repo-root.ts'
import { tempHome } from '../support/temp-home.ts'

const ask = (home: string) => whoHolds({ layout: openHome(home), challenge: askInstance }, ACCOUNT)
const support = (name: string) => join(repoRoot, 'test', 'support', name)

function leaveRecord(home: string, record: LockRecord): void {
  writeFileSync(openHome(home).lockRecord(ACCOUNT), JSON.stringify(record))
}

describe('L3: a stale record whose PID belongs to another process now', () => {
  it.skipIf(cannot('root', 'pidNamespace', 'lastPid'))('does not stop a start, nor is the process touched', () => {
    const home = openHome(tempHome()).root
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--fork', '--pid', '--mount-proc', process.execPath, support('guard-pid-reuse.ts'), home, holderScript, ACCOUNT],
      { encoding: 'utf8', timeout: 60_000 },
    )
    expect(stderr).toBe('')
    const { record, before, signalled, second, innocentLives } = JSON.parse(stdout) as Record<string, unknown>
    expect(before).toEqual({ kind: 'pid-reused', record, by: 'sleep' })
    expect(signalled).toBe('not-same')
    expect(second).toMatchObject({ kind: 'held' })
    expect(innocentLives).toBe(true)
  })
})

describe('L4: a record from elsewhere', () => {
  it.skipIf(process.platform !== 'linux')(
    'of an earlier boot is stale, though its PID and start time fit a living process',
    async () => {
      const home = openHome(tempHome()).root
      const living = recordOf(await startHolder({ home, accountId: 'beta-2' }))
      const record = { ...living, accountId: ACCOUNT, bootId: '00000000-0000-0000-0000-000000000000' }
      leaveRecord(home, record)

      expect(await ask(home)).toEqual({ kind: 'other-boot', record })
      expect((await startHolder({ home })).answer.kind).toBe('held')
    },
  )

  it('of another computer is refused in plain words, and left as it is', async () => {
    const home = openHome(tempHome()).root
    const dead = await killedHolderIn(home)
    const record = { ...dead, hostId: 'another computer', bootId: 'another boot' }
    leaveRecord(home, record)

    const holder = await startHolder({ home })
    expect(refusalOf(holder)).toMatchObject({
      code: 'other-host',
      message: expect.stringContaining('another computer'),
      nextStep: expect.stringContaining(openHome(home).lockRecord(ACCOUNT)),
    })
    expect(await holder.exitCode()).toBe(3)
    expect(readLockRecord(openHome(home).lockRecord(ACCOUNT))).toEqual(record)
    expect(await ask(home)).toEqual({ kind: 'other-host', record })
  })

  it.skipIf(cannot('root', 'pidNamespace'))(
    'of another PID namespace holds while its bot lives, and no longer',
    async () => {
      const home = openHome(tempHome()).root
      const inside = await startHolder({
        home,
        answer: true,
        through: ['unshare', '--fork', '--kill-child', '--pid', '--mount-proc'],
      })
      const record = recordOf(inside)
      expect(await ask(home)).toEqual({ kind: 'alive', record })
      const second = await startHolder({ home })
      expect(refusalOf(second).code).toBe('account-held')
      expect(second.answer).toMatchObject({ verdict: { kind: 'unknown', why: expect.stringContaining('container') } })

      await inside.kill('SIGKILL')
      expect((await startHolder({ home })).answer.kind).toBe('held')
    },
  )
})

describe('L5: a record whose PID we may not signal', () => {
  const NOBODY = 65_534

  it.skipIf(cannot('root'))('is stale, since that process is not ours', async () => {
    const home = openHome(tempHome()).root
    const dead = await killedHolderIn(home)
    leaveRecord(home, { ...dead, pid: 1, user: String(NOBODY) })
    giveAway(home, NOBODY)
    const holder = await startHolder({ home, uid: NOBODY, look: true })
    expect(holder.answer).toMatchObject({ kind: 'held', before: { kind: 'pid-reused', record: { pid: 1 } } })
  })

  it.skipIf(cannot('root', 'hiddenProc'))('is stale even where the system hides that process from us', async () => {
    const home = openHome(tempHome()).root
    const order = JSON.stringify({ home, accountId: ACCOUNT, instanceId: 'seen from nobody', look: true })
    const dead = await killedHolderIn(home)
    const script = `
      mount -o remount,hidepid=2 /proc
      sleep 600 & victim=$!
      sed -i "s/\\"pid\\": [0-9]*/\\"pid\\": $victim/; s/pid:\\[[0-9]*\\]/$(readlink /proc/self/ns/pid)/" "$1"
      exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups "$2" "$3" "$4"`
    writeFileSync(openHome(home).lockRecord(ACCOUNT), JSON.stringify({ ...dead, user: String(NOBODY) }, null, 1))
    giveAway(home, NOBODY)
    const { stdout } = spawnSync(
      'unshare',
      ['--fork', '--pid', '--mount-proc', 'sh', '-c', script, 'sh'].concat(
        openHome(home).lockRecord(ACCOUNT),
        process.execPath,
        holderScript,
        order,
      ),
      { encoding: 'utf8', input: '', timeout: 60_000 },
    )
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'held',
      before: { kind: 'pid-reused', by: 'another program' },
      record: { user: String(NOBODY) },
    })
  })

  function giveAway(home: string, uid: number): void {
    for (const name of ['.', ...readdirSync(home, { recursive: true, encoding: 'utf8' })])
      chownSync(join(home, name), uid, uid)
  }
})

describe('L6: a holder that is a zombie', () => {
  it.skipIf(cannot('shell'))('counts as dead', async () => {
    const home = openHome(tempHome()).root
    // The shell becomes a sleeper, which never asks how its child ended.
    const order = JSON.stringify({ home, accountId: ACCOUNT, instanceId: 'undead', outlive: true })
    const parent = spawn('sh', ['-c', '"$0" "$1" "$2" & exec sleep 600', process.execPath, holderScript, order], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(async () => {
      parent.kill('SIGKILL')
      await once(parent, 'exit')
    })
    await once(parent.stdout, 'data')
    const record = readLockRecord(openHome(home).lockRecord(ACCOUNT)) as LockRecord
    process.kill(record.pid, 'SIGKILL')

    await expect.poll(() => ask(home), { timeout: 30_000 }).toEqual({ kind: 'zombie', record })
    expect(process.kill(record.pid, 0)).toBe(true)
    expect((await startHolder({ home })).answer.kind).toBe('held')
  })
})
