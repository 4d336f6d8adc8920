import type { AccountSettings } from '../../contracts/account-settings.ts'

/** A setting that differs between two versions of settings; `text` says how: `name: old → new`. */
export type SettingChange = Readonly<{ name: string; text: string }>

export function changesBetween(before: AccountSettings, after: AccountSettings): SettingChange[] {
  const flat = (settings: AccountSettings) => new Map(flatten('', settings))
  const [old, now] = [flat(before), flat(after)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => old.get(key) !== now.get(key))
    .map((key) => {
      const name = key.replace(/^parameters\./, '')
      return { name, text: `${name}: ${old.get(key) ?? 'default'} → ${now.get(key) ?? 'default'}` }
    })
}

function flatten(path: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(path ? `${path}.${key}` : key, inner))
}
