import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import type { Refusal } from '../../src/domain/failure/refusal.ts'
import type { HolderVerdict, LockRecord } from '../../src/domain/lock/lock-record.ts'
import type { HolderOrder } from './guard-holder.ts'
import { programOf } from './programs/programs.ts'

export type HolderAnswer =
  | {
      readonly kind: 'held'
      readonly record: LockRecord
      readonly before: HolderVerdict | null
      readonly clock: number
    }
  | {
      readonly kind: 'refused'
      readonly refusal: Refusal
      readonly verdict: HolderVerdict
      readonly before: HolderVerdict | null
      readonly clock: number
    }

/** A guard holder in a process of its own. */
export type Holder = Readonly<{
  process: ChildProcess
  /** What it told after trying for the guard. */
  answer: HolderAnswer
  /** The PID it sees for itself, which is not ours to use where it runs in another PID namespace. */
  order: (command: string) => Promise<unknown>
  exitCode: () => Promise<number | null>
  /** Sends a signal and, where it kills, waits for the end. */
  kill: (signal: NodeJS.Signals) => Promise<void>
}>

export const ACCOUNT = 'alpha-1' as AccountId

export type HolderSetup = Partial<HolderOrder> &
  Readonly<{
    home: string
    /** A program and its arguments that run the holder: faketime, unshare. */
    through?: readonly string[]
    env?: NodeJS.ProcessEnv
    uid?: number
  }>

/** Starts a holder and waits for its word. It is killed when the test ends. */
export async function startHolder(setup: HolderSetup): Promise<Holder> {
  const { home, through = [], env = {}, uid, ...rest } = setup
  const order: HolderOrder = { home, accountId: ACCOUNT, instanceId: crypto.randomUUID(), ...rest }
  const command = [...through, process.execPath, holderScript, JSON.stringify(order)]
  const child = spawn(command[0] as string, command.slice(1), {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  return follow(child)
}

export const holderScript = programOf('guard-holder')

async function follow(child: ChildProcess): Promise<Holder> {
  if (!child.stdin || !child.stdout) throw new Error('a holder is spoken to over pipes')
  const { stdin, stdout } = child
  stdin.on('error', () => undefined)
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  onTestFinished(async () => {
    stdin.end()
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    await ended
  })
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const line = await lines.next()
    if (line.done) throw new Error(`the holder ended with exit code ${await ended} before it spoke`)
    return JSON.parse(line.value) as unknown
  }
  const answer = (await next()) as HolderAnswer
  return {
    process: child,
    answer,
    order: async (command) => {
      stdin.write(command + '\n')
      return ((await next()) as { answer: unknown }).answer
    },
    exitCode: () => ended,
    kill: async (signal) => {
      child.kill(signal)
      if (signal === 'SIGKILL' || signal === 'SIGTERM') await ended
    },
  }
}

/** The record of a holder that got the guard. */
export function recordOf(holder: Holder): LockRecord {
  if (holder.answer.kind !== 'held') throw new Error(`refused: ${holder.answer.refusal.message}`)
  return holder.answer.record
}

/** The refusal of a holder that did not. */
export function refusalOf(holder: Holder): Refusal {
  if (holder.answer.kind !== 'refused') throw new Error('the guard was given away')
  return holder.answer.refusal
}

/** A home whose last holder was killed and left its record behind. */
export async function killedHolderIn(home: string): Promise<LockRecord> {
  const holder = await startHolder({ home })
  await holder.kill('SIGKILL')
  return recordOf(holder)
}
