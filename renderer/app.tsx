import { useSyncExternalStore } from 'react'
import { Frame } from './frame/frame.tsx'
import type { LauncherClient } from './launcher/launcher-client.ts'
import { LauncherProvider } from './launcher/launcher-context.tsx'
import { PreferencesProvider } from './preferences/preferences-context.tsx'
import type { Session } from './session/session.ts'
import { SessionPage } from './session/session-page.tsx'

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
