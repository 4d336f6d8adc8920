import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { readLastExit } from '../../adapters/bot-process/last-exit.ts'
import { spawnBot, type BotProgram } from '../../adapters/bot-process/spawn-bot.ts'
import {
  readSupervision,
  writeSupervision,
  type SupervisionRecord,
} from '../../adapters/bot-process/supervision-record.ts'
import { readLockRecord } from '../../adapters/lock/who-holds.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { BOT_EXIT, type BotStatus } from '../../contracts/bot-protocol.ts'
import type { StartOutcome, StopOutcome } from '../../contracts/fleet.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { superviseEnding } from '../../domain/bot/supervise.ts'
import { Refused, refusal } from '../../domain/failure/refusal.ts'
import type { PortfolioShare } from '../../domain/risk/portfolio/portfolio-share.ts'
import { describeHolder, mayBeHeld, type HolderVerdict } from '../../domain/lock/lock-record.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'
import { explainEnding, moveUnasked, type Death, type ExplainedEnding } from './bot-ending.ts'
import { DEATH_MS, openBotLink, type BornBot, type BotLinkContext } from './bot-link.ts'
import {
  botFailed,
  holderOf,
  isEnding,
  settledOutcome,
  startOutcome,
  type BotPhase,
  type BotView,
} from './bot-phase.ts'
import { askToTrade, type TradeAsk } from './ask-to-trade.ts'
import { flattenBot, stopBot, type StopRequest } from './stop-bot.ts'
import type { TradeReply } from '../../contracts/trade-request.ts'

export type SupervisionContext = Pick<BotLinkContext, 'layout' | 'whoHolds'> &
  Readonly<{
    program: BotProgram
    /** What to hand to the account's bot over its standard input. @throws {Refused} vault-locked and the like */
    secretsOf: (id: AccountId) => Promise<Record<string, string>>
    now: () => EpochMs
    /** 0 ≤ draw < 1. */
    random: () => number
    log: Log
    /** Called after every change of what `view` gives. */
    onChange: (id: AccountId) => void
  }>

export type SupervisedBot = Readonly<{
  view(): BotView
  /** Starts the bot, or finds it running; calls that come while one is under way share its outcome. */
  start(): Promise<StartOutcome>
  stop(request: StopRequest, timeoutMs: number): Promise<StopOutcome>
  flatten(timeoutMs: number): Promise<StopOutcome>
  /** Asks the bot's trading service for something. @throws {Refused} not-running, timed-out, or what the bot refused */
  trade(ask: TradeAsk, timeoutMs: number): Promise<TradeReply>
  /**
   * Tells the bot of its user's other accounts.
   *
   * @returns its status once it has taken that; undefined when no bot is connected
   * @throws {Refused} it did not answer, or would not take it
   */
  share(share: PortfolioShare, timeoutMs: number): Promise<BotStatus | undefined>
  /** Finds a bot that runs already and watches it; starts one that should run and died while nobody looked. */
  adopt(): Promise<void>
  /** Looks again at a bot we are not connected to, and asks one we are whether it still answers. */
  look(): Promise<void>
  /** Resolves once the bot trades, is blocked, or has ended; `timed-out` after `timeoutMs`. */
  settled(timeoutMs: number): Promise<StartOutcome>
  /** Lets go of the bot, which goes on. */
  close(): void
}>

/** Milliseconds. `birth`: from spawning a bot to its control socket. */
const STOP_RESUMED_MS = 30_000
/** A bot that is to run and lacks its credentials starts soon after somebody has opened the vault. */
const VAULT_RETRY_MS = 5_000
const WAIT = { birth: 30_000, firstPoll: 10, longestPoll: 100 } as const

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
  let starting: Promise<StartOutcome> | undefined
  let judgedRecord: string | undefined
  let left: HolderVerdict | undefined
  let isClosed = false
  const listeners = new Set<() => void>()

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
    const { ending, error } = explained
    const reason = ending.kind === 'ended' ? ending.reason : null
    const move =
      record.wanted === 'running' ? superviseEnding(ending, record, now(), ctx.random()) : moveUnasked(ending)
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
      // What can't be written down must not be acted on.
      log.error('supervision-failed', `The state of ${accountId} could not be written`, { accountId, error: failure })
      become({ kind: 'crashed' })
    }
    return explained
  }

  function becomeLater(delayMs: number): void {
    restartTimer = setTimeout(() => void inTurn(restart), delayMs).unref()
    become({ kind: 'backing-off', until: epochMs(now() + delayMs) })
  }

  async function restart(): Promise<void> {
    if (phase.kind !== 'backing-off' || isClosed) return
    restartTimer = undefined
    try {
      if (!(await link.attach())) await giveBirth()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      // Said once: a locked vault is tried again and again until somebody opens it.
      if (why !== record.lastError)
        log.error('bot-start-failed', `The bot of ${accountId} could not be started`, { accountId, error })
      record = { ...record, lastError: why }
      if (error instanceof Refused && error.refusal.code === 'vault-locked') becomeLater(VAULT_RETRY_MS)
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
    cancelRestart()
    const before = record
    remember({ wanted: 'running', ending: null, crashes: [], streak: 0, gaveUp: false, lastError: null })
    try {
      return await giveBirth()
    } catch (error) {
      // Nothing was started, and whoever asked is told why: a later launcher must not try it on its own.
      remember(before)
      throw error
    }
  }

  /** Spawns a bot and waits until it answers on its control socket or has ended. */
  async function giveBirth(): Promise<StartOutcome> {
    const instanceId = randomUUID()
    const secrets = await ctx.secretsOf(accountId)
    remember({ instanceId })
    const since = now()
    const start = { home: layout.root, accountId, instanceId, secrets }
    const child = await spawnBot(ctx.program, start, layout.botOutput(accountId))
    become({ kind: 'starting', instanceId, pid: child.pid, since })
    const exit = await answersOrEnds({ child, instanceId })
    if (exit === 'answers') return outcome(link.connection()?.instanceId === instanceId ? 'started' : 'already-running')
    // Another bot may hold the account that did not answer before: then that one is the account's bot.
    if (exit.code === BOT_EXIT.held && (await link.attach())) return outcome('already-running')
    const { ending, refusal: said } = afterDeath({ instanceId, startedAt: since, child })
    if (said) return outcome('refused', said)
    const isOrderly = ending.kind === 'ended' && ending.reason !== 'failed'
    return isOrderly ? outcome('ended') : outcome('failed', botFailed(accountId, record.lastError))
  }

  async function answersOrEnds(born: BornBot): Promise<'answers' | { code: number | null }> {
    const { child } = born
    let exit: { code: number | null } | undefined
    void child.exited.then((it) => (exit = it))
    const deadline = performance.now() + WAIT.birth
    for (let pause: number = WAIT.firstPoll; exit === undefined; pause = Math.min(WAIT.longestPoll, pause * 1.5)) {
      if (await link.attach(born)) return 'answers'
      if (performance.now() > deadline) child.kill()
      await Promise.race([child.exited, delay(pause)])
    }
    return exit
  }

  function settled(timeoutMs: number): Promise<StartOutcome> {
    return new Promise((resolve) => {
      const give = (result: StartOutcome | undefined) => {
        if (!result) return
        clearTimeout(timer)
        listeners.delete(check)
        resolve(result)
      }
      const check = () => give(settledOutcome(accountId, view()))
      const timer = setTimeout(() => {
        const message = `The bot of ${accountId} runs but does not trade yet.`
        give(outcome('timed-out', refusal('timed-out', message, `See why: slipway status ${accountId}`)))
      }, timeoutMs)
      listeners.add(check)
      check()
    })
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
    return wasWaiting && stopped.outcome === 'not-running' ? { ...stopped, outcome: 'stopped' } : stopped
  }

  async function adoptNow(): Promise<void> {
    if (link.connection() || (await link.attach())) return finishStop()
    if (record.wanted !== 'running' || record.gaveUp) return lookForStranger()
    const verdict = await ctx.whoHolds(accountId)
    if (mayBeHeld(verdict)) return becomeSilent(verdict)
    const held = 'record' in verdict ? verdict.record : undefined
    afterDeath({ instanceId: record.instanceId, startedAt: held?.startedAt ?? now() })
  }

  /** A stop that was written down, and perhaps never sent, before an earlier launcher was killed. */
  async function finishStop(): Promise<void> {
    const { wanted, ending, instanceId } = record
    if (wanted === 'running' || !ending || link.connection()?.instanceId !== instanceId) return
    log.info('stop-resumed', `The bot of ${accountId} was to be stopped before the launcher ended`, { accountId })
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
    if (await link.attach()) return
    if (phase.kind !== 'silent') return lookForStranger()
    const verdict = await ctx.whoHolds(accountId)
    if (mayBeHeld(verdict)) return
    const held = 'record' in verdict ? verdict.record : undefined
    afterDeath({ instanceId: held?.instanceId ?? record.instanceId, startedAt: held?.startedAt ?? now() })
  }

  return {
    view,
    start() {
      starting ??= inTurn(startNow).finally(() => (starting = undefined))
      return starting
    },
    stop: (request, timeoutMs) => inTurn(() => stopNow(request, timeoutMs)),
    flatten: (timeoutMs) => flattenBot({ link, accountId }, timeoutMs),
    trade: (ask, timeoutMs) => askToTrade({ link, accountId }, ask, timeoutMs),
    share: async (share, timeoutMs) => link.connection()?.request({ type: 'portfolio', share }, timeoutMs),
    adopt: () => inTurn(adoptNow),
    look: () => inTurn(lookNow),
    settled,
    close() {
      isClosed = true
      cancelRestart()
      link.close()
    },
  }
}
