import { readLastWords } from '../../adapters/bot-process/bot-output.ts'
import { readLastExit } from '../../adapters/bot-process/last-exit.ts'
import type { BotProcess } from '../../adapters/bot-process/spawn-bot.ts'
import type { SupervisionRecord } from '../../adapters/bot-process/supervision-record.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { RefusalShape } from '../../contracts/bot-protocol.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { StopReason } from '../../domain/bot/bot.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import {
  mayPass,
  NO_CRASHES,
  retryDelay,
  superviseEnding,
  type BotEnding,
  type NextMove,
} from '../../domain/bot/supervise.ts'

/** A bot that is gone, and what is known of it. */
export type Death = Readonly<{
  instanceId: string | null
  /** UTC epoch milliseconds. */
  startedAt: number
  /** Its farewell, for a bot that could not leave word on disk. */
  said?: Readonly<{ reason: StopReason; message: string | null }> | undefined
  /** Where we started it ourselves. */
  child?: BotProcess | undefined
}>

export type ExplainedEnding = Readonly<{
  ending: BotEnding
  /** What went wrong, for a person; null when nothing did. */
  error: string | null
  /** What the bot refused to do, in its own words. */
  refusal: RefusalShape | null
}>

/**
 * How a bot ended: by the word it left on disk, by what it printed, by its farewell, or, without any of these, by
 * dying.
 *
 * @param now UTC epoch milliseconds
 */
export function explainEnding(layout: HomeLayout, accountId: AccountId, death: Death, now: number): ExplainedEnding {
  const ranMs = Math.max(0, now - death.startedAt)
  const exit = readLastExit(layout, accountId)
  if (exit && exit.instanceId === death.instanceId) {
    const reason = exit.state === 'crashed' ? 'failed' : exit.reason
    const error = exit.refusal ? sentenceOf(exit.refusal) : (exit.status?.lastError ?? null)
    return { ending: { kind: 'ended', reason, ranMs }, error, refusal: exit.refusal }
  }
  const words = death.child && readLastWords(layout.botOutput(accountId), death.child.outputFrom)
  if (words?.refusal) {
    const { refusal } = words
    return { ending: { kind: 'ended', reason: 'refused', ranMs }, error: sentenceOf(refusal), refusal }
  }
  if (death.said) {
    const { reason, message } = death.said
    const isTrouble = reason === 'refused' || reason === 'failed'
    return { ending: { kind: 'ended', reason, ranMs }, error: isTrouble ? message : null, refusal: null }
  }
  const error = words?.text ?? 'The bot was ended from outside, or the computer lost power.'
  return { ending: { kind: 'died', ranMs }, error, refusal: null }
}

/** After a bot nobody asked us to keep running: it is not started again, but its crash is shown until somebody looks. */
function moveUnasked(ending: BotEnding): NextMove {
  if (ending.kind === 'ended') return { kind: 'rest', reason: ending.reason }
  return { kind: 'give-up', history: NO_CRASHES }
}

/** Of a bot that said it was refused and could not leave that on its disk: the disk is what refused it. */
const NO_WORD = 'disk-full'

/**
 * What follows from the end of a bot.
 *
 * @param asked isAwaited: a person waits for this start, and is told why it came to nothing; refusals: in a row, this one
 *   included; draw: as `superviseEnding`
 */
export function moveAfter(
  { ending, refusal }: ExplainedEnding,
  { wanted, crashes, streak, gaveUp }: SupervisionRecord,
  asked: Readonly<{ isAwaited: boolean; refusals: number; now: EpochMs; draw: number }>,
): NextMove {
  if (wanted !== 'running') return moveUnasked(ending)
  const history = { crashes, streak }
  const refusedFor = ending.kind === 'ended' && ending.reason === 'refused' ? (refusal?.code ?? NO_WORD) : ''
  // Such as a bot that closes everything, and does not answer yet or no more: that is no crash.
  if (!asked.isAwaited && !gaveUp && mayPass(refusedFor))
    return { kind: 'restart', delayMs: retryDelay(refusedFor, asked.refusals, asked.draw), history }
  // What closed everything in its place changes nothing about an account that waits for a person.
  if (gaveUp && ending.kind === 'ended' && ending.reason === 'flattened') return { kind: 'give-up', history }
  return superviseEnding(ending, history, asked.now, asked.draw)
}

const KNOWN = {
  requested: true,
  flattened: true,
  'feed-ended': true,
  fenced: true,
  refused: true,
  failed: true,
} as const satisfies Record<StopReason, true>

/** The reason of a farewell, where it is one we know. */
export function stopReason(text: string | undefined): StopReason | undefined {
  return text !== undefined && Object.hasOwn(KNOWN, text) ? (text as StopReason) : undefined
}

function sentenceOf(refused: RefusalShape): string {
  return `${refused.message} ${refused.nextStep}`
}
