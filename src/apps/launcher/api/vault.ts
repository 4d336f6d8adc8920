import { checkSecrets, credentialFields } from '../../../adapters/account-secrets/credential-fields.ts'
import { testCredentials } from '../../../adapters/account-secrets/test-credentials.ts'
import { readOpenThings } from '../../../adapters/state-db/read-open.ts'
import { readVenueAccount } from '../../../adapters/state-db/read-venue-account.ts'
import { parseAccountId, isAccountId, type AccountId } from '../../../domain/account/account-id.ts'
import { whyForeign, type VenueAccount } from '../../../domain/broker/venue-account.ts'
import { Refused, type Refusal } from '../../../domain/failure/refusal.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** The vault over the API. Credentials come in and never go out. */
export function vaultHandlers(api: Implementer, parts: ApiParts) {
  const { layout, registry, vault, log } = parts
  const told = async (event: string, what: string, change: Promise<unknown>) => {
    await change
    log.info(event, what)
    return vault.status()
  }

  /** An account that is registered, or is about to be: a form keeps its credentials before it is. */
  function accountNamed(text: string): Readonly<{ id: AccountId; broker: string | undefined }> {
    const id = parseAccountId(text)
    if (!isAccountId(id)) throw new Refused(id)
    const entry = registry.list().find(({ accountId }) => accountId.toLowerCase() === id.toLowerCase())
    // Refuses an id that differs in case only, and names the right one.
    if (entry && entry.accountId !== id) registry.show(text)
    return { id, broker: entry && 'settings' in entry ? entry.settings.broker : undefined }
  }

  /** Why an account that credentials open is not that of the books; undefined also where nobody knows. */
  function whyNotOfBooks(id: AccountId, named: VenueAccount): Refusal | undefined {
    const known = readVenueAccount(layout, id)
    if (!known) return undefined
    const { positions, orders } = readOpenThings(layout, id)
    return whyForeign(id, known, named, positions.length > 0 || orders > 0)
  }

  return {
    status: api.vault.status.handler(({ input }) => vault.status(input.lookForKeychain)),
    init: api.vault.init.handler(({ input: { protection, replace } }) =>
      told('vault-made', `A vault was made (${protection.kind})`, vault.init(protection, replace)),
    ),
    unlock: api.vault.unlock.handler(({ input }) =>
      told('vault-unlocked', 'The vault was opened', vault.unlock(input.passphrase)),
    ),
    lock: api.vault.lock.handler(() => {
      vault.lock()
      return told('vault-locked', 'The vault was locked', Promise.resolve())
    }),
    change: api.vault.change.handler(({ input: { passphrase, protection } }) =>
      told('vault-changed', `The vault has a new key (${protection.kind})`, vault.change(passphrase, protection)),
    ),
    autoLock: api.vault.autoLock.handler(({ input: { minutes } }) =>
      told('vault-auto-lock', `The vault locks itself after ${minutes} minutes (0: never)`, vault.setAutoLock(minutes)),
    ),
    fields: api.vault.fields.handler(({ input }) => [...credentialFields(input.broker)]),
    credentials: {
      list: api.vault.credentials.list.handler(async () => {
        const { accounts, problem } = await vault.status()
        if (problem) throw new Refused(problem as Refused['refusal'])
        return accounts
      }),
      set: api.vault.credentials.set.handler(async ({ input }) => {
        const { id, broker } = accountNamed(input.id)
        const kept = await vault.set(id, checkSecrets(broker ?? input.broker, input.values))
        log.info('credentials-kept', `Credentials of ${id} were put into the vault`, {
          accountId: id,
          fields: Object.keys(input.values),
        })
        return kept
      }),
      forget: api.vault.credentials.forget.handler(async ({ input }) => {
        const { id } = accountNamed(input.id)
        const left = await vault.forget(id, input.field)
        log.info('credentials-forgotten', `Credentials of ${id} were taken out of the vault`, { accountId: id })
        return left
      }),
      test: api.vault.credentials.test.handler(async ({ input: { accountId, ...what } }) => {
        for (const { name, secret } of credentialFields(what.broker))
          if (secret && what.values[name]) log.addSecret(what.values[name])
        const id = accountId === undefined ? undefined : accountNamed(accountId).id
        const kept = id === undefined ? {} : await vault.read(id)
        const recognise = id === undefined ? undefined : (named: VenueAccount) => whyNotOfBooks(id, named)
        return testCredentials({ ...what, values: { ...kept, ...what.values }, recognise }, () => performance.now())
      }),
    },
  }
}
