import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { mayStart, mayStop } from './bot-looks.ts'
import type { BulkVerb } from './bulk-outcomes.ts'

/** What is asked before something is done to accounts. */
export type BulkQuestion = Readonly<{
  title: string
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
  const all = isAll ? ' all' : ''
  const toStop = accounts.filter(({ state }) => mayStop(state))
  switch (verb) {
    case 'start':
    case 'restart': {
      const wanted = verb === 'start' ? accounts.filter(({ state }) => mayStart(state)) : accounts
      const live = wanted.filter(({ mode, userId }) => mode === 'live' && userId !== '').length
      if (live === 0) return undefined
      return {
        title: `${verb === 'start' ? 'Start' : 'Restart'}${all}?`,
        lines: [`${live} of the ${wanted.length} accounts to start trade LIVE, with real money.`],
        ...{ word: `${verb === 'start' ? 'Start' : 'Restart'}${all}`, color: 'red.8', typed: undefined },
      }
    }
    case 'stop':
      return {
        title: `Stop${all}?`,
        lines: [
          `${toStop.length === 1 ? 'One bot stops' : `${toStop.length} bots stop`} trading. Open positions stay open.`,
          ...heldLine(accounts),
        ],
        ...{ word: `Stop${all}`, color: 'red', typed: undefined },
      }
    case 'flatten':
      return {
        title: 'Flatten?',
        lines: [
          `Positions of ${countOf(accounts.length)} are closed and their orders cancelled. The bots go on trading.`,
          ...heldLine(accounts),
          ...liveLine(accounts),
        ],
        ...{ word: 'Flatten', color: 'red', typed: undefined },
      }
    case 'kill':
      return {
        title: 'Flatten all accounts?',
        lines: [
          `Every position of ${countOf(accounts.length)} is closed and every order cancelled, stopped accounts included.`,
          'No bot enters again until you release the kill switch. Bots stay up.',
          ...heldLine(accounts),
          ...liveLine(accounts),
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

function liveLine(accounts: readonly AccountStatus[]): string[] {
  const live = accounts.filter(({ mode, userId }) => mode === 'live' && userId !== '')
  return live.length === 0
    ? []
    : [
        `${capital(countOf(live.length))} of them ${live.length === 1 ? 'trades' : 'trade'} LIVE, with real money: ${listOf(live)}.`,
      ]
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
