import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { StartOutcome, StopOutcome } from '../../src/contracts/fleet.ts'

export type BotVerb = 'start' | 'stop' | 'restart'

/** Something to tell the person who pressed a button. */
export type Notice = Readonly<{
  tone: 'refused' | 'warning' | 'news'
  title: string
  message: string
  nextStep?: string
  code?: string
  /** What can be done about it here. */
  action?: Readonly<{ word: string; act: () => void }>
}>

/** Refusals shown one by one; of more, the rest is one notice. */
const MOST_SHOWN = 3

/** What is worth telling of the outcomes of one action. That it worked is seen in the table. */
export function describeOutcomes(verb: BotVerb, outcomes: readonly (StartOutcome | StopOutcome)[]): Notice[] {
  const notices = outcomes.flatMap((outcome) => noticeOf(verb, outcome) ?? [])
  const refused = notices.filter(({ tone }) => tone === 'refused')
  const shown = notices.length <= MOST_SHOWN ? notices : refused.slice(0, MOST_SHOWN)
  const left = refused.length - shown.filter(({ tone }) => tone === 'refused').length
  if (left <= 0) return shown
  return [...shown, { tone: 'refused', title: `${left} more were refused`, message: 'The reasons are in the table.' }]
}

/** What is worth telling of an action that failed as a whole. */
export function describeRefusedAction(verb: string, what: string, why: RefusalShape): Notice {
  return { tone: 'refused', title: `${what}: ${verb.toLowerCase()} refused`, ...why }
}

function noticeOf(verb: BotVerb, outcome: StartOutcome | StopOutcome): Notice | undefined {
  const { accountId: id, refusal } = outcome
  if (refusal) return describeRefusedAction(verb, id, refusal)
  if ('killed' in outcome && outcome.killed)
    return {
      tone: 'refused',
      title: `${id} was killed`,
      message: 'It did not end when asked. Its state is as safe as after a power cut.',
      nextStep: 'The next start compares everything with the broker first.',
    }
  const { outcome: kind } = outcome
  switch (kind) {
    case 'already-running':
      return { tone: 'news', title: `${id} is running already`, message: 'Nothing was changed.' }
    case 'not-running':
      return { tone: 'news', title: `${id} is not running`, message: 'There was nothing to stop.' }
    case 'ended': {
      const reason = 'reason' in outcome && outcome.reason ? ` (${outcome.reason})` : ''
      return { tone: 'news', title: `${id} has ended again`, message: `It started and ended in order${reason}.` }
    }
    case 'refused':
    case 'failed':
    case 'timed-out':
      return {
        tone: 'refused',
        title: `${id}: ${verb} ${kind === 'timed-out' ? 'took too long' : 'failed'}`,
        message: 'The launcher gives no reason.',
        nextStep: 'Look at the last lines of its log.',
      }
    default:
      return undefined
  }
}
