import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { connectToBot, type BotConnection, type BotFarewell } from '../../adapters/bot-control/connect-to-bot.ts'
import { readLastWords } from '../../adapters/bot-process/bot-output.ts'
import { readLastExit } from '../../adapters/bot-process/last-exit.ts'
import { spawnBot, type BotProcess, type BotProgram } from '../../adapters/bot-process/spawn-bot.ts'
import {
  readSupervision,
  writeSupervision,
  type SupervisionRecord,
} from '../../adapters/bot-process/supervision-record.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { readLockRecord } from '../../adapters/lock/who-holds.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { signalIfSame } from '../../adapters/process/signal-process.ts'
import { BOT_EXIT, type BotStatus, type RefusalShape } from '../../contracts/bot-protocol.ts'
import type { StartOutcome, StopOutcome } from '../../contracts/launcher-api.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { StopReason } from '../../domain/bot/bot.ts'
import { superviseEnding, type BotEnding } from '../../domain/bot/supervise.ts'
import { Refused, refusal } from '../../domain/failure/refusal.ts'
import { describeHolder, mayBeHeld, type HolderVerdict } from '../../domain/lock/lock-record.ts'
import type { EpochMs } from '../../domain/units/units.ts'

/** Where an account's bot is, as its supervisor knows it. */
export type BotPhase =
  | { readonly kind: 'idle'; readonly reason: string | null }
  | { readonly kind: 'starting'; readonly instanceId: string; readonly pid: number; readonly since: EpochMs }
  | { readonly kind: 'attached'; readonly status: BotStatus; readonly answers: boolean }
  /** Somebody holds the account and does not answer; `holder` is a sentence. */
  | { readonly kind: 'silent'; readonly holder: string; readonly pid: number | null }
  | { readonly kind: 'backing-off'; readonly until: EpochMs }
  /** Ended without order, and only a person starts it again. */
  | { readonly kind: 'crashed' }

export type SupervisionContext = Readonly<{
  layout: HomeLayout
  program: BotProgram
  now: () => EpochMs
  /** 0 ≤ draw < 1. */
  random: () => number
  whoHolds: (id: AccountId) => Promise<HolderVerdict>
  log: Log
  /** Called after every change of what `view` gives. */
  onChange: (id: AccountId) => void
}>

export type BotView = Readonly<{ phase: BotPhase; lastError: string | null }>

export type SupervisedBot = Readonly<{
  view(): BotView
  /** Starts the bot, or finds it running; calls that come while one is under way share its outcome. */
  start(): Promise<StartOutcome>
  stop(flatten: boolean, timeoutMs: number): Promise<StopOutcome>
  flatten(timeoutMs: number): Promise<StopOutcome>
  /** Finds a bot that runs already and watches it; starts one that should run and died while nobody looked. */
  adopt(): Promise<void>
  /** Looks again at a bot we are not connected to, and asks one we are whether it still answers. */
  look(): Promise<void>
  /** Resolves with the present outcome once the bot trades, is blocked, or has ended; `timed-out` after `timeoutMs`. */
  settled(timeoutMs: number): Promise<StartOutcome>
  /** Lets go of the bot, which goes on. */
  close(): void
}>

/** Milliseconds. */
const WAIT = {
  connect: 1_000,
  /** From spawning a bot to its control socket. */
  birth: 30_000,
  firstPoll: 10,
  longestPoll: 100,
  /** From the bot's farewell, or from a signal, to the end of its process. */
  death: 10_000,
  answer: 3_000,
} as const

/**
 * Keeps one account's bot as a person wants it: starts, watches, restarts after crashes, stops.
 *
 * What is wanted is written to disk before anything is done about it. Actions on one account happen one after another.
 */
export function superviseBot(ctx: SupervisionContext, accountId: AccountId): SupervisedBot {
  const { layout, log, now } = ctx
  const endpoint = layout.botEndpoint(accountId)
  let record: SupervisionRecord = readSupervision(layout, accountId)
  let phase: BotPhase = record.gaveUp
    ? { kind: 'crashed' }
    : { kind: 'idle', reason: readLastExit(layout, accountId)?.reason ?? null }
  let connection: BotConnection | undefined
  /** Resolves when the bot we are attached to is gone and that has been dealt with. */
  let gone: Promise<void> = Promise.resolve()
  let restartTimer: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let starting: Promise<StartOutcome> | undefined
  let lastSeenRecord: string | undefined
  let isClosed = false
  const listeners = new Set<() => void>()

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
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

  // ---- finding and watching -------------------------------------------------------------------------------------

  async function attach(child?: BotProcess): Promise<boolean> {
    const found = await connectToBot({ endpoint, timeoutMs: WAIT.connect })
    if (!found) return false
    if (found.first.accountId !== accountId || isClosed) {
      found.close()
      return false
    }
    cancelRestart()
    connection = found
    become({ kind: 'attached', status: found.first, answers: true })
    gone = found.ended.then((farewell) => afterFarewell(found, child, farewell))
    await found
      .watch((status) => {
        if (connection === found) become({ kind: 'attached', status, answers: true })
      }, WAIT.answer)
      .catch(() => undefined)
    return true
  }

  async function afterFarewell(
    was: BotConnection,
    child: BotProcess | undefined,
    farewell: BotFarewell,
  ): Promise<void> {
    if (isClosed || connection !== was) return
    connection = undefined
    const isDead = child ? await within(child.exited, WAIT.death) : await isReleased(was.instanceId)
    if (isClosed) return
    if (!isDead) {
      log.warn('bot-silent', `The bot of ${accountId} closed its control socket but lives on`, { accountId })
      return become({ kind: 'silent', holder: 'It closed its control socket but lives on.', pid: was.first.pid })
    }
    const said = stopReason(farewell.reason)
    afterDeath({ instanceId: was.instanceId, startedAt: was.first.startedAt, said, child })
  }

  /** Waits until nobody with this instanceId holds the account. */
  async function isReleased(instanceId: string): Promise<boolean> {
    for (const end = performance.now() + WAIT.death; performance.now() < end; await delay(50)) {
      const verdict = await ctx.whoHolds(accountId)
      if (!mayBeHeld(verdict) || (verdict.kind !== 'unknown' && verdictInstance(verdict) !== instanceId)) return true
    }
    return false
  }

  // ---- endings --------------------------------------------------------------------------------------------------

  type Death = Readonly<{
    instanceId: string | null
    startedAt: number
    /** The reason in its farewell, for a bot that could not leave word on disk. */
    said?: StopReason | undefined
    child?: BotProcess | undefined
  }>

  /** Decides what follows from the end of a bot, writes it down, then does it. */
  function afterDeath(death: Death): void {
    const { ending, error } = endingOf(death)
    const move =
      record.wanted === 'running'
        ? superviseEnding(ending, record, now(), ctx.random())
        : ({
            kind: ending.kind === 'ended' ? 'rest' : 'give-up',
            history: { crashes: record.crashes, streak: record.streak },
          } as const)
    log.info('bot-ended', `The bot of ${accountId} ended: ${ending.kind === 'ended' ? ending.reason : 'crashed'}`, {
      accountId,
      instanceId: death.instanceId,
      move: move.kind,
      error,
    })
    try {
      switch (move.kind) {
        case 'rest':
          remember({ wanted: 'stopped', gaveUp: false, lastError: error })
          return become({ kind: 'idle', reason: ending.kind === 'ended' ? ending.reason : null })
        case 'give-up':
          remember({ ...move.history, gaveUp: true, lastError: error })
          return become({ kind: 'crashed' })
        case 'restart':
          remember({ ...move.history, lastError: error })
          restartTimer = setTimeout(() => void inTurn(restart), move.delayMs).unref()
          return become({ kind: 'backing-off', until: (now() + move.delayMs) as EpochMs })
      }
    } catch (failure) {
      // What can't be written down must not be acted on.
      log.error('supervision-failed', `The state of ${accountId} could not be written`, { accountId, error: failure })
      become({ kind: 'crashed' })
    }
  }

  function endingOf(death: Death): { ending: BotEnding; error: string | null } {
    const exit = readLastExit(layout, accountId)
    if (exit && exit.instanceId === death.instanceId) {
      const reason = exit.state === 'crashed' ? 'failed' : exit.reason
      return { ending: { kind: 'ended', reason }, error: exit.refusal?.message ?? exit.status?.lastError ?? null }
    }
    const words = death.child && readLastWords(layout.botOutput(accountId), death.child.outputFrom)
    if (words?.refusal) return { ending: { kind: 'ended', reason: 'refused' }, error: sentenceOf(words.refusal) }
    if (death.said) return { ending: { kind: 'ended', reason: death.said }, error: null }
    const ranMs = Math.max(0, now() - death.startedAt)
    return { ending: { kind: 'died', ranMs }, error: words?.text ?? 'The bot was ended from outside, or lost power.' }
  }

  async function restart(): Promise<void> {
    if (phase.kind !== 'backing-off' || isClosed) return
    restartTimer = undefined
    try {
      if (!(await attach())) await giveBirth()
    } catch (error) {
      log.error('bot-start-failed', `The bot of ${accountId} could not be started`, { accountId, error })
      remember({ gaveUp: true, lastError: error instanceof Error ? error.message : String(error) })
      become({ kind: 'crashed' })
    }
  }

  // ---- starting -------------------------------------------------------------------------------------------------

  async function startNow(): Promise<StartOutcome> {
    if (phase.kind === 'attached' || (await attach())) {
      if (record.wanted !== 'running') remember({ wanted: 'running', instanceId: connection?.instanceId ?? null })
      return outcome('already-running')
    }
    cancelRestart()
    remember({ wanted: 'running', crashes: [], streak: 0, gaveUp: false, lastError: null })
    return giveBirth()
  }

  /** Spawns a bot and waits until it answers on its control socket or has ended. */
  async function giveBirth(): Promise<StartOutcome> {
    const instanceId = randomUUID()
    remember({ instanceId })
    const since = now()
    const start = { home: layout.root, accountId, instanceId, secrets: {} }
    const child = await spawnBot(ctx.program, start, layout.botOutput(accountId))
    become({ kind: 'starting', instanceId, pid: child.pid, since })
    let exit: { code: number | null } | undefined
    void child.exited.then((it) => (exit = it))

    const deadline = performance.now() + WAIT.birth
    for (let pause: number = WAIT.firstPoll; exit === undefined; pause = Math.min(WAIT.longestPoll, pause * 1.5)) {
      if (await attach(child)) return outcome('started')
      if (performance.now() > deadline) child.kill()
      await Promise.race([child.exited, delay(pause)])
    }
    // Another bot may hold the account without having answered before: then that one is the account's bot.
    if (exit.code === BOT_EXIT.held && (await attach())) return outcome('already-running')
    const words = readLastWords(layout.botOutput(accountId), child.outputFrom)
    afterDeath({ instanceId, startedAt: since, child })
    const ended = readLastExit(layout, accountId)
    if (ended?.instanceId === instanceId && ended.state === 'stopped' && !ended.refusal) return outcome('ended')
    const said = words.refusal ?? (ended?.instanceId === instanceId ? ended.refusal : null)
    return said ? outcome('refused', said) : outcome('failed', failed())
  }

  function outcome(kind: StartOutcome['outcome'], refused: RefusalShape | null = null): StartOutcome {
    const { state, reason, pid, instanceId } = summary(phase)
    return { accountId, outcome: kind, state, reason, pid, instanceId, refusal: refused }
  }

  const failed = () =>
    refusal(
      'crashed',
      `The bot of ${accountId} failed: ${record.lastError ?? 'no reason is known'}`,
      `Look at its log: slipway logs ${accountId}`,
    )

  function settled(timeoutMs: number): Promise<StartOutcome> {
    const present = (): StartOutcome | undefined => {
      switch (phase.kind) {
        case 'idle':
          return record.lastError === null
            ? outcome('ended')
            : outcome('refused', refusal('crashed', record.lastError, `Look at its log: slipway logs ${accountId}`))
        case 'crashed':
        case 'backing-off':
          return outcome('failed', failed())
        case 'silent':
          return outcome(
            'failed',
            refusal('account-held', phase.holder, `Look at it with: slipway status ${accountId}`),
          )
        case 'attached':
          if (phase.status.state === 'trading') return outcome('trading')
          return phase.status.state === 'blocked' || phase.status.state === 'blind' ? outcome('started') : undefined
        case 'starting':
          return undefined
      }
    }
    return new Promise((resolve) => {
      const give = (result: StartOutcome | undefined) => {
        if (!result) return
        clearTimeout(timer)
        listeners.delete(check)
        resolve(result)
      }
      const check = () => give(present())
      const timer = setTimeout(() => give(outcome('timed-out', notTrading())), timeoutMs)
      listeners.add(check)
      check()
    })
  }

  const notTrading = () =>
    refusal('timed-out', `The bot of ${accountId} runs but does not trade yet.`, `See why: slipway status ${accountId}`)

  // ---- stopping -------------------------------------------------------------------------------------------------

  async function stopNow(flatten: boolean, timeoutMs: number): Promise<StopOutcome> {
    const end = performance.now() + timeoutMs
    const left = () => Math.max(1, end - performance.now())
    cancelRestart()
    const before = record
    try {
      remember({ wanted: 'stopped', gaveUp: false, crashes: [], streak: 0 })
    } catch (error) {
      // A full disk must not keep anybody from stopping a bot.
      log.error('supervision-failed', `The state of ${accountId} could not be written`, { accountId, error })
    }
    if (!connection && !(await attach())) return stopSilent()
    try {
      await connection?.request({ type: 'stop', flatten, keepOrders: false }, left())
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { code } = error.refusal
      if (code !== 'not-running' && code !== 'timed-out') {
        remember(before)
        return stopped('refused', error.refusal)
      }
    }
    if (await within(gone, left())) return stopped('stopped')
    if (flatten) {
      // Killing it now would leave the positions it was told to close without anyone to look after them.
      const next = `See it with: slipway status ${accountId}; to end it as it is: slipway stop ${accountId}`
      return stopped('timed-out', refusal('timed-out', `The bot of ${accountId} is still closing positions.`, next))
    }
    return kill()
  }

  async function stopSilent(): Promise<StopOutcome> {
    const verdict = await ctx.whoHolds(accountId)
    if (mayBeHeld(verdict)) return kill()
    const ran = phase.kind === 'backing-off'
    become({ kind: 'idle', reason: 'requested' })
    return stopped(ran ? 'stopped' : 'not-running')
  }

  /** Ends the process of the lock record by force, if it provably is that process. */
  async function kill(): Promise<StopOutcome> {
    const holder = readLockRecord(layout.lockRecord(accountId))
    const sent = typeof holder === 'string' ? 'not-same' : await signalIfSame(holder, 'SIGKILL')
    if (sent === 'not-same' || typeof holder === 'string') {
      const message = `The bot of ${accountId} does not answer, and its process can't be identified beyond doubt.`
      return stopped('failed', refusal('account-held', message, 'End it by hand, then try again.'))
    }
    log.warn('bot-killed', `The bot of ${accountId} did not end when asked and was killed`, {
      accountId,
      pid: holder.pid,
    })
    const isGone = connection ? await within(gone, WAIT.death) : await isReleased(holder.instanceId)
    if (!isGone) return stopped('failed', refusal('timed-out', `The bot of ${accountId} can't be ended.`, 'Try again.'))
    remember({ gaveUp: false, lastError: null })
    become({ kind: 'idle', reason: 'requested' })
    return { ...stopped('stopped'), killed: true }
  }

  const stopped = (kind: StopOutcome['outcome'], refused: RefusalShape | null = null): StopOutcome => ({
    accountId,
    outcome: kind,
    killed: false,
    refusal: refused,
  })

  async function flattenNow(timeoutMs: number): Promise<StopOutcome> {
    if (!connection && !(await attach())) return stopped('not-running')
    try {
      await connection?.request({ type: 'flatten' }, timeoutMs)
      return stopped('flattened')
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return stopped(error.refusal.code === 'timed-out' ? 'timed-out' : 'refused', error.refusal)
    }
  }

  // ---- looking --------------------------------------------------------------------------------------------------

  async function adoptNow(): Promise<void> {
    if (connection || (await attach())) return
    if (record.wanted !== 'running' || record.gaveUp) return lookForStranger()
    const verdict = await ctx.whoHolds(accountId)
    if (mayBeHeld(verdict)) return becomeSilent(verdict)
    const held = 'record' in verdict ? verdict.record : undefined
    afterDeath({ instanceId: record.instanceId, startedAt: held?.startedAt ?? now() })
  }

  /** A bot somebody started without us; its lock record tells that there may be one. */
  async function lookForStranger(): Promise<void> {
    const seen = readLockRecord(layout.lockRecord(accountId))
    const instance = typeof seen === 'string' ? seen : seen.instanceId
    if (instance === 'missing' || instance === lastSeenRecord) return
    const verdict = await ctx.whoHolds(accountId)
    if (mayBeHeld(verdict)) becomeSilent(verdict)
    // A record of the dead stays as it is; there is no need to judge it again.
    else lastSeenRecord = instance
  }

  function becomeSilent(verdict: HolderVerdict): void {
    const pid = 'record' in verdict ? (verdict.record?.pid ?? null) : null
    become({ kind: 'silent', holder: describeHolder(verdict), pid })
  }

  async function lookNow(): Promise<void> {
    if (isClosed || phase.kind === 'starting') return
    if (connection) return askWhetherItAnswers(connection)
    if (!existsSync(layout.lockRecord(accountId)) && phase.kind !== 'silent') return
    if (await attach()) return
    if (phase.kind !== 'silent') return lookForStranger()
    const verdict = await ctx.whoHolds(accountId)
    if (mayBeHeld(verdict)) return
    const held = 'record' in verdict ? verdict.record : undefined
    afterDeath({ instanceId: held?.instanceId ?? record.instanceId, startedAt: held?.startedAt ?? now() })
  }

  async function askWhetherItAnswers(asked: BotConnection): Promise<void> {
    try {
      const status = await asked.request({ type: 'status' }, WAIT.answer)
      if (connection === asked) become({ kind: 'attached', status, answers: true })
    } catch {
      if (connection === asked && phase.kind === 'attached' && phase.answers) become({ ...phase, answers: false })
    }
  }

  return {
    view: () => ({ phase, lastError: record.lastError }),
    start() {
      starting ??= inTurn(startNow).finally(() => (starting = undefined))
      return starting
    },
    stop: (flatten, timeoutMs) => inTurn(() => stopNow(flatten, timeoutMs)),
    flatten: flattenNow,
    adopt: () => inTurn(adoptNow),
    look: () => inTurn(lookNow),
    settled,
    close() {
      isClosed = true
      cancelRestart()
      connection?.close()
    },
  }
}

/** The part of a phase that outcomes and listings share. */
export function summary(phase: BotPhase): Pick<StartOutcome, 'state' | 'reason' | 'pid' | 'instanceId'> {
  const nobody = { pid: null, instanceId: null }
  switch (phase.kind) {
    case 'idle':
      return { state: 'stopped', reason: phase.reason, ...nobody }
    case 'starting':
      return { state: 'starting', reason: null, pid: phase.pid, instanceId: phase.instanceId }
    case 'attached': {
      const { state, stateReason, pid, instanceId } = phase.status
      if (phase.answers) return { state, reason: stateReason, pid, instanceId }
      return { state: 'blind', reason: 'The bot does not answer.', pid, instanceId }
    }
    case 'silent':
      return { state: 'blind', reason: phase.holder, pid: phase.pid, instanceId: null }
    case 'backing-off':
      return { state: 'backing-off', reason: `Starts again at ${new Date(phase.until).toISOString()}.`, ...nobody }
    case 'crashed':
      return { state: 'crashed', reason: 'It crashed and waits for a person to start it.', ...nobody }
  }
}

const REASONS: readonly string[] = ['requested', 'feed-ended', 'fenced', 'refused', 'failed'] satisfies StopReason[]

function stopReason(text: string | undefined): StopReason | undefined {
  return text !== undefined && REASONS.includes(text) ? (text as StopReason) : undefined
}

function verdictInstance(verdict: HolderVerdict): string | undefined {
  return 'record' in verdict ? verdict.record?.instanceId : undefined
}

function sentenceOf(refused: RefusalShape): string {
  return `${refused.message} ${refused.nextStep}`
}

/** Whether a promise settles within a time. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const stop = new AbortController()
  const late = delay(ms, 'late', { signal: stop.signal }).catch(() => 'late')
  const first = await Promise.race([promise.then(() => 'done'), late])
  stop.abort()
  return first === 'done'
}
