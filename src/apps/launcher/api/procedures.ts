import { implement, ORPCError } from '@orpc/server'
import type { AccountRegistry } from '../../../adapters/account-registry/account-registry.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { KillSwitchContext } from '../../../adapters/kill-switch/kill-switch.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import type { PlugInShelf } from '../../../adapters/strategy-host/plug-in-shelf.ts'
import type { Vault } from '../../../adapters/vault/open-vault.ts'
import { launcherContract } from '../../../contracts/launcher-api.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'
import { Refused, refusal, type Refusal, type RefusalCode } from '../../../domain/failure/refusal.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import type { CloudLink } from '../cloud/cloud-link.ts'
import type { Signals } from '../cloud/signals.ts'
import type { Fleet } from '../fleet.ts'

/** Through which door a call came. `local` is the socket only this user can reach. */
export type ApiContext = Readonly<{ door: 'local' | 'browser' }>

export type ApiParts = Readonly<{
  layout: HomeLayout
  registry: AccountRegistry
  shelf: PlugInShelf
  fleet: Fleet
  now: () => EpochMs
  killSwitch: KillSwitchContext
  vault: Vault
  cloud: CloudLink
  signals: Pick<Signals, 'read'>
  log: Log
  health: { name: 'slipway'; version: string; pid: number; instanceId: string; home: string; startedAt: string }
  /** A fresh one-time address for a browser. */
  freshUrl: () => string
  /** Ends the launcher once the answer has gone out. */
  shutDown: () => void
  heldBy: (id: AccountId) => Promise<string | undefined>
}>

const NOT_FOUND: readonly RefusalCode[] = ['account-unknown']
const CONFLICT: readonly RefusalCode[] = ['account-held', 'account-exists', 'other-host', 'fenced']

/** The contract, ready to be given its handlers. */
export type Implementer = ReturnType<typeof implementContract>

export function implementContract() {
  return (
    implement(launcherContract)
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
  )
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
