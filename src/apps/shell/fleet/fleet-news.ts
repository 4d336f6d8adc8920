import type { AccountStatus } from '../../../contracts/fleet.ts'
import { isAtLossLimit, isKilled } from './fleet-summary.ts'

/** Something a trader should hear of even when the window is closed. */
export type News = Readonly<{ kind: NewsKind; accountId: string; title: string; body: string }>

/** As in the preferences of the page. */
export type NewsKind = keyof typeof WORDS

/** One notification; a click on it leads to the account, or to the fleet where there is none. */
export type Told = Readonly<{ title: string; body: string; accountId: string | undefined }>

const WORDS = {
  crashed: 'crashed',
  blind: 'blind',
  lossLimit: 'at their loss limit',
  killSwitch: 'under the kill switch',
} as const

const KINDS = Object.keys(WORDS) as NewsKind[]

/** The same news of the same account is told again only after this long: a feed may come and go. Milliseconds. */
export const QUIET_MS = 10 * 60_000

/** More than this at once are told in one notification. */
const MOST_SINGLE = 3
const MOST_NAMED = 6

/** An account that is in trouble now, and was not in this one before. */
export function newsOf(before: AccountStatus | undefined, after: AccountStatus): News | undefined {
  // What was so when we first looked is no news; the tray shows it.
  if (!before) return undefined
  const { accountId, mode, state, stateReason } = after
  const name = mode === 'live' ? `${accountId} (LIVE)` : accountId
  const why = sentence(stateReason ?? (state === 'crashed' ? after.lastError : null))
  if (state === 'crashed' && before.state !== 'crashed')
    return {
      ...{ kind: 'crashed', accountId, title: `${name}: the bot crashed` },
      body: `${why}A person has to start it again. Click to look at the account.`,
    }
  if (state === 'blind' && before.state !== 'blind')
    return {
      ...{ kind: 'blind', accountId, title: `${name}: the bot is blind` },
      body: `${why}It sees no prices and enters nothing. Click to look at the account.`,
    }
  if (isKilled(after) && !isKilled(before))
    return {
      ...{ kind: 'killSwitch', accountId, title: `${name}: kill switch engaged` },
      body: `It closes what it holds and enters nothing. Click to look at the account.`,
    }
  if (isAtLossLimit(after) && !isAtLossLimit(before))
    return {
      ...{ kind: 'lossLimit', accountId, title: `${name}: loss limit reached` },
      body: `${why}It enters nothing more. Click to look at the account.`,
    }
  return undefined
}

/** Compares what it sees with what it saw last: what is new and bad, without the same over and over. */
export function openNewsDesk(now: () => number): { see: (accounts: readonly AccountStatus[]) => readonly News[] } {
  let seen = new Map<string, AccountStatus>()
  let toldAt = new Map<string, number>()

  function isFresh({ kind, accountId }: News): boolean {
    const key = `${kind} ${accountId}`
    const last = toldAt.get(key)
    if (last !== undefined && now() - last < QUIET_MS) return false
    toldAt.set(key, now())
    return true
  }

  return {
    see(accounts) {
      const news = accounts.flatMap((after) => newsOf(seen.get(after.accountId), after) ?? []).filter(isFresh)
      seen = new Map(accounts.map((account) => [account.accountId, account]))
      toldAt = new Map([...toldAt].filter(([, at]) => now() - at < QUIET_MS))
      return news
    },
  }
}

/** News as notifications: one each, or one for many. */
export function toldOf(news: readonly News[]): readonly Told[] {
  if (news.length <= MOST_SINGLE) return news.map(({ title, body, accountId }) => ({ title, body, accountId }))
  const counts = KINDS.map((kind) => ({ kind, n: news.filter((it) => it.kind === kind).length }))
    .filter(({ n }) => n > 0)
    .map(({ kind, n }) => `${n} ${WORDS[kind]}`)
  const names = news.map(({ accountId }) => accountId)
  const rest = names.length - MOST_NAMED
  const shown = names.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
  const title = `${news.length} bots need you: ${counts.join(', ')}`
  return [{ title, body: `${shown}. Click to look at them.`, accountId: undefined }]
}

/** A reason as a sentence of its own, with a blank after it. */
function sentence(reason: string | null): string {
  if (!reason) return ''
  const text = reason.trim().slice(0, 160)
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/[.\s]+$/, '')}. `
}
