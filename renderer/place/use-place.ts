import { useMemo, useSyncExternalStore } from 'react'
import { hashOf, placeOf, type Place } from './place.ts'

/** The place the address names. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, read)
  return useMemo(() => placeOf(hash), [hash])
}

/** Goes somewhere; `replace` leaves no step for the back button. */
export function goTo(place: Place, options: Readonly<{ replace?: boolean }> = {}): void {
  const hash = hashOf(place)
  if (read() === hash) return
  if (options.replace) window.location.replace(hash)
  else window.location.hash = hash
}

function read(): string {
  return window.location.hash
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}
