import { flattenTargets } from '../../../adapters/kill-switch/kill-switch.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** What closes then goes on by itself. */
const FLATTEN_TIMEOUT_MS = 60_000

export function botHandlers(api: Implementer, parts: ApiParts) {
  const { registry, fleet } = parts
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

  return {
    start: api.bots.start.handler(({ input }) => fleet.start(chosen(input, true), input.wait, input.timeoutMs)),
    stop: api.bots.stop.handler(({ input }) => fleet.stop(chosen(input, false), input, input.timeoutMs)),
    restart: api.bots.restart.handler(({ input }) => fleet.restart(chosen(input, true), input.wait, input.timeoutMs)),
    // As the command line does: also where no bot runs, and with a mark that keeps entries away meanwhile.
    flatten: api.bots.flatten.handler(({ input }) => {
      const ids = chosen(input, false)
      return ids.length === 0 ? [] : flattenTargets(parts.killSwitch, { ids, all: false }, FLATTEN_TIMEOUT_MS)
    }),
  }
}
