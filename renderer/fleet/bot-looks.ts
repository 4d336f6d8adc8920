import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { IconName } from '../page/icon.tsx'

export type BotStateName = AccountStatus['state']

/** How a state looks: never by colour alone, so each has a word and a shape of its own. */
export type BotLook = Readonly<{ word: string; color: string; icon: IconName; means: string }>

export const BOT_LOOKS = {
  trading: { word: 'Trading', color: 'teal', icon: 'trading', means: 'Bars arrive and entries are allowed.' },
  blind: {
    word: 'Blind',
    color: 'orange',
    icon: 'blind',
    means: 'Alive, but no bars arrive when there should be some.',
  },
  blocked: {
    word: 'Blocked',
    color: 'yellow',
    icon: 'blocked',
    means: 'No new entries; what is open is still managed.',
  },
  crashed: {
    word: 'Crashed',
    color: 'red',
    icon: 'crashed',
    means: 'Ended without order. A person has to start it again.',
  },
  stopped: { word: 'Stopped', color: 'gray', icon: 'stopped', means: 'No bot runs for this account.' },
  starting: { word: 'Starting', color: 'blue', icon: 'moving', means: 'The bot is coming up.' },
  reconciling: {
    word: 'Reconciling',
    color: 'blue',
    icon: 'moving',
    means: 'Comparing its books with the broker before it trades.',
  },
  stopping: { word: 'Stopping', color: 'blue', icon: 'moving', means: 'The bot is ending in order.' },
  'backing-off': {
    word: 'Backing off',
    color: 'grape',
    icon: 'waiting',
    means: 'It ended without order and is started again after a pause.',
  },
} as const satisfies Record<BotStateName, BotLook>

/** States a bot stays in, in the order the summary counts them. */
export const LASTING_STATES = ['trading', 'blind', 'blocked', 'crashed', 'stopped'] as const

/** Whether a bot of this state has a process that can be stopped, or is about to get one. */
export function mayStop(state: BotStateName): boolean {
  return state !== 'stopped' && state !== 'crashed' && state !== 'stopping'
}

export function mayStart(state: BotStateName): boolean {
  return state === 'stopped' || state === 'crashed' || state === 'backing-off'
}

export function mayRestart(state: BotStateName): boolean {
  return mayStop(state) && state !== 'backing-off'
}

/** Accounts in each lasting state, and how many are on their way between two. */
export function countStates(accounts: readonly AccountStatus[]) {
  const counts = { trading: 0, blind: 0, blocked: 0, crashed: 0, stopped: 0, changing: 0 }
  for (const { state } of accounts) {
    const lasting = LASTING_STATES.find((it) => it === state)
    counts[lasting ?? 'changing'] += 1
  }
  return counts
}
