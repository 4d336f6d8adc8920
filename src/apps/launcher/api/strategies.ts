import { looksLikePath } from '../../../domain/strategy/plug-in.ts'
import type { ApiParts, Implementer } from './procedures.ts'

export function strategyHandlers(api: Implementer, parts: ApiParts) {
  const { registry } = parts
  return {
    list: api.strategies.list.handler(async () => {
      const named = registry.list().flatMap((entry) => ('settings' in entry ? [entry.settings.strategy] : []))
      const listed = await parts.shelf.list([...new Set(named.filter(looksLikePath))])
      return listed.map((one) => ({ ...one, parameters: [...one.parameters] }))
    }),
  }
}
