import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openHome } from '../../src/adapters/home/open-home.ts'
import { readLockRecord, whoHolds } from '../../src/adapters/lock/who-holds.ts'
import { signalIfSame } from '../../src/adapters/process/signal-process.ts'
import type { LockRecord } from '../../src/domain/lock/lock-record.ts'
import { askInstance } from '../support/guard-challenge.ts'
import { ACCOUNT, holderScript, refusalOf, startHolder } from '../support/guard-fleet.ts'
import { repoRoot } from '../support/repo-root.ts'
import { tempHome } from '../support/temp-home.ts'

const ask = (home: string) => whoHolds({ layout: openHome(home), challenge: askInstance }, ACCOUNT)

/** A detached holder and the process that started it, in a process group of its own. */
async function startDetached(home: string): Promise<{ starter: ChildProcess; record: LockRecord }> {
  const order = JSON.stringify({ home, accountId: ACCOUNT, instanceId: 'detached', outlive: true, answer: true })
  const starter = spawn(process.execPath, [join(repoRoot, 'test/support/guard-starter.ts'), holderScript, order], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(createInterface({ input: starter.stdout }), 'line')
  const record = readLockRecord(openHome(home).lockRecord(ACCOUNT)) as LockRecord
  onTestFinished(async () => {
    starter.kill('SIGKILL')
    await signalIfSame(record, 'SIGKILL')
  })
  return { starter, record }
}

describe('L13: a holder whose starter is killed', () => {
  it('goes on, and is found again by its instanceId', async () => {
    const home = openHome(tempHome()).root
    const { starter, record } = await startDetached(home)
    starter.kill('SIGKILL')
    await once(starter, 'exit')

    expect(await ask(home)).toEqual({ kind: 'alive', record })
    expect(refusalOf(await startHolder({ home })).code).toBe('account-held')
    expect(await signalIfSame(record, 'SIGKILL')).toBe('sent')
    await expect.poll(async () => (await ask(home)).kind, { timeout: 30_000 }).toMatch(/^(gone|zombie)$/)
  })
})

describe('L14: a terminal that hangs up', () => {
  it.skipIf(process.platform === 'win32')('does not reach a holder, which is in a session of its own', async () => {
    const home = openHome(tempHome()).root
    const { starter, record } = await startDetached(home)
    if (process.platform === 'linux') expect(sessionOf(record.pid)).toBe(record.pid)

    process.kill(-(starter.pid ?? Number.NaN), 'SIGHUP')
    await once(starter, 'exit')
    expect(await ask(home)).toEqual({ kind: 'alive', record })
  })

  /** Session id, field 6 of /proc/<pid>/stat. */
  function sessionOf(pid: number): number {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3])
  }
})
