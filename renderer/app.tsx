import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useState, useSyncExternalStore, type ReactNode } from 'react'
import { Frame } from './frame/frame.tsx'
import type { LauncherClient } from './launcher/launcher-client.ts'
import { LauncherProvider } from './launcher/launcher-context.tsx'
import { PageCrash } from './page/page-crash.tsx'
import { PreferencesProvider } from './preferences/preferences-context.tsx'
import type { Session } from './session/session.ts'
import { SessionPage } from './session/session-page.tsx'
import { theme } from './theme.ts'

/** Looks and services every part of the page relies on. */
export function PageShell({ children, env }: { children: ReactNode; env?: 'default' | 'test' }) {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }))
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" {...(env ? { env } : {})}>
      <PageCrash>
        <QueryClientProvider client={queries}>{children}</QueryClientProvider>
        <Notifications position="bottom-right" limit={5} containerWidth={420} />
      </PageCrash>
    </MantineProvider>
  )
}

/** The page behind its session. */
export function App({ session, client }: { session: Session; client: LauncherClient }) {
  const state = useSyncExternalStore(session.subscribe, session.get)
  if (state.kind !== 'open') return <SessionPage state={state} onRetry={session.tryAgain} />
  return (
    <LauncherProvider client={client}>
      <PreferencesProvider>
        <Frame />
      </PreferencesProvider>
    </LauncherProvider>
  )
}
