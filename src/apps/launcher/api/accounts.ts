import type { AccountId } from '../../../domain/account/account-id.ts'
import type { ApiParts, Implementer } from './procedures.ts'

export function accountHandlers(api: Implementer, parts: ApiParts) {
  const { registry, fleet } = parts
  const afterChange = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change
    fleet.refresh()
    return result
  }

  return {
    list: api.accounts.list.handler(() => [...registry.list()]),
    add: api.accounts.add.handler(async ({ input }) => {
      const { settings, readopted } = await afterChange(registry.add(input))
      return { ...settings, readopted }
    }),
    check: api.accounts.check.handler(async ({ input }) => {
      const { settings, readopted } = await registry.check(input)
      return { ...settings, readopted }
    }),
    checkEdit: api.accounts.checkEdit.handler(({ input }) => registry.checkEdit(input.id, input.set)),
    show: api.accounts.show.handler(({ input }) => registry.show(input.id)),
    edit: api.accounts.edit.handler(async ({ input }) => {
      const { settings, changed, atOnce } = await afterChange(registry.edit(input.id, input.set))
      const holder = await parts.heldBy(settings.accountId)
      return { settings, changed, appliesAtNextStart: holder !== undefined && !atOnce }
    }),
    remove: api.accounts.remove.handler(async ({ input }) => {
      const { accountId, folder } = await afterChange(registry.remove(input.id, input.purge))
      if (input.purge) await forgetCredentials(parts, accountId)
      return { accountId, purged: input.purge, folder }
    }),
  }
}

/** An account that is gone for good must not leave its credentials to another one of its name. A locked vault keeps them, and says so. */
async function forgetCredentials({ vault, log }: ApiParts, accountId: AccountId): Promise<void> {
  try {
    await vault.forget(accountId)
  } catch (error) {
    log.warn('credentials-left', `The credentials of ${accountId} are still in the vault`, { accountId, error })
  }
}
