import './no-eval.ts'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './page/page.css'
import './frame/frame.css'
import './fleet/fleet.css'
import './account/account.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { SESSION_HEADER } from '../src/contracts/launcher-api.ts'
import { createLauncherClient } from './launcher/launcher-client.ts'
import { copyInWindow } from './page/copy-in-window.ts'
import { PageShell } from './page/page-shell.tsx'
import { openSession } from './session/session.ts'
import { takeCode } from './session/take-code.ts'

const EXCHANGE_TIMEOUT_MS = 15_000

const session = openSession({
  takeCode: () => takeCode(window.location, window.history),
  storage: window.sessionStorage,
  peers: new BroadcastChannel('slipway-session'),
  exchange: (code) =>
    fetch(new URL('/api/session', window.location.href), {
      method: 'POST',
      headers: { 'content-type': 'application/json', [SESSION_HEADER]: 'new' },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(EXCHANGE_TIMEOUT_MS),
    }),
})
// Pasting a new address into an open page changes only its fragment, and loads nothing.
window.addEventListener('hashchange', session.addressChanged)

const client = createLauncherClient({
  url: new URL('/api', window.location.href).href,
  token: () => {
    const state = session.get()
    return state.kind === 'open' ? state.token : undefined
  },
  onUnauthorized: session.refused,
})

copyInWindow(window)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <PageShell>
      <App session={session} client={client} />
    </PageShell>
  </StrictMode>,
)
