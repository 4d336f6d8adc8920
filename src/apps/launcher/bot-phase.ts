import type { BotStatus, RefusalShape } from '../../contracts/bot-protocol.ts'
import type { AccountHolder, StartOutcome } from '../../contracts/fleet.ts'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import { describeHolder, type HolderVerdict } from '../../domain/lock/lock-record.ts'
import type { EpochMs } from '../../domain/units/units.ts'

/** Where an account's bot is, as its supervisor knows it. */
export type BotPhase =
  /** `refused`: what it would not do, in its own words, where that ended it. */
  | { readonly kind: 'idle'; readonly reason: string | null; readonly refused?: RefusalShape }
  | { readonly kind: 'starting'; readonly instanceId: string; readonly pid: number; readonly since: EpochMs }
  | { readonly kind: 'attached'; readonly status: BotStatus; readonly answers: boolean }
  /** Somebody holds the account and does not answer; `holder` is a sentence. */
  | {
      readonly kind: 'silent'
      readonly holder: string
      readonly pid: number | null
      readonly verdict?: HolderVerdict['kind']
    }
  | { readonly kind: 'backing-off'; readonly until: EpochMs }
  /** Ended without order, and only a person starts it again. */
  | { readonly kind: 'crashed' }

export type BotView = Readonly<{
  phase: BotPhase
  lastError: string | null
  /** Who holds the account; of a living bot what it says itself. */
  holder?: AccountHolder
}>

/** Who holds an account whose bot is in this phase. @param left the last judgement of a lock record nobody took away */
export function holderOf(phase: BotPhase, left: HolderVerdict | undefined): AccountHolder {
  switch (phase.kind) {
    case 'attached':
      return phase.answers
        ? { verdict: 'alive', text: `Its bot, process ${phase.status.pid}, holds it and answers.` }
        : { verdict: 'unresponsive', text: `Process ${phase.status.pid} holds it and does not answer.` }
    case 'starting':
      return { verdict: 'alive', text: `Its bot, process ${phase.pid}, is starting.` }
    case 'silent':
      return { verdict: phase.verdict ?? 'unresponsive', text: phase.holder }
    default:
      return left ? { verdict: left.kind, text: describeHolder(left) } : { verdict: 'free', text: 'Nobody holds it.' }
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
      if (isEnding(phase)) return { state: 'stopping', reason: stateReason, pid, instanceId }
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

/** A bot on its way out: what it says of its end is true once its process is gone. */
export function isEnding(phase: BotPhase): boolean {
  return phase.kind === 'attached' && ['stopping', 'stopped', 'crashed'].includes(phase.status.state)
}

/** An outcome of a start, with the account as it is now. */
export function startOutcome(
  accountId: string,
  { phase }: BotView,
  outcome: StartOutcome['outcome'],
  refused: StartOutcome['refusal'] = null,
): StartOutcome {
  return { accountId, outcome, ...summary(phase), refusal: refused }
}

/** What to tell whoever waits for a bot to trade; undefined while it may still come to that. */
export function settledOutcome(accountId: string, view: BotView): StartOutcome | undefined {
  const { phase, lastError } = view
  switch (phase.kind) {
    case 'starting':
      return undefined
    case 'attached':
      if (phase.status.state === 'trading') return startOutcome(accountId, view, 'trading')
      // It is up and manages what is open; waiting longer would not make it enter.
      if (phase.status.state !== 'blocked' && phase.status.state !== 'blind') return undefined
      return startOutcome(accountId, view, 'started')
    case 'idle':
      if (phase.refused) return startOutcome(accountId, view, 'refused', phase.refused)
      return lastError === null
        ? startOutcome(accountId, view, 'ended')
        : startOutcome(accountId, view, 'refused', refusal('crashed', lastError, seeLog(accountId)))
    case 'backing-off':
    case 'crashed':
      return startOutcome(accountId, view, 'failed', botFailed(accountId, lastError))
    case 'silent': {
      const held = refusal('account-held', phase.holder, `Look at it with: slipway status ${accountId}`)
      return startOutcome(accountId, view, 'failed', held)
    }
  }
}

/** What came of a start whose bot is gone already. */
export function endOutcome(accountId: string, view: BotView): StartOutcome {
  return settledOutcome(accountId, view) ?? startOutcome(accountId, view, 'started')
}

export function botFailed(accountId: string, lastError: string | null): Refusal {
  return refusal('crashed', `The bot of ${accountId} failed: ${lastError ?? 'no reason is known'}`, seeLog(accountId))
}

function seeLog(accountId: string): string {
  return `Look at its log: slipway logs ${accountId}`
}
