import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { DecisionRow, OrderRow, PositionRow, ReconciliationRow, TradeRow } from './account-records.ts'
import { AccountSettings } from './account-settings.ts'
import { RefusalShape } from './bot-protocol.ts'
import { AccountStatus, FleetEvent, StartOutcome, StopOutcome } from './fleet.ts'
import { RequestId } from './request-id.ts'
import { TradeReply, TradeRequest } from './trade-request.ts'
import { FlattenOutcome, KillMarkRow, KillScopeRow, KillTarget } from './kill-switch.ts'
import { RiskReport } from './risk-report.ts'

/** Every procedure may refuse; the code, sentence and next step travel as typed error data. */
const api = oc.errors({
  REFUSED: { status: 422, data: RefusalShape },
  NOT_FOUND: { status: 404, data: RefusalShape },
  CONFLICT: { status: 409, data: RefusalShape },
})

/** Header in which the page sends its half of a session; the other half is a cookie the page can't read. */
export const SESSION_HEADER = 'x-slipway-session'

/** POST /api/session: trades the one-time code of the address for a session. */
export const SessionRequest = z.strictObject({ code: z.string().min(1).max(200) })
export const SessionAnswer = z.object({ token: z.string() })

const Iso = z.iso.datetime()

/** Which log of an account that follows several markets; the first, which also tells of the account, where left out. */
const Segment = z.string().min(1).max(32)

export const LogLine = z.object({
  /** Where the line starts, in bytes from the beginning of the account's log. */
  offset: z.int(),
  time: z.string().nullable(),
  level: z.string().nullable(),
  event: z.string().nullable(),
  message: z.string(),
  /** The line as it stands in the file. */
  raw: z.string(),
})
export type LogLine = z.output<typeof LogLine>

const Id = z.object({ id: z.string() })
const Ids = z.object({ ids: z.array(z.string()).default([]), all: z.boolean().default(false) })
const Page = Id.extend({
  limit: z.coerce.number().int().min(1).max(100_000).default(1_000),
  after: z.string().optional(),
  /** The last `limit` rows instead of the first; still oldest first. */
  newest: z.stringbool().or(z.boolean()).default(false),
})

/** One strategy and what a form for its settings needs. */
export const StrategyRow = z.object({
  /** What an account's `strategy` is set to. */
  id: z.string(),
  title: z.string(),
  kind: z.enum(['built-in', 'plug-in']),
  file: z.string().nullable(),
  parameters: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      help: z.string(),
      unit: z.string(),
      kind: z.enum(['integer', 'number']),
      default: z.number(),
      min: z.number(),
      max: z.number(),
    }),
  ),
  /** Why a plug-in can't be used now. */
  problem: RefusalShape.nullable(),
})
export type StrategyRow = z.output<typeof StrategyRow>

export const NewAccount = z.object({
  accountId: z.string(),
  user: z.string(),
  broker: z.string().default('sim'),
  mode: z.enum(['paper', 'live']).default('paper'),
  strategy: z.string().default('vwap-bounce'),
  symbol: z.string(),
  timeframe: z.string().default('1m'),
  /** As typed: `replay`, `replay:max`, `replay:60x:2024-01-02..2024-01-05`, `synthetic:7`. */
  feed: z.string().default('replay'),
  /** `key=value` settings: strategy parameters by name, `risk.…`, `simulation.…`, `gateway.…`. */
  set: z.array(z.string()).default([]),
})
export type NewAccount = z.input<typeof NewAccount>

/** A registered account; `readopted` when the folder of a removed account of this id was taken up again. */
export const AddedAccount = z.object({ ...AccountSettings.shape, readopted: z.boolean() })
export type AddedAccount = z.output<typeof AddedAccount>

export const launcherContract = {
  health: api.route({ method: 'GET', path: '/health', summary: 'Launcher identity and version' }).output(
    z.object({
      name: z.literal('slipway'),
      version: z.string(),
      pid: z.int(),
      instanceId: z.string(),
      home: z.string(),
      startedAt: Iso,
    }),
  ),
  accounts: {
    list: api
      .route({ method: 'GET', path: '/accounts', summary: 'Settings of every account' })
      .output(
        z.array(
          z.union([
            z.object({ settings: AccountSettings }),
            z.object({ accountId: z.string(), corrupt: RefusalShape }),
          ]),
        ),
      ),
    add: api
      .route({ method: 'POST', path: '/accounts', summary: 'Register an account' })
      .input(NewAccount)
      .output(AddedAccount),
    show: api
      .route({ method: 'GET', path: '/accounts/{id}', summary: 'Settings of one account' })
      .input(Id)
      .output(AccountSettings),
    edit: api
      .route({ method: 'PATCH', path: '/accounts/{id}', summary: 'Change settings; they apply at the next start' })
      .input(Id.extend({ set: z.array(z.string()).min(1) }))
      .output(z.object({ settings: AccountSettings, changed: z.array(z.string()), appliesAtNextStart: z.boolean() })),
    remove: api
      .route({
        method: 'DELETE',
        path: '/accounts/{id}',
        summary: 'Forget an account; `purge: true` in the body also deletes its folder',
      })
      .input(Id.extend({ purge: z.boolean().default(false) }))
      .output(z.object({ accountId: z.string(), purged: z.boolean(), folder: z.string() })),
  },
  strategies: {
    list: api
      .route({
        method: 'GET',
        path: '/strategies',
        summary: 'Strategies with their parameters: built in, in the home folder, and those accounts name by path',
      })
      .output(z.array(StrategyRow)),
  },
  bots: {
    start: api
      .route({ method: 'POST', path: '/bots/start', summary: 'Start bots; wait returns when each trades or has ended' })
      .input(
        Ids.extend({ wait: z.boolean().default(false), timeoutMs: z.int().min(1_000).max(3_600_000).default(120_000) }),
      )
      .output(z.array(StartOutcome)),
    stop: api
      .route({ method: 'POST', path: '/bots/stop', summary: 'Stop bots; flatten closes their positions first' })
      .input(
        Ids.extend({
          flatten: z.boolean().default(false),
          /** Leaves entry orders working at the broker; by default a stop cancels them. */
          keepOrders: z.boolean().default(false),
          timeoutMs: z.int().min(1_000).max(600_000).default(30_000),
        }).refine(({ flatten, keepOrders }) => !(flatten && keepOrders), {
          message: 'flatten closes positions and cancels orders, so it cannot keep them',
        }),
      )
      .output(z.array(StopOutcome)),
    restart: api
      .route({ method: 'POST', path: '/bots/restart', summary: 'Stop and start bots' })
      .input(
        Ids.extend({ wait: z.boolean().default(false), timeoutMs: z.int().min(1_000).max(3_600_000).default(120_000) }),
      )
      .output(z.array(StartOutcome)),
    flatten: api
      .route({ method: 'POST', path: '/bots/flatten', summary: 'Close positions and cancel orders; bots go on' })
      .input(Ids)
      .output(z.array(StopOutcome)),
  },
  killSwitch: {
    engage: api
      .route({
        method: 'POST',
        path: '/kill-switch/engage',
        summary: 'Close everything of accounts, a user or all, and make no entries until released',
      })
      .input(
        KillTarget.safeExtend({
          reason: z.string().max(200).default(''),
          timeoutMs: z.int().min(1_000).max(3_600_000).default(120_000),
        }),
      )
      .output(z.array(FlattenOutcome)),
    release: api
      .route({ method: 'POST', path: '/kill-switch/release', summary: 'Let entries be made again' })
      .input(KillTarget)
      .output(z.object({ released: z.array(KillScopeRow), standing: z.array(KillMarkRow) })),
    state: api
      .route({ method: 'GET', path: '/kill-switch', summary: 'Every kill switch that is engaged' })
      .output(z.array(KillMarkRow)),
  },
  risk: api
    .route({ method: 'GET', path: '/accounts/{id}/risk', summary: 'Where an account stands against its limits' })
    .input(Id)
    .output(RiskReport),
  status: api
    .route({ method: 'GET', path: '/status', summary: 'Every account and its bot, in one call' })
    .input(z.object({ id: z.string().optional() }))
    .output(z.array(AccountStatus)),
  trade: api
    .route({
      method: 'POST',
      path: '/accounts/{accountId}/trade',
      summary: 'Ask an account for one trade; the same requestId again is answered again, not traded again',
    })
    .input(z.object({ accountId: z.string(), requestId: RequestId, command: TradeRequest }))
    .output(TradeReply),
  trades: api
    .route({ method: 'GET', path: '/accounts/{id}/trades', summary: 'Closed trades, oldest first' })
    .input(Page)
    .output(z.array(TradeRow)),
  orders: api
    .route({ method: 'GET', path: '/accounts/{id}/orders', summary: 'Orders, oldest first' })
    .input(Page)
    .output(z.array(OrderRow)),
  positions: api
    .route({ method: 'GET', path: '/accounts/{id}/positions', summary: 'Position journal, oldest first' })
    .input(Page)
    .output(z.array(PositionRow)),
  decisions: api
    .route({ method: 'GET', path: '/accounts/{id}/decisions', summary: 'Decisions with every reason, oldest first' })
    .input(Page)
    .output(z.array(DecisionRow)),
  reconciliations: api
    .route({
      method: 'GET',
      path: '/accounts/{id}/reconciliations',
      summary: "What comparing the books with the broker's found and did, oldest first",
    })
    .input(Page)
    .output(z.array(ReconciliationRow)),
  logs: {
    read: api
      .route({ method: 'GET', path: '/accounts/{id}/logs', summary: 'Last lines of the log' })
      .input(
        Id.extend({
          limit: z.coerce.number().int().min(1).max(10_000).default(200),
          segment: Segment.optional(),
          level: z.string().optional(),
          grep: z.string().max(1_000).optional(),
          since: z.string().optional(),
        }),
      )
      .output(z.object({ lines: z.array(LogLine), end: z.int() })),
    follow: api
      .route({ method: 'GET', path: '/accounts/{id}/logs/follow', summary: 'New log lines as they are written (SSE)' })
      .input(
        Id.extend({
          segment: Segment.optional(),
          level: z.string().optional(),
          grep: z.string().max(1_000).optional(),
          tail: z.coerce.number().int().min(0).max(10_000).default(100),
        }),
      )
      .output(eventIterator(LogLine)),
  },
  events: api
    .route({ method: 'GET', path: '/events', summary: 'Fleet changes as they happen (SSE, resumes by Last-Event-ID)' })
    .output(eventIterator(FleetEvent)),
  backup: api
    .route({ method: 'POST', path: '/accounts/{id}/backup', summary: 'Verified copy of the account state' })
    .input(Id)
    .output(z.object({ file: z.string(), bytes: z.int() })),
  restore: api
    .route({
      method: 'POST',
      path: '/accounts/{id}/restore',
      summary: 'Put a verified backup in place; the old state is kept in quarantine',
    })
    .input(Id.extend({ file: z.string() }))
    .output(z.object({ file: z.string(), quarantined: z.string().nullable() })),
  open: api
    .route({
      method: 'POST',
      path: '/open',
      summary: 'A fresh one-time address of the page for a browser; answered to local callers only',
    })
    .output(z.object({ url: z.string() })),
  shutdown: api
    .route({ method: 'POST', path: '/shutdown', summary: 'End the launcher; bots go on unless `bots` is true' })
    .input(z.object({ bots: z.boolean().default(false) }))
    .output(z.object({ pid: z.int() })),
}
