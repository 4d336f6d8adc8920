import { useCallback, useSyncExternalStore } from 'react'

/** The account chosen on this page, kept in the address, so that it outlives a reload and the back button works. */
export function useSelectedAccount(): [selected: string | undefined, select: (accountId: string) => void] {
  const selected = useSyncExternalStore(subscribe, read)
  const select = useCallback((accountId: string) => {
    if (read() !== accountId) window.location.hash = new URLSearchParams({ account: accountId }).toString()
  }, [])
  return [selected, select]
}

function read(): string | undefined {
  return new URLSearchParams(window.location.hash.slice(1)).get('account') ?? undefined
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}
