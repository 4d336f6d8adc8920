import { existsSync } from 'node:fs'
import { readLastExit } from '../../adapters/bot-process/last-exit.ts'
import {
  readSupervision,
  writeSupervision,
  type SupervisionRecord,
} from '../../adapters/bot-process/supervision-record.ts'
import { asSystemRefusal } from '../../adapters/process/system-busy.ts'
import { heldByOther } from '../../adapters/lock/guard-refusals.ts'
import { readLockRecord } from '../../adapters/lock/who-holds.ts'
import type { StartOutcome, StopOutcome } from '../../contracts/fleet.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { mayPass, restartDelay, retryDelay } from '../../domain/bot/supervise.ts'
import type { BotState } from '../../domain/bot/bot.ts'
import { Refused, refusal } from '../../domain/failure/refusal.ts'
import { describeHolder, mayBeHeld, type HolderVerdict } from '../../domain/lock/lock-record.ts'
import { epochMs } from '../../domain/units/units.ts'
import { adoptWithin } from './adopt-within.ts'
import { askToBook, askToTrade } from './ask-to-trade.ts'
import { bearBot } from './bear-bot.ts'
import { explainEnding, moveAfter, type Death, type ExplainedEnding } from './bot-ending.ts'
import { DEATH_MS, openBotLink } from './bot-link.ts'
import { botFailed, endOutcome, holderOf, isEnding, startOutcome, type BotPhase, type BotView } from './bot-phase.ts'
import { settleWithin } from './settle-within.ts'
import { foundNone, stopBot, type StopRequest } from './stop-bot.ts'
import type { SupervisedBot, SupervisionContext } from './supervision.ts'
import { together } from './together.ts'

export type { SupervisedBot, SupervisionContext } from './supervision.ts'

/** Milliseconds. */
const STOP_RESUMED_MS = 30_000
/** Of a bot that has got to its work: whoever started it has been told so. */
const IS_UP: ReadonlySet<BotState> = new Set<BotState>(['trading', 'blind', 'blocked'])

/**
 * Keeps one account's bot as a person wants it: starts, watches, restarts after crashes, stops.
 *
 * What is wanted is written to disk before anything is done about it. Actions on one account happen one after another.
 */
export function superviseBot(ctx: SupervisionContext, accountId: AccountId): SupervisedBot {
  const { layout, log, now } = ctx
  let record: SupervisionRecord = readSupervision(layout, accountId)
  let phase: BotPhase = record.gaveUp
    ? { kind: 'crashed' }
    : { kind: 'idle', reason: readLastExit(layout, accountId)?.reason ?? null }
  let restartTimer: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let judgedRecord: string | undefined
  let left: HolderVerdict | undefined
  /** A person waits for the bot that is being started, and is told what becomes of it. */
  let isAwaited = false
  /** Starts in a row that were refused. */
  let refusals = 0
  let isClosed = false
  const listeners = new Set<() => void>()
  const starting = together(() => inTurn(startNow))
  const looking = together(() => inTurn(lookNow))

  const view = (): BotView => ({ phase, lastError: record.lastError, holder: holderOf(phase, left) })
  const outcome = (kind: StartOutcome['outcome'], refused?: StartOutcome['refusal']) =>
    startOutcome(accountId, view(), kind, refused)

  const link = openBotLink(
    {
      layout,
      whoHolds: ctx.whoHolds,
      onStatus(status, answers) {
        cancelRestart()
        left = undefined
        if (IS_UP.has(status.state)) [isAwaited, refusals] = [false, 0]
        become({ kind: 'attached', status, answers })
      },
      onSilent(pid) {
        log.warn('bot-silent', `The bot of ${accountId} closed its control socket but lives on`, { accountId, pid })
        become({ kind: 'silent', holder: 'It closed its control socket but lives on.', pid })
      },
      onGone: (death) => void afterDeath(death),
    },
    accountId,
  )

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  function become(next: BotPhase): void {
    phase = next
    ctx.onChange(accountId)
    for (const listener of [...listeners]) listener()
  }

  function remember(change: Partial<SupervisionRecord>): void {
    record = { ...record, ...change }
    writeSupervision(layout, accountId, record)
  }

  function cancelRestart(): void {
    clearTimeout(restartTimer)
    restartTimer = undefined
  }

  /** Decides what follows from the end of a bot, writes it down, then does it. */
  function afterDeath(death: Death): ExplainedEnding {
    const explained = explainEnding(layout, accountId, death, now())
    const { ending } = explained
    const reason = ending.kind === 'ended' ? ending.reason : null
    const error = reason === 'flattened' ? record.lastError : explained.error
    if (reason === 'refused') refusals++
    const asked = { isAwaited, refusals: Math.max(1, refusals), now: now(), draw: ctx.random() }
    const move = moveAfter(explained, record, asked)
    isAwaited = false
    const fields = { accountId, instanceId: death.instanceId, next: move.kind, error }
    log.info('bot-ended', `The bot of ${accountId} ended: ${reason ?? 'crashed'}`, fields)
    try {
      if (move.kind === 'rest') {
        remember({ wanted: 'stopped', gaveUp: false, lastError: error })
        become({ kind: 'idle', reason, ...(explained.refusal ? { refused: explained.refusal } : {}) })
      } else if (move.kind === 'give-up') {
        remember({ ...move.history, gaveUp: true, lastError: error })
        become({ kind: 'crashed' })
      } else {
        remember({ ...move.history, lastError: error })
        becomeLater(move.delayMs)
      }
    } catch (failure) {
      log.error('supervision-failed', `The state of ${accountId} could not be written`, { accountId, error: failure })
      // What can't be written down must not be acted on; that the bot is wanted has been on disk all the time.
      if (move.kind === 'restart') becomeLater(move.delayMs)
      else become({ kind: 'crashed' })
    }
    return explained
  }

  function becomeLater(delayMs: number): void {
    cancelRestart()
    restartTimer = setTimeout(() => void inTurn(restart), delayMs).unref()
    become({ kind: 'backing-off', until: epochMs(now() + delayMs) })
  }

  async function restart(): Promise<void> {
    if (phase.kind !== 'backing-off' || isClosed) return
    restartTimer = undefined
    try {
      if (!(await link.attach())) await giveBirth()
    } catch (thrown) {
      const error = asSystemRefusal(thrown)
      const why = error instanceof Error ? error.message : String(error)
      // Said once: it is tried again and again until somebody opens the vault, or makes room.
      if (why !== record.lastError)
        log.error('bot-start-failed', `The bot of ${accountId} could not be started`, { accountId, error })
      record = { ...record, lastError: why }
      const code = error instanceof Refused ? error.refusal.code : ''
      if (mayPass(code)) becomeLater(retryDelay(code, ++refusals, ctx.random()))
      else become({ kind: 'crashed' })
    }
  }

  async function startNow(): Promise<StartOutcome> {
    if (isEnding(phase) && !(await link.gone(DEATH_MS)))
      return outcome('refused', refusal('account-held', `The bot of ${accountId} is still ending.`, 'Try again soon.'))
    if (link.connection() || (await link.attach())) {
      const instanceId = link.connection()?.instanceId ?? null
      if (record.wanted !== 'running') remember({ wanted: 'running', ending: null, gaveUp: false, instanceId })
      return outcome('already-running')
    }
    // A bot beside one that is only silent would be refused, and the end of it taken for the end of that one.
    const holder = phase.kind === 'silent' ? await ctx.whoHolds(accountId) : undefined
    if (holder && mayBeHeld(holder)) return outcome('refused', heldByOther(holder, accountId))
    cancelRestart()
    const before = record
    remember({ wanted: 'running', ending: null, crashes: [], streak: 0, gaveUp: false, lastError: null })
    try {
      isAwaited = true
      refusals = 0
      return await giveBirth()
    } catch (error) {
      isAwaited = false
      // What was to be tried again before is tried again: it must not wait for ever because a person asked in between.
      if (phase.kind === 'backing-off') becomeLater(restartDelay(1, ctx.random()))
      // Nothing was started, and whoever asked is told why: a later launcher must not try it on its own.
      remember(before)
      throw error
    }
  }

  async function giveBirth(): Promise<StartOutcome> {
    const parts = { ...ctx, link, onSpawned: become, onNamed: (instanceId: string) => remember({ instanceId }) }
    const birth = await bearBot(parts, accountId)
    if (birth.kind === 'ended') return endOutcome(accountId, view())
    if (birth.kind !== 'died') return outcome(birth.kind)
    const { ending, refusal: said } = afterDeath(birth.death)
    if (said) return outcome('refused', said)
    const isOrderly = ending.kind === 'ended' && ending.reason !== 'failed'
    return isOrderly ? outcome('ended') : outcome('failed', botFailed(accountId, record.lastError))
  }

  async function stopNow(request: StopRequest, timeoutMs: number): Promise<StopOutcome> {
    cancelRestart()
    const before = record
    let isWritten = true
    try {
      remember({ wanted: 'stopped', ending: request, gaveUp: false, crashes: [], streak: 0 })
    } catch (error) {
      // A full disk must not keep anybody from stopping a bot.
      isWritten = false
      log.error('supervision-failed', `The state of ${accountId} could not be written`, { accountId, error })
    }
    const wasWaiting = phase.kind === 'backing-off'
    const stopped = await stopBot({ ...ctx, link, accountId }, request, timeoutMs)
    if (stopped.outcome === 'refused') remember(before)
    else if (stopped.outcome === 'timed-out') return stopped
    // What had ended before keeps the reason it ended for.
    else if (stopped.killed || (stopped.outcome === 'not-running' && phase.kind !== 'idle')) {
      remember({ gaveUp: false, lastError: null })
      become({ kind: 'idle', reason: 'requested' })
    }
    if (isWritten && record.ending && !link.connection()) remember({ ending: null })
    return stopped.outcome === 'not-running' ? foundNone({ layout, accountId }, request, wasWaiting) : stopped
  }

  async function adoptNow(): Promise<void> {
    if (link.connection() || (await link.attach())) return finishStop()
    if (record.wanted !== 'running' || record.gaveUp) return lookForStranger()
    const verdict = await ctx.whoHolds(accountId)
    if (mayBeHeld(verdict)) return becomeSilent(verdict)
    const held = 'record' in verdict ? verdict.record : undefined
    afterDeath({ instanceId: record.instanceId, startedAt: held?.startedAt ?? now() })
  }

  /** A stop that was written down and perhaps never sent: an earlier launcher was killed, or the bot did not answer. */
  async function finishStop(): Promise<void> {
    const { wanted, ending, instanceId } = record
    if (wanted === 'running' || !ending || link.connection()?.instanceId !== instanceId) return
    log.info('stop-resumed', `The bot of ${accountId} was to be stopped and did not hear of it`, { accountId })
    await stopNow(ending, STOP_RESUMED_MS)
  }

  /** A bot somebody started without us; its lock record tells that there may be one. */
  async function lookForStranger(): Promise<void> {
    const seen = readLockRecord(layout.lockRecord(accountId))
    const instance = typeof seen === 'string' ? seen : seen.instanceId
    if (instance === 'missing' || instance === judgedRecord) return
    const verdict = await ctx.whoHolds(accountId)
    if (mayBeHeld(verdict)) becomeSilent(verdict)
    // A record of the dead stays as it is; there is no need to judge it again.
    else {
      judgedRecord = instance
      left = verdict
      ctx.onChange(accountId)
    }
  }

  function becomeSilent(verdict: HolderVerdict): void {
    const pid = 'record' in verdict ? (verdict.record?.pid ?? null) : null
    become({ kind: 'silent', holder: describeHolder(verdict), pid, verdict: verdict.kind })
  }

  async function lookNow(): Promise<void> {
    if (isClosed) return
    if (link.connection()) return link.check()
    if (phase.kind !== 'silent' && !existsSync(layout.lockRecord(accountId))) return
    if (await link.attach()) return finishStop()
    // Ours may have hung up a moment ago and live on for another: what became of it is told when it is gone.
    if (link.isEnding()) return
    if (phase.kind !== 'silent') return lookForStranger()
    const verdict = await ctx.whoHolds(accountId)
    // It may have been paused since, or have woken.
    if (mayBeHeld(verdict)) return describeHolder(verdict) === phase.holder ? undefined : becomeSilent(verdict)
    const held = 'record' in verdict ? verdict.record : undefined
    afterDeath({ instanceId: held?.instanceId ?? record.instanceId, startedAt: held?.startedAt ?? now() })
  }

  return {
    view,
    start: starting.join,
    stop(request, timeoutMs) {
      // Whoever asks for a start after this means one that comes after it.
      starting.part()
      return inTurn(() => stopNow(request, timeoutMs))
    },
    bookCash: (ask, timeoutMs) => askToBook({ link, accountId }, ask, timeoutMs),
    trade: (ask, timeoutMs) => askToTrade({ link, accountId }, ask, timeoutMs),
    lookAtLicence: async (timeoutMs) => void (await link.connection()?.request({ type: 'licence' }, timeoutMs)),
    share: async (share, timeoutMs) => link.connection()?.request({ type: 'portfolio', share }, timeoutMs),
    adopt: (patienceMs) => adoptWithin({ adopt: () => inTurn(adoptNow), phase: () => phase, become }, patienceMs),
    look: looking.join,
    settled: (timeoutMs) => settleWithin(accountId, view, listeners, timeoutMs),
    close() {
      isClosed = true
      cancelRestart()
      link.close()
    },
  }
}
