import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { createContext, use, useMemo, type ReactNode } from 'react'
import type { LauncherClient } from './launcher-client.ts'

function partsOf(client: LauncherClient) {
  return { client, orpc: createTanstackQueryUtils(client) }
}

const LauncherContext = createContext<ReturnType<typeof partsOf> | undefined>(undefined)

export function LauncherProvider({ client, children }: { client: LauncherClient; children: ReactNode }) {
  const parts = useMemo(() => partsOf(client), [client])
  return <LauncherContext value={parts}>{children}</LauncherContext>
}

/** The launcher this page belongs to: `client` for streams, `orpc` for queries and mutations. */
export function useLauncher() {
  const parts = use(LauncherContext)
  if (!parts) throw new Error('useLauncher is used outside of LauncherProvider')
  return parts
}
