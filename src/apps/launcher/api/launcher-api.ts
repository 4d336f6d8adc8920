import { withEventMeta, type Router } from '@orpc/server'
import type { launcherContract } from '../../../contracts/launcher-api.ts'
import { backupState, checkBackup, restoreState } from '../../../adapters/state-db/backup-state.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { IN_ORDER } from '../stop-bot.ts'
import { accountHandlers } from './accounts.ts'
import { botHandlers } from './bots.ts'
import { cashHandlers } from './cash.ts'
import { chartHandlers } from './charts.ts'
import { calendarHandler } from './calendar.ts'
import { cloudHandler, cloudServerHandlers } from './cloud.ts'
import { doctorHandler } from './doctor.ts'
import { dataHandlers } from './data.ts'
import { killSwitchHandlers } from './kill-switch.ts'
import { licenceHandlers } from './licence.ts'
import { lockHandlers } from './locks.ts'
import { liveHandlers } from './live.ts'
import { logHandlers } from './logs.ts'
import { outboxHandlers } from './outbox.ts'
import { preferenceHandlers } from './preferences.ts'
import { accountOf, unknownAccount } from '../known-account.ts'
import { implementContract, type ApiContext, type ApiParts } from './procedures.ts'
import { recordHandlers } from './records.ts'
import { strategyHandlers } from './strategies.ts'
import { vaultHandlers } from './vault.ts'

const STOP_ALL_TIMEOUT_MS = 30_000
/** A broker call ends long before; asked again under the same name, the bot tells what became of it. */
const TRADE_TIMEOUT_MS = 60_000

/** The launcher's API: thin procedures over the registry, the fleet and the accounts' own files. */
export function launcherApi(parts: ApiParts) {
  const { layout, registry, fleet } = parts
  const api = implementContract()
  return {
    health: api.health.handler(() => parts.health),
    accounts: accountHandlers(api, parts),
    strategies: strategyHandlers(api, parts),
    vault: vaultHandlers(api, parts),
    bots: botHandlers(api, parts),
    killSwitch: killSwitchHandlers(api, parts),
    ...recordHandlers(api, parts),
    cash: cashHandlers(api, parts),
    chart: chartHandlers(api, parts),
    locks: lockHandlers(api, parts),
    trade: api.trade.handler(({ input }) =>
      fleet
        .bot(accountOf(registry, input.accountId))
        .trade({ signalId: input.requestId, command: input.command }, TRADE_TIMEOUT_MS),
    ),
    status: api.status.handler(({ input }) => {
      const rows = fleet.status()
      if (input.id === undefined) return rows
      const row = rows.find(({ accountId }) => accountId === input.id)
      return row ? [row] : [unknownAccount(registry, input.id)]
    }),
    logs: logHandlers(api, parts),
    live: liveHandlers(api, parts),
    data: dataHandlers(api, parts),
    preferences: preferenceHandlers(api, parts),
    calendar: calendarHandler(api, parts),
    doctor: doctorHandler(api, parts),
    cloud: cloudHandler(api, parts),
    cloudServer: cloudServerHandlers(api, parts),
    signals: api.signals.handler(() => parts.signals.read()),
    licence: licenceHandlers(api, parts),
    outbox: outboxHandlers(api, parts),
    events: api.events.handler(async function* ({ lastEventId, signal }) {
      for await (const { id, event } of fleet.events.read(lastEventId, signal)) yield withEventMeta(event, { id })
    }),
    backup: api.backup.handler(({ input }) => backupState(layout, accountOf(registry, input.id), parts.now())),
    restore: api.restore.handler(async ({ input }) =>
      restoreState(layout, await idleAccount(parts, input.id), input.file, parts.now()),
    ),
    checkRestore: api.checkRestore.handler(async ({ input }) => ({
      file: checkBackup(layout, await idleAccount(parts, input.id), input.file),
    })),
    open: api.open.handler(({ context }) => {
      // Whoever could make new addresses through the browser door would never have to leave it.
      if (context.door !== 'local')
        refuse('unauthorized', 'Only this computer can open a new page.', 'Run: npx slipway open')
      return { url: parts.freshUrl() }
    }),
    shutdown: api.shutdown.handler(async ({ input }) => {
      if (input.bots)
        await fleet.stop(
          registry.list().map(({ accountId }) => accountId),
          IN_ORDER,
          STOP_ALL_TIMEOUT_MS,
        )
      parts.shutDown()
      return { pid: process.pid }
    }),
  } satisfies Router<typeof launcherContract, ApiContext>
}

/** An account whose state nobody uses. @throws {Refused} 'account-unknown' | 'account-held' */
async function idleAccount({ registry, heldBy }: ApiParts, text: string): Promise<AccountId> {
  const id = accountOf(registry, text)
  const holder = await heldBy(id)
  if (holder !== undefined)
    refuse('account-held', `The state of ${id} is in use. ${holder}`, `Stop it first: slipway stop ${id}`)
  return id
}
