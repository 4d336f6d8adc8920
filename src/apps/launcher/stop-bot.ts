import { setTimeout as delay } from 'node:timers/promises'
import { readLockRecord } from '../../adapters/lock/who-holds.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { signalIfSame } from '../../adapters/process/signal-process.ts'
import { readOpenThings, type OpenThings } from '../../adapters/state-db/read-open.ts'
import type { StopOutcome } from '../../contracts/fleet.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { Refused, refusal } from '../../domain/failure/refusal.ts'
import { mayBeHeld } from '../../domain/lock/lock-record.ts'
import { DEATH_MS, type BotLink, type BotLinkContext } from './bot-link.ts'

export type StopContext = Pick<BotLinkContext, 'layout' | 'whoHolds'> &
  Readonly<{ link: BotLink; accountId: AccountId; log: Log }>

/** What a bot that is stopped does first: close its positions, or leave its entry orders working. */
export type StopRequest = Readonly<{ flatten: boolean; keepOrders: boolean }>

/** Entry orders are canceled, an open position keeps its stop and target. */
export const IN_ORDER: StopRequest = { flatten: false, keepOrders: false }

/** Between two tries to reach a bot that lives, milliseconds. */
const AGAIN_MS = 100

/**
 * Asks a bot to end, and ends it by force when it does not.
 *
 * A bot that is to close its positions is never killed for being slow or silent: that would leave them to nobody.
 *
 * @param timeoutMs how long it may take to end when asked
 */
export async function stopBot(ctx: StopContext, request: StopRequest, timeoutMs: number): Promise<StopOutcome> {
  const { link, accountId } = ctx
  const end = performance.now() + timeoutMs
  const left = () => Math.max(1, end - performance.now())
  for (; !link.connection() && !(await link.attach()); await delay(AGAIN_MS)) {
    const verdict = await ctx.whoHolds(accountId)
    if (!mayBeHeld(verdict)) return stopOutcome(accountId, 'not-running')
    // One that answers by now was only busy.
    if (verdict.kind === 'alive' && performance.now() < end) continue
    return request.flatten ? unheard(accountId) : killBot(ctx)
  }
  try {
    await link.connection()?.request({ type: 'stop', ...request }, left())
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const isSilence = error.refusal.code === 'not-running' || error.refusal.code === 'timed-out'
    if (!isSilence) return stopOutcome(accountId, 'refused', error.refusal)
    if (request.flatten && error.refusal.code === 'timed-out') return unheard(accountId)
  }
  if (await link.gone(left())) return stopOutcome(accountId, 'stopped')
  if (!request.flatten) return killBot(ctx)
  const next = `See it with: slipway status ${accountId}; to end it as it is: slipway stop ${accountId}`
  return stopOutcome(
    accountId,
    'timed-out',
    refusal('timed-out', `The bot of ${accountId} is still closing its positions.`, next),
  )
}

/**
 * What to tell whoever stopped an account without a bot.
 *
 * @param wasWaiting one was about to start again, and is kept from it
 * @throws {Refused} its positions were to be closed, and its state can't be read
 */
export function foundNone(
  { layout, accountId }: Pick<StopContext, 'layout' | 'accountId'>,
  request: StopRequest,
  wasWaiting: boolean,
): StopOutcome {
  const { positions, orders } = request.flatten ? readOpenThings(layout, accountId) : NOTHING_OPEN
  if (positions.length === 0 && orders === 0) return stopOutcome(accountId, wasWaiting ? 'stopped' : 'not-running')
  const held = positions.map(({ symbol, quantity }) => `${quantity} ${symbol}`).join(', ')
  const open = [...(held === '' ? [] : [held]), ...(orders === 0 ? [] : [`${orders} open orders`])].join(' and ')
  const message = `No bot of ${accountId} runs, and nothing was closed: it has ${open}.`
  const next = `Close them with: slipway flatten ${accountId}`
  return stopOutcome(accountId, 'failed', refusal('not-reconciled', message, next))
}

const NOTHING_OPEN: OpenThings = { positions: [], orders: 0 }

/** It may hold positions that nobody but it can close; it is told as soon as it can be. */
function unheard(accountId: AccountId): StopOutcome {
  return stopOutcome(
    accountId,
    'timed-out',
    refusal(
      'timed-out',
      `The bot of ${accountId} does not answer, so its positions are not closed.`,
      `It is told as soon as it answers. Or end it as it is: slipway stop ${accountId}, then: slipway flatten ${accountId}`,
    ),
  )
}

/** Ends the process of the lock record by force, if it provably is that process. */
async function killBot({ layout, link, accountId, log }: StopContext): Promise<StopOutcome> {
  const holder = readLockRecord(layout.lockRecord(accountId))
  const sent = typeof holder === 'string' ? 'not-same' : await signalIfSame(holder, 'SIGKILL')
  if (sent === 'not-same' || typeof holder === 'string') {
    const message = `The bot of ${accountId} does not answer, and its process can't be identified beyond doubt.`
    return stopOutcome(accountId, 'failed', refusal('account-held', message, 'End it by hand, then try again.'))
  }
  const { pid, instanceId } = holder
  log.warn('bot-killed', `The bot of ${accountId} did not end when asked and was killed`, { accountId, pid })
  const isGone = link.connection() ? await link.gone(DEATH_MS) : await link.released(instanceId)
  if (isGone) return { ...stopOutcome(accountId, 'stopped'), killed: true }
  const stuck = refusal(
    'timed-out',
    `The bot of ${accountId} can't be ended: the system keeps its process.`,
    'Try again.',
  )
  return stopOutcome(accountId, 'failed', stuck)
}

function stopOutcome(
  accountId: AccountId,
  outcome: StopOutcome['outcome'],
  refused: StopOutcome['refusal'] = null,
): StopOutcome {
  return { accountId, outcome, killed: false, refusal: refused }
}
