/**
 * A process that takes an account's guard and tells how it went, one JSON value a line on standard output; then it
 * obeys commands, one a line on standard input, and answers each. It ends as a bot does: with the exit code of its
 * refusal, or 0 when its standard input closes (unless it was told to outlive that).
 */
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { parseAccountId, isAccountId } from '../../src/domain/account/account-id.ts'
import { EXIT_CODE_OF } from '../../src/domain/failure/refusal.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { acquireAccountGuard } from '../../src/adapters/lock/account-guard.ts'
import { whoHolds } from '../../src/adapters/lock/who-holds.ts'

export type HolderOrder = Readonly<{
  home: string
  accountId: string
  instanceId: string
  /** Go on when standard input closes, as a detached bot does. */
  outlive?: boolean
  /** Tell who held the account before trying for it. */
  look?: boolean
  /** Answer challenges on the account's control endpoint. */
  answer?: boolean
}>

const order = JSON.parse(process.argv[2] ?? '{}') as HolderOrder
const accountId = parseAccountId(order.accountId)
if (!isAccountId(accountId)) throw new Error(accountId.message)
const layout = homeLayout(order.home)
const tell = (value: unknown) => process.stdout.write(JSON.stringify(value) + '\n')

const before = order.look ? await whoHolds({ layout, challenge: () => Promise.resolve(undefined) }, accountId) : null
const outcome = acquireAccountGuard({
  layout,
  accountId,
  instanceId: order.instanceId,
  controlEndpoint: layout.botEndpoint(accountId),
  appVersion: '0.1.0',
  mode: 'paper',
  now: () => epochMs(Date.now()),
})
if (outcome.kind === 'refused') {
  tell({ ...outcome, before, clock: Date.now() })
  process.exit(EXIT_CODE_OF[outcome.refusal.code])
}
const { hold } = outcome
if (order.answer) await listen()
tell({ kind: 'held', record: hold.record, before, clock: Date.now() })

const COMMANDS: Record<string, (argument: string) => unknown> = {
  publish: (generation) => {
    hold.publish(Number(generation))
    return hold.record
  },
  release: () => {
    hold.release()
    return 'released'
  },
  /** What a careless program does: reads the guard's file like any other. */
  touch: () => readFileSync(layout.guard(accountId)).length,
  /** How many descriptors of its guard this process has open, and how many of any kind. */
  descriptors: () => {
    const open = readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`))
    return { guard: open.filter((it) => it === layout.guard(accountId)).length, all: open.length }
  },
  probe: () => whoHolds({ layout, challenge: () => Promise.resolve(order.instanceId) }, accountId),
  clock: () => Date.now(),
}

const input = createInterface({ input: process.stdin })
input.on('line', (line) => void obey(line))
input.on('close', () => {
  if (!order.outlive) process.exit(0)
})
const alive = setInterval(() => undefined, 1_000)
if (!order.outlive) alive.unref()

async function obey(line: string): Promise<void> {
  const [command = '', argument = ''] = line.split(' ')
  tell({ answer: await COMMANDS[command]?.(argument) })
}

async function listen(): Promise<void> {
  const endpoint = layout.botEndpoint(accountId as Exclude<typeof accountId, object>)
  // A socket left by a killed holder; safe to remove, since the guard is ours.
  if (process.platform !== 'win32') rmSync(endpoint, { force: true })
  const server = createServer((socket) => socket.on('error', () => undefined).end(order.instanceId))
  await new Promise<void>((resolve) => void server.listen(endpoint, resolve))
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
