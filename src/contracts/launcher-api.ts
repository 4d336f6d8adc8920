import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { AccountStatus, FleetEvent } from './fleet.ts'
import { accountProcedures } from './launcher/accounts.ts'
import { botProcedures } from './launcher/bots.ts'
import { cashProcedures } from './launcher/cash.ts'
import { chartProcedures } from './launcher/charts.ts'
import { calendarProcedure } from './launcher/calendar.ts'
import { cloudProcedure, cloudServerProcedures, licenceProcedures } from './launcher/cloud.ts'
import { doctorProcedure } from './launcher/doctor.ts'
import { dataProcedures } from './launcher/data.ts'
import { killSwitchProcedures } from './launcher/kill-switch.ts'
import { lockProcedures } from './launcher/locks.ts'
import { liveProcedures } from './launcher/live.ts'
import { logProcedures } from './launcher/logs.ts'
import { outboxProcedures } from './launcher/outbox.ts'
import { preferenceProcedures } from './launcher/preferences.ts'
import { api, Id, Iso } from './launcher/procedure.ts'
import { recordProcedures } from './launcher/records.ts'
import { signalsProcedure } from './launcher/signals.ts'
import { strategyProcedures } from './launcher/strategies.ts'
import { vaultProcedures } from './launcher/vault.ts'
import { RequestId } from './request-id.ts'
import { TradeReply, TradeRequest } from './trade-request.ts'

/** Header in which the page sends its half of a session; the other half is a cookie the page can't read. */
export const SESSION_HEADER = 'x-slipway-session'

/** POST /api/session: trades the one-time code of the address for a session. */
export const SessionRequest = z.strictObject({ code: z.string().min(1).max(200) })
export const SessionAnswer = z.object({ token: z.string() })

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
  accounts: accountProcedures,
  strategies: strategyProcedures,
  vault: vaultProcedures,
  bots: botProcedures,
  killSwitch: killSwitchProcedures,
  ...recordProcedures,
  cash: cashProcedures,
  chart: chartProcedures,
  locks: lockProcedures,
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
  logs: logProcedures,
  live: liveProcedures,
  data: dataProcedures,
  preferences: preferenceProcedures,
  calendar: calendarProcedure,
  doctor: doctorProcedure,
  cloud: cloudProcedure,
  cloudServer: cloudServerProcedures,
  signals: signalsProcedure,
  licence: licenceProcedures,
  outbox: outboxProcedures,
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
  checkRestore: api
    .route({
      method: 'POST',
      path: '/accounts/{id}/restore/check',
      summary: 'Whether a backup could be put in place now; changes nothing',
    })
    .input(Id.extend({ file: z.string() }))
    .output(z.object({ file: z.string() })),
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
