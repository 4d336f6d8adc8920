import type { AccountRegistry } from '../../adapters/account-registry/account-registry.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'
import { refuse } from '../../domain/failure/refusal.ts'

/** An account by id alone: its state can be read, saved or put back even while its settings are corrupt. */
export function accountOf(registry: AccountRegistry, text: string): AccountId {
  const id = parseAccountId(text)
  const isKnown = isAccountId(id) && registry.list().some(({ accountId }) => accountId === id)
  return isKnown ? id : unknownAccount(registry, text)
}

/** Refuses with the registry's own sentence, which knows the nearest name. */
export function unknownAccount(registry: AccountRegistry, id: string): never {
  registry.show(id)
  return refuse('account-unknown', `There is no account ${JSON.stringify(id)}.`, 'See: slipway account list')
}
