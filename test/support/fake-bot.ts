import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveBotControl } from '../../src/adapters/bot-control/serve-bot-control.ts'
import { writeLastExit } from '../../src/adapters/bot-process/write-last-exit.ts'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { acquireAccountGuard } from '../../src/adapters/lock/account-guard.ts'
import { BOT_EXIT, type BotStatus, type LastExit } from '../../src/contracts/bot-protocol.ts'
import { botStartOf } from '../../src/contracts/bot-start.ts'
import { isAccountId, parseAccountId } from '../../src/domain/account/account-id.ts'
import { refusal } from '../../src/domain/failure/refusal.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { botStatus } from './bot-status.ts'
import { tradeAnswer } from './trade-answers.ts'

/**
 * A bot that holds its guard, answers on its control socket and leaves in order, but trades nothing. A file `fake.txt`
 * in the account's folder says how it misbehaves; `starts.txt` gets a line with its PID at each start.
 */
export type FakeBehaviour =
  | 'trade'
  | 'crash-at-start'
  | 'crash-after-start'
  | 'end-feed'
  | 'refuse'
  | 'refuse-slowly'
  | 'refuse-full'
  | 'fill-disk'
  | 'ignore-stop'
  | 'refuse-stop'
  | 'stay-reconciling'
  | 'be-blocked'

const start = botStartOf(JSON.parse(readFileSync(0, 'utf8')))
if (start.checkOnly) process.exit(BOT_EXIT.ended)
const accountId = parseAccountId(start.accountId)
if (!isAccountId(accountId)) throw new Error('no account id')
const layout = homeLayout(start.home)
const folder = layout.account(accountId)
appendFileSync(join(folder, 'starts.txt'), `${process.pid}\n`)
const behaviour = behaviourIn(join(folder, 'fake.txt'))
if (behaviour === 'crash-at-start') throw new Error('the fake bot broke at its start')

const now = () => epochMs(Date.now())
const guard = acquireAccountGuard({
  layout,
  accountId,
  instanceId: start.instanceId,
  controlEndpoint: layout.botEndpoint(accountId),
  appVersion: 'fake',
  mode: 'paper',
  now,
})
if (guard.kind === 'refused') {
  process.stderr.write(`${JSON.stringify({ refused: guard.refusal })}\n`)
  process.exit(BOT_EXIT.held)
}
const { hold } = guard
if (behaviour === 'refuse') {
  process.stderr.write(
    `${JSON.stringify({ refused: refusal('data-missing', 'There are no bars of 6EH4.', 'Import some.') })}\n`,
  )
  hold.release()
  process.exit(2)
}

const full = refusal('disk-full', 'The disk is full: state.db was not written.', 'Free some space.')
if (behaviour === 'refuse-full') {
  process.stderr.write(`${JSON.stringify({ refused: full })}\n`)
  hold.release()
  process.exit(1)
}

let status: BotStatus = botStatus({
  instanceId: start.instanceId,
  accountId,
  pid: process.pid,
  state: 'starting',
  startedAt: now(),
})
const control = await serveBotControl({
  endpoint: layout.botEndpoint(accountId),
  instanceId: start.instanceId,
  status: () => status,
  onTrade: (request) => Promise.resolve(tradeAnswer(request)),
  async onRequest(command) {
    if (behaviour === 'refuse-stop') return refusal('broker-refused', 'The broker is closed.', 'Try at the open.')
    if (command.type === 'flatten') become({ position: 0 })
    else if (behaviour !== 'ignore-stop') setImmediate(() => void leave('requested'))
  },
})

if (start.flattenOnly) setTimeout(() => void leave('flattened'), 300)
if (behaviour === 'stay-reconciling') become({ state: 'reconciling' })
else if (behaviour === 'refuse-slowly') setTimeout(() => void refuseSlowly(), 50)
else if (behaviour === 'be-blocked') become({ state: 'blocked', stateReason: 'daily loss reached' })
else become({ state: 'trading', position: 2, tradesToday: 1, realizedPnlMinor: 12_345 })
if (behaviour === 'crash-after-start') setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50)
if (behaviour === 'fill-disk') setTimeout(() => void leaveFull(), 300)
if (behaviour === 'end-feed') setTimeout(() => void leave('feed-ended'), 50)

function become(change: Partial<BotStatus>): void {
  status = { ...status, ...change }
  control.pushStatus(status)
}

async function leave(reason: LastExit['reason']): Promise<void> {
  status = { ...status, state: 'stopped', stateReason: reason }
  writeLastExit(layout, accountId as never, {
    instanceId: start.instanceId,
    at: now(),
    state: 'stopped',
    reason,
    refusal: null,
    status,
  })
  await control.end(reason, null)
  hold.release()
  process.exit(BOT_EXIT.ended)
}

/** The disk that ended it takes no word of that either. */
async function leaveFull(): Promise<void> {
  become({ state: 'stopped', stateReason: 'refused', lastError: full.message })
  await control.end('refused', full.message)
  hold.release()
  process.exit(1)
}

/** Hangs up and takes its time to be gone: longer than the launcher takes between two looks at it. */
async function refuseSlowly(): Promise<void> {
  const refused = refusal('broker-refused', 'The broker does not let us in.', 'Correct the token.')
  become({ state: 'crashed', lastError: refused.message })
  process.stderr.write(`${JSON.stringify({ refused })}\n`)
  await control.end('refused', refused.message)
  setTimeout(() => {
    hold.release()
    process.exit(2)
  }, 4_500)
}

function behaviourIn(file: string): FakeBehaviour {
  try {
    return readFileSync(file, 'utf8').trim() as FakeBehaviour
  } catch {
    return 'trade'
  }
}
