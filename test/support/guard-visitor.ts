/**
 * A process that wants an account's guard a number of times, whatever it takes: each time it goes into a room that
 * only one may be in, leaves, and gives the guard back. Tells how often it got in and how often the room was taken.
 */
import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { acquireAccountGuard } from '../../src/adapters/lock/account-guard.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../src/domain/account/account-id.ts'
import { epochMs } from '../../src/domain/units/units.ts'

/**
 * `die`: the visitor kills itself inside, with the guard in its hands, on its last visit. `onCommand`: it tells that it
 * is there, then makes its visits anew for each line on standard input.
 */
export type VisitorOrder = Readonly<{
  home: string
  accountId: string
  visits: number
  die?: boolean
  onCommand?: boolean
}>

const order = JSON.parse(process.argv[2] ?? '{}') as VisitorOrder
const accountId = accountOf(order.accountId)
const layout = homeLayout(order.home)
const room = join(order.home, 'room')

let entered = 0
let overlaps = 0
const refusals = new Set<string>()
if (order.onCommand) {
  tell()
  for await (const _ of createInterface({ input: process.stdin })) await visit()
} else await visit()

async function visit(): Promise<void> {
  entered = 0
  overlaps = 0
  while (entered < order.visits) await tryOnce()
  tell()
}

async function tryOnce(): Promise<void> {
  const outcome = acquireAccountGuard({
    layout,
    accountId,
    instanceId: crypto.randomUUID(),
    controlEndpoint: '',
    appVersion: '0.1.0',
    mode: 'paper',
    now: () => epochMs(Date.now()),
  })
  if (outcome.kind === 'refused') {
    refusals.add(outcome.refusal.code)
    await delay(Math.random() * 60)
    return
  }
  entered++
  if (!enter()) overlaps++
  await delay(1)
  leave()
  if (order.die && entered === order.visits) {
    tell()
    process.kill(process.pid, 'SIGKILL')
  }
  outcome.hold.release()
}

function accountOf(text: string): AccountId {
  const parsed = parseAccountId(text)
  if (!isAccountId(parsed)) throw new Error(parsed.message)
  return parsed
}

function enter(): boolean {
  try {
    mkdirSync(room)
    return true
  } catch {
    return false
  }
}

function leave(): void {
  try {
    rmdirSync(room)
  } catch {
    overlaps++
  }
}

function tell(): void {
  process.stdout.write(JSON.stringify({ entered, overlaps, refusals: [...refusals] }) + '\n')
}
