import { implement, ORPCError, withEventMeta } from '@orpc/server'
import type { AccountRegistry } from '../../adapters/account-registry/account-registry.ts'
import type { PlugInShelf } from '../../adapters/strategy-host/plug-in-shelf.ts'
import { looksLikePath } from '../../domain/strategy/plug-in.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import {
  engageKillSwitch,
  killSwitchState,
  releaseKillSwitch,
  type KillSwitchContext,
} from '../../adapters/kill-switch/kill-switch.ts'
import { followLog } from '../../adapters/log/follow-log.ts'
import { logFiles, readLogTail } from '../../adapters/log/read-log.ts'
import { backupState, restoreState } from '../../adapters/state-db/backup-state.ts'
import {
  readDecisions,
  readOrders,
  readPositions,
  readReconciliations,
  readTrades,
} from '../../adapters/state-db/read-account.ts'
import { launcherContract } from '../../contracts/launcher-api.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'
import { Refused, refusal, refuse, type Refusal, type RefusalCode } from '../../domain/failure/refusal.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { readRiskReport } from '../risk/read-risk-report.ts'
import { logSegment } from './log-segment.ts'
import type { Fleet } from './fleet.ts'
import { IN_ORDER } from './stop-bot.ts'

/** Through which door a call came. `local` is the socket only this user can reach. */
export type ApiContext = Readonly<{ door: 'local' | 'browser' }>

export type ApiParts = Readonly<{
  layout: HomeLayout
  registry: AccountRegistry
  shelf: PlugInShelf
  fleet: Fleet
  now: () => EpochMs
  killSwitch: KillSwitchContext
  health: { name: 'slipway'; version: string; pid: number; instanceId: string; home: string; startedAt: string }
  /** A fresh one-time address for a browser. */
  freshUrl: () => string
  /** Ends the launcher once the answer has gone out. */
  shutDown: () => void
  heldBy: (id: AccountId) => Promise<string | undefined>
}>

const NOT_FOUND: readonly RefusalCode[] = ['account-unknown']
const CONFLICT: readonly RefusalCode[] = ['account-held', 'account-exists', 'other-host', 'fenced']
const STOP_ALL_TIMEOUT_MS = 30_000
/** A broker call ends long before; asked again under the same name, the bot tells what became of it. */
const TRADE_TIMEOUT_MS = 60_000

/** The launcher's API: thin procedures over the registry, the fleet and the accounts' own files. */
export function launcherApi(parts: ApiParts) {
  const { layout, registry, fleet } = parts
  const api = implement(launcherContract)
    .$context<ApiContext>()
    // Refusals are answers; anything else stays an internal error whose text is for the log only.
    .use(async ({ next }) => {
      try {
        return await next()
      } catch (error) {
        if (error instanceof Refused) throw asApiError(error.refusal)
        if (error instanceof ORPCError && error.code === 'BAD_REQUEST') throw asApiError(badInput(error))
        throw error
      }
    })

  /**
   * Accounts named, or all; an unknown one refuses the whole call before anything is done.
   *
   * @param isUsable also asks for settings that can be read; without it, bots of corrupt accounts can be stopped too
   */
  const chosen = ({ ids, all }: { ids: string[]; all: boolean }, isUsable: boolean): AccountId[] => {
    const known = registry.list().map(({ accountId }) => accountId)
    if (all) return known
    if (ids.length === 0) refuse('bad-usage', 'No account was named.', 'Name accounts, or use --all.')
    const find = (id: string) => (isUsable ? undefined : known.find((it) => it === id)) ?? registry.show(id).accountId
    return [...new Set(ids.map(find))]
  }
  const segmentOf = (accountId: AccountId, asked: string | undefined) => {
    const entry = registry.list().find((one) => one.accountId === accountId)
    return entry && 'settings' in entry ? logSegment(layout, entry.settings, asked) : undefined
  }
  const afterChange = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change
    fleet.refresh()
    return result
  }

  return {
    health: api.health.handler(() => parts.health),
    accounts: {
      list: api.accounts.list.handler(() => [...registry.list()]),
      add: api.accounts.add.handler(async ({ input }) => {
        const { settings, readopted } = await afterChange(registry.add(input))
        return { ...settings, readopted }
      }),
      show: api.accounts.show.handler(({ input }) => registry.show(input.id)),
      edit: api.accounts.edit.handler(async ({ input }) => {
        const edited = await afterChange(registry.edit(input.id, input.set))
        const holder = await parts.heldBy(edited.settings.accountId)
        return { ...edited, appliesAtNextStart: holder !== undefined }
      }),
      remove: api.accounts.remove.handler(async ({ input }) => {
        const { accountId, folder } = await afterChange(registry.remove(input.id, input.purge))
        return { accountId, purged: input.purge, folder }
      }),
    },
    strategies: {
      list: api.strategies.list.handler(async () => {
        const named = registry.list().flatMap((entry) => ('settings' in entry ? [entry.settings.strategy] : []))
        const listed = await parts.shelf.list([...new Set(named.filter(looksLikePath))])
        return listed.map((one) => ({ ...one, parameters: [...one.parameters] }))
      }),
    },
    bots: {
      start: api.bots.start.handler(({ input }) => fleet.start(chosen(input, true), input.wait, input.timeoutMs)),
      stop: api.bots.stop.handler(({ input }) => fleet.stop(chosen(input, false), input, input.timeoutMs)),
      restart: api.bots.restart.handler(({ input }) => fleet.restart(chosen(input, true), input.wait, input.timeoutMs)),
      flatten: api.bots.flatten.handler(({ input }) => fleet.flatten(chosen(input, false))),
    },
    // The same direct way the command line goes: what it closes must not hang on what we remember of bots.
    killSwitch: {
      engage: api.killSwitch.engage.handler(({ input }) =>
        engageKillSwitch(parts.killSwitch, input, input.reason, input.timeoutMs),
      ),
      release: api.killSwitch.release.handler(({ input }) => {
        const released = releaseKillSwitch({ layout }, input)
        return { released, standing: killSwitchState({ layout }) }
      }),
      state: api.killSwitch.state.handler(() => killSwitchState({ layout })),
    },
    risk: api.risk.handler(({ input }) => readRiskReport(layout, registry.show(input.id), parts.now())),
    trade: api.trade.handler(({ input }) =>
      fleet
        .bot(accountOf(input.accountId))
        .trade({ signalId: input.requestId, command: input.command }, TRADE_TIMEOUT_MS),
    ),
    status: api.status.handler(({ input }) => {
      const rows = fleet.status()
      if (input.id === undefined) return rows
      const row = rows.find(({ accountId }) => accountId === input.id)
      return row ? [row] : [unknownAccount(registry, input.id)]
    }),
    trades: api.trades.handler(({ input }) => readTrades(layout, registry.show(input.id), input)),
    orders: api.orders.handler(({ input }) => readOrders(layout, registry.show(input.id), input)),
    positions: api.positions.handler(({ input }) => readPositions(layout, registry.show(input.id), input)),
    decisions: api.decisions.handler(({ input }) => readDecisions(layout, registry.show(input.id), input)),
    reconciliations: api.reconciliations.handler(({ input }) =>
      readReconciliations(layout, registry.show(input.id), input),
    ),
    logs: {
      read: api.logs.read.handler(({ input }) => {
        const { id, segment, ...query } = input
        const accountId = accountOf(id)
        return readLogTail({ files: logFiles(layout, accountId, segmentOf(accountId, segment)), ...query })
      }),
      follow: api.logs.follow.handler(async function* ({ input, signal }) {
        const { id, segment, ...query } = input
        const accountId = accountOf(id)
        const named = segmentOf(accountId, segment)
        const files = () => logFiles(layout, accountId, named)
        yield* followLog({ files, folder: layout.logs(accountId), ...query }, signal ?? new AbortController().signal)
      }),
    },
    events: api.events.handler(async function* ({ lastEventId, signal }) {
      for await (const { id, event } of fleet.events.read(lastEventId, signal)) yield withEventMeta(event, { id })
    }),
    backup: api.backup.handler(({ input }) => backupState(layout, accountOf(input.id), parts.now())),
    restore: api.restore.handler(async ({ input }) => {
      const id = accountOf(input.id)
      const holder = await parts.heldBy(id)
      if (holder !== undefined)
        refuse('account-held', `The state of ${id} is in use. ${holder}`, `Stop it first: slipway stop ${id}`)
      return restoreState(layout, id, input.file, parts.now())
    }),
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
  }

  /** An account by id alone: its state can be saved or put back even while its settings are corrupt. */
  function accountOf(text: string): AccountId {
    const id = parseAccountId(text)
    const isKnown = isAccountId(id) && registry.list().some(({ accountId }) => accountId === id)
    return isKnown ? id : unknownAccount(registry, text)
  }
}

/** Refuses with the registry's own sentence, which knows the nearest name. */
function unknownAccount(registry: AccountRegistry, id: string): never {
  registry.show(id)
  return refuse('account-unknown', `There is no account ${JSON.stringify(id)}.`, 'See: slipway account list')
}

/** The first thing the schema found wrong in a request. */
function badInput(error: ORPCError<string, unknown>): Refusal {
  const issue = (error.data as { issues?: { path?: PropertyKey[]; message: string }[] } | undefined)?.issues?.[0]
  const where = issue?.path?.join('.')
  return refusal(
    'bad-usage',
    issue ? `The request is wrong${where ? ` at ${where}` : ''}: ${issue.message}.` : 'The request can not be read.',
    'See what is possible in /api/openapi.json.',
  )
}

function asApiError(refused: Refusal): ORPCError<string, Refusal> {
  const { code, message } = refused
  if (NOT_FOUND.includes(code))
    return new ORPCError('NOT_FOUND', { defined: true, status: 404, message, data: refused })
  if (CONFLICT.includes(code)) return new ORPCError('CONFLICT', { defined: true, status: 409, message, data: refused })
  return new ORPCError('REFUSED', { defined: true, status: 422, message, data: refused })
}
