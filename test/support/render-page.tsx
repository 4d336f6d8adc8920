import { cleanup, configure, render } from '@testing-library/react'
import { onTestFinished } from 'vitest'
import { notifications } from '@mantine/notifications'
import { PageShell } from '../../renderer/page/page-shell.tsx'
import { Frame } from '../../renderer/frame/frame.tsx'
import { createLauncherClient } from '../../renderer/launcher/launcher-client.ts'
import { LauncherProvider } from '../../renderer/launcher/launcher-context.tsx'
import { PreferencesProvider } from '../../renderer/preferences/preferences-context.tsx'
import type { FakeLauncher } from './fake-launcher.ts'

// How long something may take on a busy machine says nothing about the page.
configure({ asyncUtilTimeout: 20_000 })

/** The page over a launcher in this process, through the real client; `hash` says where on it, e.g. `#/account/A1`. */
export function renderPage(launcher: FakeLauncher, hash = '') {
  prepareBrowser()
  window.location.hash = hash
  const unauthorized: (string | undefined)[] = []
  const client = createLauncherClient({
    url: 'http://127.0.0.1:4711/api',
    token: () => 'the-token',
    onUnauthorized: (token) => unauthorized.push(token),
    fetch: launcher.fetch,
  })
  const page = render(
    <PageShell env="test">
      <LauncherProvider client={client}>
        <PreferencesProvider>
          <Frame />
        </PreferencesProvider>
      </LauncherProvider>
    </PageShell>,
  )
  onTestFinished(() => {
    cleanup()
    notifications.clean()
    window.location.hash = ''
  })
  return { ...page, unauthorized }
}

/** What jsdom lacks because it lays nothing out. */
export function prepareBrowser(): void {
  window.matchMedia = (query) =>
    ({
      ...{ matches: false, media: query, onchange: null },
      ...{ addListener: () => undefined, removeListener: () => undefined },
      ...{ addEventListener: () => undefined, removeEventListener: () => undefined },
      dispatchEvent: () => false,
    }) as MediaQueryList
  window.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  }
  for (const [side, pixels] of [
    ['clientHeight', 400],
    ['clientWidth', 800],
    ['offsetHeight', 20],
  ] as const)
    Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => pixels })
  HTMLElement.prototype.scrollTo = () => undefined
}
