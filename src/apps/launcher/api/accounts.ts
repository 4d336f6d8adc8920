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
  }
}
