import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { mayStart, mayStop } from './bot-looks.ts'
import type { BulkVerb } from './bulk-outcomes.ts'

/** What is asked before something is done to accounts. */
export type BulkQuestion = Readonly<{
  title: string
  /** Which of them trade real money; undefined: none does. */
  live: string | undefined
  lines: readonly string[]
  /** The word of the button that does it. */
  word: string
  color: string
  /** Has to be typed first. */
  typed: string | undefined
}>

/** @returns undefined where nothing needs to be asked: paper accounts are started at once */
export function bulkQuestion(
  verb: BulkVerb,
  accounts: readonly AccountStatus[],
  isAll: boolean,
): BulkQuestion | undefined {
  const [only] = accounts
  const which = isAll ? ' all' : accounts.length === 1 ? ` ${only!.accountId}` : ''
  switch (verb) {
    case 'start':
    case 'restart': {
      const wanted = verb === 'start' ? accounts.filter(({ state }) => mayStart(state)) : accounts
      const live = liveLine(wanted)
      if (live === undefined) return undefined
      const word = verb === 'start' ? 'Start' : 'Restart'
      const title = `${word}${which}?`
      const lines = ['Their bots make entries as soon as their strategies say so.']
      return { title, live, lines, word: isAll ? `${word} all` : `${word} live`, color: 'red.8', typed: undefined }
    }
    case 'stop': {
      const toStop = accounts.filter(({ state }) => mayStop(state))
      return {
        title: `Stop${which}?`,
        live: liveLine(toStop),
        lines: [
          `${toStop.length === 1 ? 'One bot stops' : `${toStop.length} bots stop`} trading. Open positions stay open, and nobody follows them until the bots run again.`,
          ...heldLine(accounts),
        ],
        ...{ word: isAll ? 'Stop all' : 'Stop', color: 'red', typed: undefined },
      }
    }
    case 'flatten':
      return {
        title: `Flatten${isAll ? '' : which}?`,
        live: liveLine(accounts),
        lines: [
          `Positions of ${countOf(accounts.length)} are closed and their orders cancelled. The bots go on trading.`,
          ...heldLine(accounts),
        ],
        ...{ word: 'Flatten', color: 'red', typed: undefined },
      }
    case 'kill':
      return {
        title: 'Flatten all accounts?',
        live: liveLine(accounts),
        lines: [
          `Every position of ${countOf(accounts.length)} is closed and every order cancelled, stopped accounts included.`,
          'No bot enters again until you release the kill switch. Bots stay up.',
          ...heldLine(accounts),
        ],
        ...{ word: 'Flatten all', color: 'red', typed: 'FLATTEN' },
      }
  }
}

function countOf(n: number): string {
  return n === 1 ? 'one account' : `${n} accounts`
}

function heldLine(accounts: readonly AccountStatus[]): string[] {
  const held = accounts.filter(({ position, holdings = [] }) => position !== 0 || holdings.length > 0)
  return held.length === 0
    ? ['As far as is known, none of them holds a position.']
    : [`${capital(countOf(held.length))} ${held.length === 1 ? 'holds' : 'hold'} positions: ${listOf(held)}.`]
}

/** Whether, and which of them, trade real money. */
function liveLine(accounts: readonly AccountStatus[]): string | undefined {
  const live = accounts.filter(({ mode, userId }) => mode === 'live' && userId !== '')
  if (live.length === 0) return undefined
  const [only] = live
  if (accounts.length === 1) return `${only!.accountId} trades LIVE, with real money.`
  return live.length === 1
    ? `One of the ${accounts.length} accounts trades LIVE, with real money: ${listOf(live)}.`
    : `${live.length} of the ${accounts.length} accounts trade LIVE, with real money: ${listOf(live)}.`
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

const MOST_NAMED = 8

function listOf(accounts: readonly AccountStatus[]): string {
  const names = accounts.slice(0, MOST_NAMED).map(({ accountId }) => accountId)
  const more = accounts.length - names.length
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ')
}
