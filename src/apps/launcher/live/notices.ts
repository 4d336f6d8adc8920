import type { AccountStatus } from '../../../contracts/fleet.ts'
import type { LiveEvent, Notice } from '../../../contracts/launcher/live.ts'
import { openEventRing, type EventRing } from '../event-ring.ts'

export type Notices = Readonly<{
  ring: EventRing<LiveEvent>
  /** An account has changed; says what a person should know of that. */
  see(before: AccountStatus | undefined, after: AccountStatus): void
}>

/** Notices that a page which has just come is told of. */
const HELD = 50

/** Things people should know of although they asked for nothing, the last ones kept for whoever comes later. */
export function openNotices(origin: string, now: () => number): Notices {
  let last: Notice[] = []
  let count = 0
  const ring = openEventRing<LiveEvent>(origin, HELD, () => ({ type: 'notices', begins: true, notices: last }))
  return {
    ring,
    see(before, after) {
      const news = before && noticeOf(before, after)
      if (!news) return
      const notice = { ...news, id: `${origin}-${++count}`, at: now(), accountId: after.accountId }
      last = [...last, notice].slice(-HELD)
      ring.publish({ type: 'notices', begins: false, notices: [notice] })
    },
  }
}

/** What a change of an account means to a person; undefined: nothing of note. */
export function noticeOf(
  before: AccountStatus,
  after: AccountStatus,
): Pick<Notice, 'level' | 'code' | 'text'> | undefined {
  const { accountId, state, stateReason, lastError } = after
  const because = (why: string | null) => (why ? `: ${why}` : '.')
  if (before.state === state) {
    const [was, is] = [before.lossLimitUsed?.share ?? 0, after.lossLimitUsed?.share ?? 0]
    if (was >= 1 || is < 1) return undefined
    return { level: 'warning', code: 'loss-limit', text: `${accountId} has reached its limit on losses.` }
  }
  switch (state) {
    case 'crashed':
      return { level: 'alarm', code: 'crashed', text: `${accountId} crashed${because(lastError ?? stateReason)}` }
    case 'backing-off':
      return {
        level: 'warning',
        code: 'backing-off',
        text: `${accountId} ended without order and starts again by itself${because(lastError)}`,
      }
    case 'blind':
      return { level: 'alarm', code: 'blind', text: `${accountId} is alive but blind${because(stateReason)}` }
    case 'blocked':
      return { level: 'warning', code: 'blocked', text: `${accountId} makes no new entries${because(stateReason)}` }
    case 'trading':
      return before.state === 'blind' || before.state === 'blocked'
        ? { level: 'news', code: 'trading-again', text: `${accountId} trades again.` }
        : undefined
    default:
      return undefined
  }
}
