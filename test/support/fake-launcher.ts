import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { implement, ORPCError, withEventMeta } from '@orpc/server'
import { openEventRing, type EventRing } from '../../src/apps/launcher/event-ring.ts'
import { openLiveFleet } from '../../src/apps/launcher/live/live-fleet.ts'
import { mergeTopics, type TopicSource } from '../../src/apps/launcher/live/merge-topics.ts'
import { openNotices } from '../../src/apps/launcher/live/notices.ts'
import type { DecisionRow, OrderRow, ReconciliationRow, TradeRow } from '../../src/contracts/account-records.ts'
import type { AccountStatus, FleetEvent, StartOutcome, StopOutcome } from '../../src/contracts/fleet.ts'
import type { EconomicCalendar } from '../../src/contracts/launcher/calendar.ts'
import type { Finding } from '../../src/contracts/launcher/doctor.ts'
import { DEFAULT_PREFERENCES, Preferences } from '../../src/contracts/launcher/preferences.ts'
import type { KillMarkRow } from '../../src/contracts/kill-switch.ts'
import type { LiveEvent } from '../../src/contracts/launcher/live.ts'
import { launcherContract } from '../../src/contracts/launcher-api.ts'
import type { LockReport } from '../../src/contracts/launcher/locks.ts'
import type { LogLine } from '../../src/contracts/launcher/logs.ts'
import { parseTopic, topicText } from '../../src/contracts/live-topic.ts'
import type { RiskReport } from '../../src/contracts/risk-report.ts'
import { refusal, type Refusal } from '../../src/domain/failure/refusal.ts'
import { accountStatus, riskReport } from './account-rows.ts'
import { fakeAccountBook } from './fake-account-book.ts'

/** What the fake launcher answers with instead of doing what was asked. */
export type FakeRefusals = { start?: Refusal; stop?: Refusal; trades?: Refusal; logs?: Refusal }

/**
 * The launcher's side of the contract, in this process: the real handler, streams and event ids, over accounts the test
 * makes up. `fetch` is its door.
 */
export function fakeLauncher(given: readonly AccountStatus[] = []) {
  const accounts = new Map(given.map((account) => [account.accountId, account]))
  const logs = new Map<string, LogLine[]>()
  const trades = new Map<string, TradeRow[]>()
  const orders = new Map<string, OrderRow[]>()
  const decisions = new Map<string, DecisionRow[]>()
  const risks = new Map<string, RiskReport>()
  const reports = new Map<string, ReconciliationRow[]>()
  const refusals: FakeRefusals = {}
  const book = fakeAccountBook()
  let preferences = DEFAULT_PREFERENCES
  const says: { calendar?: EconomicCalendar; findings?: Finding[] } = {}
  const asked = {
    lastEventIds: [] as (string | null)[],
    follow: [] as object[],
    trades: [] as string[],
    risks: [] as string[],
    engaged: [] as object[],
  }
  const events = openEventRing<FleetEvent>('run-1', 100, () => ({ type: 'snapshot', accounts: [...accounts.values()] }))
  const notices = openNotices('run-1', Date.now)
  const live = openLiveFleet('run-1', notices.see)
  live.tell([...accounts.values()])
  let marks: KillMarkRow[] = []
  const killSwitch = openEventRing<LiveEvent>('run-1', 0, () => ({ type: 'kill-switch', marks }))
  const setMarks = (next: KillMarkRow[]) => {
    marks = next
    killSwitch.publish({ type: 'kill-switch', marks })
  }
  const sources: Record<string, TopicSource> = {
    ...{ fleet: live.ring.read, 'kill-switch': killSwitch.read, notices: notices.ring.read },
  }
  const news = new Map<string, EventRing<LiveEvent>>()
  const newsOf = (type: 'records' | 'lock', accountId: string) => {
    const topic = topicText({ kind: type, accountId })
    const ring = news.get(topic) ?? openEventRing<LiveEvent>('run-1', 0, () => ({ type, accountId }))
    news.set(topic, ring)
    return ring
  }
  let sourceOf = (text: string) => {
    const topic = parseTopic(text)
    return topic?.kind === 'records' || topic?.kind === 'lock'
      ? newsOf(topic.kind, topic.accountId).read
      : sources[text]
  }
  const lines = openEventRing<{ accountId: string; line: LogLine } | 'begin'>('log', 10_000, () => 'begin')
  let connections = new AbortController()
  let door: 'open' | 'down' | 'unauthorized' = 'open'
  let held: PromiseWithResolvers<void> | undefined

  const happened = (accountId: string) => newsOf('records', accountId).publish({ type: 'records', accountId })
  function change(fields: Partial<AccountStatus> & { accountId: string }): void {
    const account = { ...(accounts.get(fields.accountId) ?? accountStatus()), ...fields }
    accounts.set(account.accountId, account)
    events.publish({ type: 'status', account })
    live.tell([account])
    happened(account.accountId)
  }
  function started(accountId: string): StartOutcome {
    const refusal = refusals.start ?? null
    const outcome = refusal ? 'refused' : accounts.get(accountId)?.state === 'trading' ? 'already-running' : 'started'
    if (outcome === 'started') change({ accountId, state: 'trading', pid: 4711 })
    const { state, pid, instanceId } = accounts.get(accountId) ?? accountStatus()
    return { accountId, outcome, state, pid, instanceId, reason: null, refusal }
  }
  function stopped(accountId: string): StopOutcome {
    const refusal = refusals.stop ?? null
    if (!refusal) change({ accountId, state: 'stopped', stateReason: 'requested', pid: null })
    return { accountId, outcome: refusal ? 'refused' : 'stopped', killed: false, refusal }
  }
  const chosen = ({ ids, all }: { ids: string[]; all: boolean }) => (all ? [...accounts.keys()] : ids)
  const refuseIf = (why: Refusal | undefined) => {
    if (why) throw new ORPCError('REFUSED', { defined: true, status: 422, message: why.message, data: why })
  }

  const silent = (): never => {
    refuseIf(refusal('internal', 'It says nothing.', 'Try again.'))
    throw new Error('unreachable')
  }

  const api = implement(launcherContract)
  const handler = new OpenAPIHandler({
    bots: {
      start: api.bots.start.handler(async ({ input }) => {
        await held?.promise
        return chosen(input).map(started)
      }),
      stop: api.bots.stop.handler(({ input }) => chosen(input).map(stopped)),
      restart: api.bots.restart.handler(({ input }) => chosen(input).map(started)),
      flatten: api.bots.flatten.handler(({ input }) =>
        chosen(input).map((accountId) => {
          change({ accountId, position: 0 })
          return { accountId, outcome: 'flattened' as const, wasRunning: true, refusal: null }
        }),
      ),
    },
    ...book.handlers(api),
    trades: api.trades.handler(({ input }) => {
      asked.trades.push(input.id)
      refuseIf(refusals.trades)
      const rows = trades.get(input.id) ?? []
      if (input.before !== undefined)
        return rows
          .slice(
            0,
            rows.findIndex(({ tradeId }) => tradeId === input.before),
          )
          .slice(-input.limit)
      if (input.newest) return rows.slice(-input.limit)
      const from = rows.findIndex(({ tradeId }) => tradeId === input.after) + 1
      return rows.slice(from, from + input.limit)
    }),
    orders: api.orders.handler(({ input }) => (orders.get(input.id) ?? []).slice(-input.limit)),
    decisions: api.decisions.handler(({ input }) =>
      (decisions.get(input.id) ?? []).filter(({ action }) => action === (input.action ?? action)).slice(-input.limit),
    ),
    risk: api.risk.handler(({ input }) => {
      asked.risks.push(input.id)
      return risks.get(input.id) ?? riskReport({ accountId: input.id })
    }),
    reconciliations: api.reconciliations.handler(({ input }) => (reports.get(input.id) ?? []).slice(-input.limit)),
    logs: {
      follow: api.logs.follow.handler(async function* ({ input, signal }) {
        asked.follow.push(input)
        refuseIf(refusals.logs)
        for await (const { event } of lines.read(undefined, signal)) {
          if (event === 'begin') yield* (logs.get(input.id) ?? []).slice(-input.tail)
          else if (event.accountId === input.id) yield event.line
        }
      }),
    },
    preferences: {
      read: api.preferences.read.handler(() => preferences),
      change: api.preferences.change.handler(
        ({ input: { notifications, ...others } }) =>
          (preferences = Preferences.parse({
            ...preferences,
            ...others,
            notifications: { ...preferences.notifications, ...notifications },
          })),
      ),
    },
    calendar: api.calendar.handler(() => says.calendar ?? silent()),
    doctor: api.doctor.handler(() => says.findings ?? silent()),
    live: {
      stream: api.live.stream.handler(async function* ({ input, lastEventId, signal }) {
        const chosen = new Map(
          input.topics.map((topic): [string, TopicSource] => {
            const source = sourceOf(topic) ?? unknownTopic
            return [topic, (cursor, end) => source(input.fresh.includes(topic) ? undefined : cursor, end)]
          }),
        )
        const parts = { now: () => 0, describe: () => refusal('bad-usage', 'There is no such topic.', 'None.') }
        const ends = signal ?? new AbortController().signal
        for await (const { id, event } of mergeTopics(chosen, lastEventId, parts, ends))
          yield withEventMeta(event, { id })
      }),
    },
    killSwitch: {
      engage: api.killSwitch.engage.handler(({ input }) => {
        asked.engaged.push(input)
        setMarks([{ scope: { kind: 'all' }, purpose: 'kill', reason: input.reason, at: 1_700_000_000_000 }])
        return [...accounts.keys()].map((accountId) => {
          change({ accountId, position: 0 })
          return { accountId, outcome: 'flattened' as const, wasRunning: true, refusal: null }
        })
      }),
      release: api.killSwitch.release.handler(() => {
        setMarks([])
        return { released: [{ kind: 'all' as const }], standing: [] }
      }),
      state: api.killSwitch.state.handler(() => marks),
    },
    events: api.events.handler(async function* ({ lastEventId, signal }) {
      for await (const { id, event } of events.read(lastEventId, signal)) yield withEventMeta(event, { id })
    }),
  })

  async function fetch(request: Request): Promise<Response> {
    if (door === 'down') throw new TypeError('fetch failed')
    if (door === 'unauthorized') return Response.json({ code: 'UNAUTHORIZED', status: 401 }, { status: 401 })
    if (/\/(events|live\?.*)$/.test(request.url)) asked.lastEventIds.push(request.headers.get('last-event-id'))
    const { response } = await handler.handle(request, { prefix: '/api' })
    if (!response?.body) return response ?? new Response(null, { status: 404 })
    // A broken connection is an error in the middle of an answer.
    const body = response.body.pipeThrough(new TransformStream(), { signal: connections.signal })
    return new Response(body, response)
  }

  return {
    fetch,
    /** What is known of accounts beside their listings. */
    book,
    /** What it answers about the world; what is left out it refuses. */
    says,
    preferences: () => preferences,
    change,
    /** An account has written something down that its figures don't tell. */
    happened,
    /** Another holds the account than before. */
    relock(report: LockReport) {
      book.locks.set(report.accountId, report)
      newsOf('lock', report.accountId).publish({ type: 'lock', accountId: report.accountId })
    },
    refusals,
    asked,
    trades,
    orders,
    decisions,
    reports,
    risks,
    /** Sends these lines, or puts them into the log before anybody reads it. */
    write(accountId: string, ...written: LogLine[]) {
      logs.set(accountId, [...(logs.get(accountId) ?? []), ...written])
      for (const line of written) lines.publish({ accountId, line })
    },
    remove(accountId: string) {
      accounts.delete(accountId)
      events.publish({ type: 'removed', accountId })
      live.remove(accountId)
    },
    setMarks,
    /** Tells of other topics, too. */
    serve(source: (topic: string) => TopicSource | undefined) {
      const known = sourceOf
      sourceOf = (topic) => known(topic) ?? source(topic)
    },
    /** From now on the answer to a start waits for `release`. */
    hold() {
      const now = (held = Promise.withResolvers<void>())
      return { release: () => now.resolve() }
    },
    /** Breaks every connection; while it is `down`, nobody answers. */
    setDoor(next: typeof door) {
      door = next
      if (next === 'open') return
      connections.abort(new TypeError('network error'))
      connections = new AbortController()
    },
  }
}

export type FakeLauncher = ReturnType<typeof fakeLauncher>

const unknownTopic: TopicSource = () => ({ next: () => Promise.reject(new Error('there is no such topic')) })
