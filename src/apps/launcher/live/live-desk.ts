import { logFiles } from '../../../adapters/log/read-log.ts'
import { killSwitchState } from '../../../adapters/kill-switch/kill-switch.ts'
import type { AccountRegistry } from '../../../adapters/account-registry/account-registry.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import type { AccountStatus } from '../../../contracts/fleet.ts'
import type { LiveEvent } from '../../../contracts/launcher/live.ts'
import { parseTopic, type LogTopic } from '../../../contracts/live-topic.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'
import { Refused, refusal, refuse } from '../../../domain/failure/refusal.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { openEventRing, type EventRing, type Stamped } from '../event-ring.ts'
import { accountLogs } from '../account-logs.ts'
import { accountOf } from '../known-account.ts'
import { logSegment } from '../log-segment.ts'
import { openAccountNews } from './account-news.ts'
import { openLiveFleet } from './live-fleet.ts'
import { logGrowth } from './log-growth.ts'
import { logSource } from './log-source.ts'
import { mergeTopics, type TopicSource } from './merge-topics.ts'
import { openNotices } from './notices.ts'

/** Everything a page may follow. */
export type LiveDesk = Readonly<{
  /** These accounts may have changed. */
  tell(rows: readonly AccountStatus[]): void
  remove(accountId: string): void
  /** @param asked names of topics, as `topicText` writes them; `fresh` ones begin with the whole */
  read(
    asked: Readonly<{ topics: readonly string[]; fresh: readonly string[] }>,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Stamped<LiveEvent>, void>
  close(): void
}>

export type LiveDeskContext = Readonly<{
  layout: HomeLayout
  registry: AccountRegistry
  now: () => EpochMs
  log: Log
  /** Names this run of the launcher in event ids. */
  instanceId: string
  /** News of shared signals. */
  signals: EventRing<LiveEvent>
}>

/** The kill switch may be thrown by the command line too, past the launcher; so often it is looked at, milliseconds. */
const KILL_LOOK_MS = 500
const DEFAULT_TAIL = 500

export function openLiveDesk(ctx: LiveDeskContext): LiveDesk {
  const origin = ctx.instanceId.slice(0, 8)
  const notices = openNotices(origin, ctx.now)
  const logs = accountLogs(ctx)
  const records = openAccountNews(
    origin,
    (accountId) => ({ type: 'records', accountId }),
    (id) => {
      const state = ctx.layout.state(id as AccountId)
      // Limits can be edited past the launcher, and an emergency comes with the calendar: both are in an account's figures.
      return [`${state}-wal`, state, ctx.layout.settings(id as AccountId), ctx.layout.calendarFile]
    },
  )
  // A holder writes his record right after he has won the guard, and takes it away before he lets go.
  const locks = openAccountNews(
    origin,
    (accountId) => ({ type: 'lock', accountId }),
    (id) => [ctx.layout.lockRecord(id as AccountId)],
  )
  const fleet = openLiveFleet(origin, (before, after) => {
    notices.see(before, after)
    if (before && hasMoved(before, after)) records.moved(after.accountId)
    // A record says nothing of a holder's death, nor that he is paused.
    if (before && holderText(before) !== holderText(after)) locks.moved(after.accountId)
  })

  // A ring that holds nothing: whoever is behind is told the whole, which is all there is to tell.
  const marks = () => killSwitchState({ layout: ctx.layout })
  let seen = ''
  const killSwitch = openEventRing<LiveEvent>(origin, 0, () => ({ type: 'kill-switch', marks: marks() }))
  const look = () => {
    try {
      const now = JSON.stringify(marks())
      if (now === seen) return
      seen = now
      killSwitch.publish({ type: 'kill-switch', marks: [] })
    } catch (error) {
      ctx.log.error('live-failed', 'The kill switch could not be looked at', { error })
    }
  }
  look()
  const timer = setInterval(look, KILL_LOOK_MS).unref()

  function sourceOf(text: string): TopicSource {
    const topic = parseTopic(text)
    switch (topic?.kind) {
      case 'fleet':
        return fleet.ring.read
      case 'kill-switch':
        return killSwitch.read
      case 'notices':
        return notices.ring.read
      case 'signals':
        return ctx.signals.read
      case 'records':
        return records.source(accountOf(ctx.registry, topic.accountId))
      case 'lock':
        return locks.source(accountOf(ctx.registry, topic.accountId))
      case 'log':
        return logSource(text, () => logOf(topic))
      case 'logs':
        return logGrowth(text, () => logs.all({ ids: topic.accountIds }))
      default:
        return refuse('bad-usage', `There is no topic ${JSON.stringify(text)}.`, 'See /api/openapi.json.')
    }
  }

  function logOf({ accountId, segment, level, grep, tail = DEFAULT_TAIL }: LogTopic) {
    const id = accountOf(ctx.registry, accountId)
    const entry = ctx.registry.list().find((one) => one.accountId === id)
    const named = entry && 'settings' in entry ? logSegment(ctx.layout, entry.settings, segment) : undefined
    return { files: () => logFiles(ctx.layout, id, named), folder: ctx.layout.logs(id), level, grep, tail }
  }

  function describe(error: unknown) {
    if (error instanceof Refused) return error.refusal
    ctx.log.error('live-failed', 'A topic of the live stream failed', { error })
    return refusal('internal', 'Something went wrong inside the launcher.', `Look at ${ctx.layout.launcherLog}`)
  }

  return {
    tell: fleet.tell,
    remove: fleet.remove,
    read({ topics, fresh }, lastEventId, signal) {
      // One topic that can't be had must not cost a page the others.
      const lazily = (text: string): TopicSource =>
        async function* (cursor, ends) {
          const reader = sourceOf(text)(fresh.includes(text) ? undefined : cursor, ends)
          for (let next = await reader.next(); !next.done; next = await reader.next()) yield next.value
        }
      const sources = new Map(topics.map((text) => [text, lazily(text)]))
      return mergeTopics(sources, lastEventId, { now: ctx.now, describe }, signal)
    },
    close: () => clearInterval(timer),
  }
}

/** Whether an account has done something that its listings would show. */
function hasMoved(before: AccountStatus, after: AccountStatus): boolean {
  const keys = ['state', 'lastBarAt', 'tradesToday', 'realizedPnl', 'position', 'lastError'] as const
  return keys.some((key) => before[key] !== after[key])
}

/** Who holds an account, as its supervisor knows it. */
function holderText({ holder, instanceId, pid }: AccountStatus): string {
  return `${holder?.verdict} ${holder?.text} ${instanceId} ${pid}`
}
