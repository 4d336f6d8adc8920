/**
 * Runs as the first process of a fresh PID namespace: kills a guard holder, lets an innocent process be born with the
 * holder's PID, and starts another holder. Tells what happened as one JSON value on standard output.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { whoHolds } from '../../src/adapters/lock/who-holds.ts'
import { signalIfSame } from '../../src/adapters/process/signal-process.ts'
import { isAccountId, parseAccountId } from '../../src/domain/account/account-id.ts'
import type { HolderAnswer } from './guard-fleet.ts'

const [home = '', holderScript = '', account = ''] = process.argv.slice(2)
const accountId = parseAccountId(account)
if (!isAccountId(accountId)) throw new Error(accountId.message)

const first = await hold('first')
if (first.answer.kind !== 'held') throw new Error(first.answer.refusal.message)
const { record } = first.answer
first.child.kill('SIGKILL')
await once(first.child, 'exit')

const innocent = await bornWithPid(record.pid)
const before = await whoHolds({ layout: homeLayout(home), challenge: () => Promise.resolve(undefined) }, accountId)
const signalled = await signalIfSame(record, 'SIGKILL')
const second = await hold('second')
const innocentLives = innocent.exitCode === null && innocent.signalCode === null && process.kill(record.pid, 0)
process.stdout.write(JSON.stringify({ record, before, signalled, second: second.answer, innocentLives }) + '\n')
second.child.kill('SIGKILL')
innocent.kill('SIGKILL')

async function hold(instanceId: string): Promise<{ child: ChildProcess; answer: HolderAnswer }> {
  const order = { home, accountId, instanceId }
  const child = spawn(process.execPath, [holderScript, JSON.stringify(order)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, answer: JSON.parse(line) as HolderAnswer }
}

/** Threads take numbers too, so the kernel is told again until one sleeper gets the one we want. */
async function bornWithPid(pid: number): Promise<ChildProcess> {
  for (let attempt = 0; attempt < 200; attempt++) {
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1))
    const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' })
    if (sleeper.pid === pid) return sleeper
    sleeper.kill('SIGKILL')
    await once(sleeper, 'exit')
  }
  throw new Error(`no process could be born as ${pid}`)
}
