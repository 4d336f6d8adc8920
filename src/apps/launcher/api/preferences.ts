import { changePreferences, readPreferences } from '../../../adapters/preferences/preferences-file.ts'
import type { ApiParts, Implementer } from './procedures.ts'

export function preferenceHandlers(api: Implementer, parts: ApiParts) {
  const file = parts.layout.preferences
  return {
    read: api.preferences.read.handler(() => readPreferences(file)),
    change: api.preferences.change.handler(({ input }) => changePreferences(file, input)),
  }
}
