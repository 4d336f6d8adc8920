import type { Session } from '../../domain/calendar/session.ts'
import type { Reason } from '../../domain/decision/decision.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { PLUG_IN_LIMITS, type PlugInSnapshot } from '../../domain/strategy/plug-in.ts'
import { readIndicators, readProposal, readWarnings } from '../../domain/strategy/read-proposal.ts'
import type { PositionView, Proposal, StrategyRun, StrategySetup } from '../../domain/strategy/strategy.ts'
import {
  FLAG,
  NUMBER,
  QUESTION,
  readText,
  WORD,
  writeText,
  type BarAnswer,
  type BarText,
  type OpenQuestion,
} from './channel.ts'
import type { PlugInThread } from './plug-in-thread.ts'

/**
 * A run of a plug-in, as the bot's loop sees it: synchronous like any other. Once the plug-in has failed it proposes
 * nothing more, and its snapshot says so.
 */
export function openPlugInRun(
  thread: PlugInThread,
  number: number,
  setup: StrategySetup,
  halted: () => Reason | undefined,
): StrategyRun {
  const { channel } = thread
  const { words, numbers } = channel
  const { snapshot, ...rest } = setup
  const state = (snapshot as Extract<PlugInSnapshot, { state: unknown }> | undefined)?.state ?? undefined
  const question: OpenQuestion = { setup: state === undefined ? rest : { ...rest, snapshot: state } }
  if (!writeText(channel, JSON.stringify(question)))
    thread.fail({ code: 'too-large', text: 'can not be opened: its snapshot is too large' })
  else thread.ask(QUESTION.open, number, PLUG_IN_LIMITS.openMs)

  let shownSession: Session | undefined
  let warnings: readonly Reason[] = []
  /** Of the last bar; several checkpoints may be made of one bar. */
  let kept: PlugInSnapshot | undefined

  const wrong = (clause: string): undefined => {
    thread.fail({ code: 'answer-invalid', text: `gave an answer that can't be used: ${clause}` })
  }

  return {
    onBar(bar, session, position) {
      kept = undefined
      if (thread.failed()) return undefined
      writeBar(numbers, bar, position)
      let flags = position.entryPending ? FLAG.entryPending : 0
      if (session) flags |= FLAG.session
      const isNew = session !== undefined && session !== shownSession
      if (isNew || position.held.length > 0) {
        flags |= FLAG.text
        const text: BarText = { ...(isNew ? { session } : {}), held: position.held }
        writeText(channel, JSON.stringify(text))
      }
      shownSession = session
      words[WORD.flags] = flags
      if (!thread.ask(QUESTION.bar, number, PLUG_IN_LIMITS.barMs) || words[WORD.length] === 0) return undefined
      const answer = JSON.parse(readText(channel)) as BarAnswer
      if (answer.warnings !== undefined) {
        const told = readWarnings(answer.warnings)
        if (typeof told === 'string') return wrong(told)
        warnings = [...warnings, ...told]
      }
      if (answer.proposal === undefined) return undefined
      const proposal: Proposal | string = readProposal(answer.proposal)
      return typeof proposal === 'string' ? wrong(proposal) : proposal
    },
    snapshot() {
      if (kept) return kept
      const isThere = thread.ask(QUESTION.snapshot, number, PLUG_IN_LIMITS.barMs)
      kept = isThere
        ? { plugIn: 1, state: JSON.parse(readText(channel)) as unknown }
        : { plugIn: 1, stopped: thread.failed()?.code ?? 'unknown' }
      return kept
    },
    takeWarnings() {
      const taken = warnings
      if (taken.length > 0) warnings = []
      return taken
    },
    indicators() {
      if (!thread.ask(QUESTION.indicators, number, PLUG_IN_LIMITS.barMs) || words[WORD.length] === 0) return undefined
      const values = readIndicators(JSON.parse(readText(channel)))
      return typeof values === 'string' ? wrong(values) : values
    },
    halted,
  }
}

function writeBar(numbers: Float64Array, bar: Bar, position: PositionView): void {
  numbers[NUMBER.time] = bar.time
  numbers[NUMBER.open] = bar.open
  numbers[NUMBER.high] = bar.high
  numbers[NUMBER.low] = bar.low
  numbers[NUMBER.close] = bar.close
  numbers[NUMBER.volume] = bar.volume
  numbers[NUMBER.quantity] = position.quantity
  numbers[NUMBER.avgPx] = position.avgPx
  numbers[NUMBER.openedAt] = position.openedAt ?? Number.NaN
  numbers[NUMBER.tradesToday] = position.tradesToday
}
