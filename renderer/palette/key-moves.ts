import type { Place } from '../place/place.ts'

/** What a key does, given what was pressed just before. */
export type KeyMove =
  | { readonly kind: 'none' }
  /** The next key says where to go. */
  | { readonly kind: 'go-next' }
  | { readonly kind: 'go'; readonly place: Place }
  | { readonly kind: 'palette' }
  | { readonly kind: 'help' }

export type PressedKey = Readonly<{
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
  /** It goes into a field, where letters are letters. */
  isTyping: boolean
}>

const GO: Readonly<Record<string, Place>> = {
  a: { page: 'accounts' },
  l: { page: 'logs', accountIds: [] },
  c: { page: 'calendar' },
  o: { page: 'cloud' },
  h: { page: 'health' },
  s: { page: 'settings' },
}

/** @param before what the key before it did, if that was a moment ago */
export function keyMove(pressed: PressedKey, before: KeyMove): KeyMove {
  const { key, ctrlKey, metaKey, altKey, isTyping } = pressed
  const command = ctrlKey || metaKey
  if (command && !altKey && !pressed.shiftKey && key.toLowerCase() === 'k') return { kind: 'palette' }
  if (isTyping || command || altKey) return { kind: 'none' }
  if (before.kind === 'go-next') {
    const place = GO[key]
    return place ? { kind: 'go', place } : { kind: 'none' }
  }
  if (key === '?') return { kind: 'help' }
  return key === 'g' ? { kind: 'go-next' } : { kind: 'none' }
}
